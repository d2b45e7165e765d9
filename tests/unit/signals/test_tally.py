"""Calls below an agent run, counted within bounds."""

from vedette.event import Event, Kind
from vedette.signals.tally import Tally


def below(parent: str) -> Event:
    return Event(kind=Kind.TOOL, name="", facts={"vedette.event.id": "t", "vedette.parent.id": parent})


def end(agent: str) -> Event:
    facts = {"vedette.event.id": agent, "gen_ai.operation.name": "invoke_agent"}
    return Event(kind=Kind.AGENT, name="", facts=facts)


def test_runs_that_never_end_cost_no_memory() -> None:
    """Only the newest open runs are counted; one that was pushed out ends with what it did since."""
    tally = Tally(most=2)
    for parent in ("a", "b", "a", "c"):
        assert tally.see(below(parent)) is None
    assert [dict(tally.see(end(agent)) or {}) for agent in ("a", "b", "c")] == [{Kind.TOOL: 2}, {}, {Kind.TOOL: 1}]


def test_a_run_is_told_once() -> None:
    """What was told is forgotten, so that an id that comes again begins anew."""
    tally = Tally()
    tally.see(below("a"))
    assert [dict(tally.see(end("a")) or {}) for _ in range(2)] == [{Kind.TOOL: 1}, {}]
