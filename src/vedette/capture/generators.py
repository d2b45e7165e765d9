"""Generators of the host, step by step: inside the Call while they run, outside while their consumer does.

Whatever is sent or thrown in reaches the host's generator, and what it answers comes out; PEP 380 and PEP 525.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any

from vedette.capture.seam import Flight

Function = Callable[..., Any]
Opened = tuple[Flight | None, AsyncGenerator[Any, Any]]


def resumed(flight: Flight, inner: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    return (yield from _Watched(flight, inner))


class _Watched(Generator[Any, Any, Any]):
    """A host's generator, step by step: inside the Call while it runs, outside while its consumer does (PEP 380)."""

    def __init__(self, flight: Flight, inner: Generator[Any, Any, Any]) -> None:
        self._flight = flight
        self._inner = inner

    def send(self, value: Any) -> Any:
        return self._step(self._inner.send, value)

    def throw(self, *error: Any) -> Any:
        return self._step(self._inner.throw, *error)

    def close(self) -> None:
        self._flight.enter()
        try:
            self._inner.close()
        except BaseException as error:
            self._flight.fail(error)
            raise
        self._flight.abandon()

    def _step(self, resume: Function, *values: Any) -> Any:
        self._flight.enter()
        try:
            item = resume(*values)
        except StopIteration as stop:
            self._flight.land(stop.value)
            raise
        except BaseException as error:
            self._flight.fail(error)
            raise
        self._flight.leave()
        self._flight.item(item)
        return item


def already(flight: Flight, inner: AsyncGenerator[Any, Any]) -> Callable[[], Awaitable[Opened]]:
    async def opened() -> Opened:
        return flight, inner

    return opened


def stepping(opened: Callable[..., Awaitable[Opened]]) -> Function:
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        flight, inner = await opened(*args, **kwargs)
        step = _first(inner)
        while True:
            try:
                item = await _stepped(flight, step)
            except StopAsyncIteration:
                return
            try:
                step = inner.asend((yield item))
            except GeneratorExit:
                await _closed(flight, inner)
                raise
            except BaseException as error:  # noqa: BLE001 - thrown in by the consumer: the host's generator decides
                step = inner.athrow(error)

    return call


def _first(inner: AsyncGenerator[Any, Any]) -> Awaitable[Any]:
    """The first step of an async generator that its event loop does not hear of: ours is there, and closes it.

    A loop that knew both would close both at its end, at the same time, and the second close fails.
    """
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return inner.asend(None)
    finally:
        sys.set_asyncgen_hooks(*hooks)


async def _stepped(flight: Flight | None, step: Awaitable[Any]) -> Any:
    """One step of the host's async generator, with enter and leave in the context that runs it."""
    if flight is None:
        return await step
    flight.enter()
    try:
        item = await step
    except StopAsyncIteration:
        flight.land(None)
        raise
    except BaseException as error:
        flight.fail(error)
        raise
    flight.leave()
    flight.item(item)
    return item


async def _closed(flight: Flight | None, inner: AsyncGenerator[Any, Any]) -> None:
    if flight is None:
        await inner.aclose()
        return
    flight.enter()
    try:
        await inner.aclose()
    except BaseException as error:
        flight.fail(error)
        raise
    flight.abandon()
