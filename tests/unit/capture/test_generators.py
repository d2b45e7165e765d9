"""The one wrapper around generators: they give, take, raise and end as they did, wherever they are resumed."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.collected import Collected
from tests.unit.capture.marked import Broken, add, count, count_later

import vedette
from vedette.capture import context
from vedette.event import Result


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


async def test_an_async_generator_takes_and_answers_as_before(calls: Collected) -> None:
    """`asend` and `athrow` reach it, and it goes on where it catches."""

    @vedette.tool
    async def echo() -> AsyncIterator[Any]:
        heard: Any = "first"
        while True:
            try:
                heard = yield heard
            except Broken as thrown:
                heard = f"caught {thrown}"

    generator: Any = echo()
    assert await anext(generator) == "first"
    assert await generator.asend("word") == "word"
    assert await generator.athrow(Broken("stone")) == "caught stone"
    assert calls == []
    await generator.aclose()
    assert calls.only.result is Result.ABANDONED


def test_an_async_generator_left_at_the_end_of_its_loop_is_closed_once(calls: Collected) -> None:
    """The loop knows one generator, as without us: two of them would be closed at the same time, and one would fail."""
    kept, complaints = [], []

    @vedette.tool
    async def tidy() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            kept.append("tidied up")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        kept.append(tidy())
        assert await anext(kept[0]) == 1  # type: ignore[call-overload]  # an async generator

    asyncio.run(main())
    assert (kept[1:], complaints) == (["tidied up"], [])
    assert calls.only.result is Result.ABANDONED


def test_a_plain_function_that_hands_out_a_generator_is_recorded_until_its_end(calls: Collected) -> None:
    """What a decorator makes of a generator function: the value is still a generator, and the tool is its running."""

    @vedette.tool
    def start(most: int) -> Any:
        return count.__wrapped__(most)  # type: ignore[attr-defined]  # the host's own function

    generator = start(2)
    assert inspect.isgenerator(generator) and generator.__name__ == "count"
    assert next(generator) == "0 " and calls == [] and context.current().call is None
    assert list(generator) == ["1 "]
    assert calls.only.facts["gen_ai.tool.call.result"] == 2


async def test_a_plain_function_that_hands_out_an_async_generator_is_recorded_until_its_end(calls: Collected) -> None:
    @vedette.tool
    def start(most: int) -> Any:
        return count_later.__wrapped__(most)  # type: ignore[attr-defined]  # the host's own function

    generator = start(2)
    assert inspect.isasyncgen(generator) and generator.__name__ == "count_later"
    assert [item async for item in generator] == ["0 ", "1 "]
    assert calls.only.facts["gen_ai.tool.call.result"] == "0 1 "
