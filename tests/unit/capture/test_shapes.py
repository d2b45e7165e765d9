"""The one wrapper: whatever sort of function the host has, it gets, raises and looks like what it was."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import pickle
import traceback
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from tests.collected import Collected

import vedette
from vedette.capture import context
from vedette.capture.seam import Args, Seam
from vedette.capture.shapes import wrap
from vedette.event import Kind, Result


class Broken(Exception):
    """The host's own."""


@vedette.tool
def add(a: int, b: int = 2) -> int:
    """Add two numbers."""
    return a + b


@vedette.tool
def fail(message: str) -> None:
    raise Broken(message)


@vedette.tool
async def add_later(a: int, b: int) -> int:
    await asyncio.sleep(0)
    return a + b


@vedette.tool
def count(most: int) -> Iterator[str]:
    """Gives words; answers what it was sent; returns how many it gave."""
    for number in range(most):
        yield f"{number} "
    return most  # type: ignore[return-value]


@vedette.tool
async def count_later(most: int) -> AsyncIterator[str]:
    for number in range(most):
        await asyncio.sleep(0)
        yield f"{number} "


@vedette.tool
@contextlib.contextmanager
def opened(name: str) -> Iterator[str]:
    yield f"<{name}>"


@vedette.tool
@contextlib.asynccontextmanager
async def opened_later(name: str) -> AsyncIterator[str]:
    yield f"<{name}>"


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
    assert call.facts["error.type"].endswith("test_shapes.Broken")
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


def test_a_generator_gives_takes_and_returns_as_before(calls: Collected) -> None:
    """Items, `send`, the return value; and the Call lasts until its end."""
    assert inspect.isgeneratorfunction(count)
    generator = count(2)
    assert calls.begun == []
    assert next(generator) == "0 "
    assert generator.send("ignored") == "1 "
    with pytest.raises(StopIteration) as stop:
        next(generator)
    assert stop.value.value == 2
    assert calls.only.result is Result.OK


def test_what_is_thrown_into_a_generator_reaches_it(calls: Collected) -> None:
    """The host's generator decides; here it lets the exception through."""
    generator = count(3)
    next(generator)
    with pytest.raises(Broken, match="thrown"):
        generator.throw(Broken("thrown"))
    assert calls.only.result is Result.ERROR


@pytest.mark.parametrize("leave", ["close", "drop"])
def test_an_abandoned_generator_is_recorded_as_abandoned(calls: Collected, leave: str) -> None:
    """Closed, or dropped and collected: either way the Call ends."""
    generator = count(3)
    next(generator)
    if leave == "close":
        generator.close()
    del generator
    gc.collect()
    assert calls.only.result is Result.ABANDONED


def test_the_context_inside_a_generator_does_not_leak_to_its_consumer(calls: Collected) -> None:
    """Between two items the consumer is where it was, and its own calls are not children of the generator's."""
    generator = count(2)
    next(generator)
    assert context.current().call is None
    add(1)
    list(generator)
    added, counted = calls
    assert added.parent_id == "" and counted.name == "count"


async def test_an_async_generator_stays_one(calls: Collected) -> None:
    assert inspect.isasyncgenfunction(count_later)
    assert [item async for item in count_later(2)] == ["0 ", "1 "]
    assert calls.only.facts["gen_ai.tool.call.result"] == "0 1 "


async def test_an_async_generator_closed_in_another_task_detaches_nothing(
    calls: Collected, caplog: pytest.LogCaptureFixture
) -> None:
    """Finished elsewhere than begun: no "Failed to detach context", and the Call ends."""
    generator = count_later(3)
    await anext(generator)
    await asyncio.create_task(generator.aclose())  # type: ignore[attr-defined]  # an async generator, not just an iterator
    assert calls.only.result is Result.ABANDONED
    assert caplog.text == ""


async def test_what_is_thrown_into_an_async_generator_reaches_it(calls: Collected) -> None:
    generator: Any = count_later(3)
    await anext(generator)
    with pytest.raises(Broken):
        await generator.athrow(Broken("thrown"))
    assert calls.only.result is Result.ERROR


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
    assert (add.__name__, add.__doc__, add.__module__) == (original.__name__, original.__doc__, original.__module__)
    assert inspect.isfunction(add)
    assert pickle.dumps(add) == pickle.dumps(add)  # by name: pickle looks whether the name leads to this very object


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


def test_without_a_line_a_woven_function_is_a_plain_call() -> None:
    assert add(1) == 3
