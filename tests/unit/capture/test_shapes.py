"""The one wrapper: whatever sort of function the host has, it gets, raises and looks like what it was."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import traceback
from typing import Any

import pytest
from tests.collected import Collected
from tests.unit.capture.marked import Broken, add, add_later, count, count_later, fail, opened, opened_later

import vedette
from vedette.capture import context, hub
from vedette.capture.seam import Args, Seam
from vedette.capture.shapes import wrap
from vedette.event import Ack, Call, Kind, Result


def test_a_function_returns_what_it_returned_and_is_recorded_whole(calls: Collected) -> None:
    """Arguments by name, defaults left out, the result, and how it ended."""
    assert add(1, b=4) == 5
    call = calls.only
    assert (call.kind, call.name, call.result) == (Kind.TOOL, "add", Result.OK)
    assert call.facts == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "add",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.description": "Add two numbers.",
        "gen_ai.tool.call.arguments": '{"a":1,"b":4}',
        "gen_ai.tool.call.result": 5,
    }
    assert call.duration_ns > 0


def test_an_exception_comes_out_as_it_was_raised(calls: Collected) -> None:
    """The same object, no cause and no context of ours, the host's frames, and one frame of ours at most."""
    with pytest.raises(Broken) as caught:
        fail("no")
    assert caught.value.__context__ is None and caught.value.__cause__ is None
    frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert frames[-1] == "fail" and len(frames) == 3
    call = calls.only
    assert call.result is Result.ERROR
    assert call.facts["error.type"].endswith("marked.Broken")
    assert call.facts["vedette.error.message"] == "no"


async def test_a_coroutine_function_stays_one(calls: Collected) -> None:
    """`inspect` sees a coroutine function, and its awaiting is the operation."""
    assert inspect.iscoroutinefunction(add_later)
    assert await add_later(1, 2) == 3
    assert calls.only.facts["gen_ai.tool.call.result"] == 3


async def test_cancellation_passes_and_is_recorded(calls: Collected) -> None:
    """A cancelled task is cancelled, and the record says so."""

    @vedette.tool
    async def forever() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(forever())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert calls.only.result is Result.CANCELLED


@pytest.mark.parametrize("wrong", [add, count, add_later, count_later, opened, opened_later])
async def test_wrong_arguments_are_an_error_and_leave_no_trace(calls: Collected, wrong: Any) -> None:
    """The Call ends, and what comes after is not inside it."""
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        await _used(wrong(nonsense=1))
    assert calls.only.result is Result.ERROR
    assert context.current().call is None


async def _used(value: Any) -> None:
    """Go through whatever it is."""
    if inspect.isawaitable(value):
        await value
    elif hasattr(value, "__aenter__"):
        async with value:
            pass
    elif hasattr(value, "__enter__"):
        with value:
            pass
    elif hasattr(value, "__aiter__"):
        async for _ in value:
            pass
    else:
        list(value)


class Slow(Collected):
    """A line whose intent takes for ever to reach the disk."""

    def begin(self, call: Call) -> Ack | None:
        super().begin(call)
        return Ack("stream", 1)

    async def wait_async(self, ack: Ack) -> bool:
        await asyncio.Event().wait()
        return True

    def wait(self, ack: Ack) -> bool:
        raise KeyboardInterrupt


@pytest.mark.parametrize("tool", [add_later, count_later, opened_later])
async def test_cancelled_before_it_ran_is_cancelled(calls: Collected, tool: Any) -> None:
    """While the intent is written: the tool never runs, and the Call ends all the same."""
    slow = Slow()
    hub.connect(slow)
    task = asyncio.create_task(_used(tool(1, 2) if tool is add_later else tool(1)))
    while not slow.begun:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert slow.only.result is Result.CANCELLED


@pytest.mark.parametrize("tool", [lambda: add(1), lambda: list(count(1)), lambda: opened("x").__enter__()])
def test_interrupted_before_it_ran_is_cancelled(calls: Collected, tool: Any) -> None:
    slow = Slow()
    hub.connect(slow)
    with pytest.raises(KeyboardInterrupt):
        tool()
    assert slow.only.result is Result.CANCELLED
    assert context.current().call is None


def test_a_context_manager_is_one_operation(calls: Collected) -> None:
    """It lasts as long as its body, and what happens in there lies inside."""
    with opened("x") as value:
        assert value == "<x>"
        add(1)
    added, manager = calls
    assert added.parent_id == manager.event_id
    with pytest.raises(Broken), opened("y"):
        raise Broken
    assert calls[-1].result is Result.ERROR


async def test_an_async_context_manager_is_one_operation(calls: Collected) -> None:
    async with opened_later("x") as value:
        assert value == "<x>"
    assert calls.only.result is Result.OK


async def test_a_plain_function_that_hands_out_a_coroutine_is_recorded_when_awaited(calls: Collected) -> None:
    inner = add_later.__wrapped__  # type: ignore[attr-defined]  # the host's own function

    @vedette.tool
    def start(a: int) -> Any:
        return inner(a, 1)

    pending = start(4)
    assert inspect.iscoroutine(pending) and len(calls) == 0
    assert await pending == 5
    assert calls.only.facts["gen_ai.tool.call.result"] == 5


def test_signature_name_and_pickle_are_those_of_the_original() -> None:
    original = add.__wrapped__  # type: ignore[attr-defined]  # the host's own function
    assert inspect.signature(add) == inspect.signature(original)
    assert inspect.signature(add, follow_wrapped=False) == inspect.signature(original)
    assert inspect.getfullargspec(add) == inspect.getfullargspec(original)
    assert (add.__name__, add.__doc__, add.__module__) == (original.__name__, original.__doc__, original.__module__)
    assert inspect.isfunction(add)
    assert pickle.loads(pickle.dumps(add)) is add  # by name: pickle looks whether the name leads to this very object


def test_methods_keep_their_self_and_their_isinstance(calls: Collected) -> None:
    class Box:
        def __init__(self, size: int) -> None:
            self.size = size

        def grow(self, by: int) -> int:
            self.size += by
            return self.size

    Box.grow = wrap(  # type: ignore[method-assign]  # woven as `weave` does
        Seam(target="x:Box.grow", kind=Kind.TOOL, name=lambda args: f"grow {args.self.size}", request=_by),
        Box.grow,
        method=True,
    )
    box = Box(1)
    assert box.grow(by=2) == 3 and isinstance(box, Box)
    assert calls.only.name == "grow 1" and calls.only.facts["gen_ai.tool.call.arguments"] == 2


def _by(args: Args) -> dict[str, Any]:
    return {"gen_ai.tool.call.arguments": args.get("by", 0)}


def test_recursion_is_one_call_each(calls: Collected) -> None:
    """A tool that calls itself with other arguments is two operations, one inside the other."""

    @vedette.tool
    def down(left: list[int]) -> int:
        return down(left[1:]) + 1 if left else 0

    assert down([1, 2]) == 2
    assert len(calls) == 3
    assert [call.parent_id for call in calls[:2]] == [call.event_id for call in calls[1:]]


def test_recursion_with_the_same_arguments_is_one_call_each(calls: Collected) -> None:
    """A state elsewhere ends it, not the arguments."""
    left = [3]

    @vedette.tool
    def again() -> None:
        left[0] -= 1
        if left[0]:
            again()

    again()
    assert len(calls) == 3


def test_without_a_line_a_woven_function_is_a_plain_call() -> None:
    assert add(1) == 3


def test_an_object_that_can_be_called_is_a_tool_too(calls: Collected) -> None:
    class Doubler:
        def __call__(self, number: int) -> int:
            return number * 2

    assert vedette.tool(Doubler())(4) == 8
    assert (calls.only.name, calls.only.facts["gen_ai.tool.call.arguments"]) == ("Doubler", '{"number":4}')
