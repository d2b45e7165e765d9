"""Tool loops written by hand: told once, by what the model asked for and what it was answered."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.capture.protocols import Reading, ToolCall, ToolResult
from vedette.capture.toolloop import ToolLoop
from vedette.event import Actor, Call, Kind, Result


def inference(number: int) -> Call:
    """The Call of one model call, a second after the one before."""
    return Call(Kind.INFERENCE, "chat", "test", event_id=f"{number:016x}", begin_ns=number * 10**9, duration_ns=10**8)


def reading(asked: list[ToolCall] | None = None, answered: list[ToolResult] | None = None) -> Reading:
    return Reading("openai_chat", asked=asked or [], answered=answered or [])


def asked(*names: str, id: str = "") -> list[ToolCall]:
    return [ToolCall(f"{id}{name}" if id else "", name, f'{{"of":"{name}"}}') for name in names]


def told(calls: list[Call]) -> list[tuple[Any, ...]]:
    return [(each.name, each.facts["gen_ai.tool.call.result"], each.result) for each in calls]


def test_a_tool_lies_between_the_question_and_its_answer() -> None:
    loop = ToolLoop()
    assert loop.heard(inference(1), reading(asked("f", id="call_"))) == []
    (ran,) = loop.heard(inference(2), reading(answered=[ToolResult("call_f", "", "done")]))
    assert (ran.name, ran.begin_ns, ran.duration_ns) == ("f", 1_100_000_000, 900_000_000)
    assert ran.facts["gen_ai.tool.call.arguments"] == '{"of":"f"}'


def test_parallel_tools_are_told_apart_and_once() -> None:
    """A request that is sent again, or a longer history, tells nothing anew."""
    loop = ToolLoop()
    loop.heard(inference(1), reading(asked("f", "g", id="call_")))
    answers = [ToolResult("call_g", "", "G", is_error=True), ToolResult("call_f", "", "F")]
    assert told(loop.heard(inference(2), reading(answered=answers))) == [
        ("g", "G", Result.ERROR),
        ("f", "F", Result.OK),
    ]
    assert loop.heard(inference(3), reading(answered=answers)) == []


def test_tools_without_ids_are_known_by_their_names() -> None:
    """Some compatible endpoints give none: two calls are still two."""
    loop = ToolLoop()
    loop.heard(inference(1), reading(asked("f", "g")))
    answers = [ToolResult("", "g", "G"), ToolResult("", "f", "F")]
    calls = loop.heard(inference(2), reading(answered=answers))
    assert told(calls) == [("g", "G", Result.OK), ("f", "F", Result.OK)]
    assert all("gen_ai.tool.call.id" not in each.facts for each in calls)


def test_a_tool_that_a_seam_saw_is_not_told_again() -> None:
    loop = ToolLoop()
    loop.heard(inference(1), reading(asked("f", id="call_")))
    ran = Call(Kind.TOOL, "f", "seam")
    loop.ran(ran)
    assert ran.facts["gen_ai.tool.call.id"] == "call_f"
    assert loop.heard(inference(2), reading(answered=[ToolResult("call_f", "", "done")])) == []


def test_an_answer_to_nothing_is_no_tool() -> None:
    assert ToolLoop().heard(inference(1), reading(answered=[ToolResult("call_x", "f", "done")])) == []


def exchange(number: float, **where: Any) -> Call:
    return Call(Kind.EXCHANGE, "GET", "test", event_id="e", begin_ns=int(number * 10**9), **where)


def test_an_exchange_between_question_and_answer_is_part_of_the_tool() -> None:
    loop = ToolLoop()
    loop.heard(inference(1), reading(asked("f", id="call_")))
    call = exchange(1.5)
    loop.inside(call)
    (ran,) = loop.heard(inference(2), reading(answered=[ToolResult("call_f", "", "done")]))
    assert call.parent_id == ran.event_id != ""
    later = exchange(2.5)
    loop.inside(later)
    assert later.parent_id == ""


@pytest.mark.parametrize(
    "call",
    [
        exchange(0.9),
        exchange(1.5, thread=7),
        exchange(1.5, parent_id="aa"),
        exchange(1.5, actor=Actor(session="another")),
    ],
    ids=["before", "of another thread", "elsewhere", "for somebody else"],
)
def test_an_exchange_from_elsewhere_is_not(call: Call) -> None:
    loop, before = ToolLoop(), call.parent_id
    loop.heard(inference(1), reading(asked("f", id="call_")))
    loop.inside(call)
    assert call.parent_id == before


def test_where_several_tools_were_asked_for_nobody_can_say_of_which_an_exchange_is_part() -> None:
    loop, call = ToolLoop(), exchange(1.5)
    loop.heard(inference(1), reading(asked("f", "g", id="call_")))
    loop.inside(call)
    assert call.parent_id == ""
