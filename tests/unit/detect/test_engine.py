"""The engine: every Event past every rule, and one rule's fault is its own."""

from collections.abc import Iterable

from vedette import guard
from vedette.detect import Engine, Rule
from vedette.detect.memory import Memory
from vedette.detect.rule import finding
from vedette.detect.rules import RULES
from vedette.event import Actor, Event, Kind, Phase


def tool(id_: str = "0000000000000001", kind: Kind = Kind.TOOL, phase: Phase = Phase.SINGLE) -> Event:
    return Event(
        kind=kind,
        name="weather",
        phase=phase,
        begin_ns=1000,
        duration_ns=50,
        trace_id="0af7651916cd43dd8448eb211c80319c",
        span_id="b7ad6b7169203331",
        actor=Actor(agent="desk"),
        facts={"vedette.event.id": id_, "gen_ai.tool.name": "weather"},
    )


def always(event: Event, memory: Memory) -> Iterable[Event]:
    yield finding(ALWAYS, event, "a tool ran", confidence=100)


ALWAYS = Rule(id="always", title="A tool ran", level="low", tags=("attack.execution", "attack.t1059"), see=always)


def test_a_finding_is_a_whole_event() -> None:
    """It stands in the trace and with the actor of its evidence, ends where that ended, and names it by id."""
    (found,) = Engine([ALWAYS]).see(tool())
    assert found == Event(
        kind=Kind.FINDING,
        name="always",
        begin_ns=1050,
        trace_id="0af7651916cd43dd8448eb211c80319c",
        span_id="b7ad6b7169203331",
        actor=Actor(agent="desk"),
        facts={
            "security_rule.name": "always",
            "security_rule.category": "execution",
            "security_rule.description": "A tool ran",
            "security_rule.ruleset.name": "vedette",
            "security_rule.version": "1",
            "vedette.finding.severity": "low",
            "vedette.finding.confidence": 100,
            "vedette.finding.action": "observed",
            "vedette.event.id": found.facts["vedette.event.id"],
            "vedette.parent.id": "0000000000000001",
        },
        content={"vedette.finding.message": "a tool ran", "vedette.finding.evidence": '["0000000000000001"]'},
    )


def test_a_finding_has_the_same_id_whenever_it_is_computed() -> None:
    """So a finding that is computed anew from the trail is recognised; other evidence gives another id."""
    ids = [Engine([ALWAYS]).see(tool(each))[0].facts["vedette.event.id"] for each in ("1", "1", "2")]
    assert ids[0] == ids[1] != ids[2]
    assert len(str(ids[0])) == 16


def test_a_rule_that_fails_stops_no_other() -> None:
    """Its fault is counted under its name; the rules before and after it find what they find."""
    guard.loud(False)

    def broken(event: Event, memory: Memory) -> Iterable[Event]:
        yield from always(event, memory)
        raise ZeroDivisionError

    rules = [ALWAYS, Rule(id="broken", title="", level="low", tags=("attack.execution",), see=broken), ALWAYS]
    found = Engine(rules).see(tool())
    assert [each.name for each in found] == ["always"] * 3
    assert guard.faults() == {"detect.broken": 1}


def test_rules_see_what_happened_and_not_what_is_about_to_nor_each_other() -> None:
    """An intent is followed by its outcome; findings and the trail's own records are no evidence."""
    engine = Engine([ALWAYS])
    assert engine.see(tool(phase=Phase.INTENT)) == []
    assert engine.see(tool(kind=Kind.FINDING)) == []
    assert engine.see(tool(kind=Kind.LIFECYCLE)) == []
    assert len(engine.see(tool(phase=Phase.OUTCOME))) == 1


def test_the_rules_that_ship_are_told_apart() -> None:
    """Ids are what alerts and suppressions hang on; the first tag is a tactic, because it becomes the category."""
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.tags[0].startswith("attack.") and not rule.tags[0].startswith("attack.t1") for rule in RULES)
    assert Engine().see(tool()) == []
