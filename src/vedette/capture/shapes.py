"""The shapes of a host callable: one body for each sort of function, all of them around the same Flight.

A shape never catches to swallow: whatever the host's code raises goes on, and whatever is sent or thrown into a
generator reaches the host's. Known price: one frame of ours in a traceback.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any

from vedette.capture.seam import Args, Flight, Seam, take_off

Function = Callable[..., Any]


def wrap(seam: Seam, function: Function, *, method: bool) -> Function:
    """`function` observed by `seam`, of the same shape, name and signature; `method`: the first argument is `self`."""

    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Flight | None:
        return take_off(seam, Args(args[0], args[1:], kwargs) if method and args else Args(None, args, kwargs))

    return functools.wraps(function)(_shape(function)(begin, function))


def _shape(function: Function) -> Callable[[Any, Function], Function]:
    inner = getattr(function, "__wrapped__", None)
    if inspect.iscoroutinefunction(function):
        return _coroutine
    if inspect.isasyncgenfunction(function):
        return _async_generator
    if inspect.isgeneratorfunction(function):
        return _generator
    if inner is not None and getattr(function, "__code__", None) in _CONTEXT_MANAGERS:
        return _CONTEXT_MANAGERS[function.__code__]
    return _function


def _function(begin: Any, function: Function) -> Function:
    def call(*args: Any, **kwargs: Any) -> Any:
        flight: Flight | None = begin(args, kwargs)
        if flight is None:
            return function(*args, **kwargs)
        flight.settle()
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            flight.fail(error)
            raise
        if inspect.iscoroutine(result):  # a plain function that hands out a coroutine: the operation is the awaiting
            flight.leave()
            return _awaited(flight, result)
        flight.land(result)
        return result

    return call


async def _awaited(flight: Flight, coroutine: Awaitable[Any]) -> Any:
    flight.enter()
    try:
        result = await coroutine
    except BaseException as error:
        flight.fail(error)
        raise
    flight.land(result)
    return result


def _coroutine(begin: Any, function: Function) -> Function:
    async def call(*args: Any, **kwargs: Any) -> Any:
        flight: Flight | None = begin(args, kwargs)
        if flight is None:
            return await function(*args, **kwargs)
        await flight.settle_async()
        return await _awaited(flight, function(*args, **kwargs))

    return call


def _generator(begin: Any, function: Function) -> Function:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        flight: Flight | None = begin(args, kwargs)
        if flight is None:
            return (yield from function(*args, **kwargs))
        flight.settle()
        flight.leave()
        return (yield from _Watched(flight, function(*args, **kwargs)))

    return call


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


def _async_generator(begin: Any, function: Function) -> Function:
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        flight: Flight | None = begin(args, kwargs)
        inner = function(*args, **kwargs)
        if flight is not None:
            await flight.settle_async()
            flight.leave()
        step: Awaitable[Any] = inner.asend(None)
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


def _manager(begin: Any, function: Function) -> Function:
    @contextlib.contextmanager
    def call(*args: Any, **kwargs: Any) -> Generator[Any, None, None]:
        flight: Flight | None = begin(args, kwargs)
        if flight is None:
            with function(*args, **kwargs) as value:
                yield value
            return
        flight.settle()
        try:
            with function(*args, **kwargs) as value:
                yield value
        except BaseException as error:
            flight.fail(error)
            raise
        flight.land(value)

    return call


def _async_manager(begin: Any, function: Function) -> Function:
    @contextlib.asynccontextmanager
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, None]:
        flight: Flight | None = begin(args, kwargs)
        if flight is None:
            async with function(*args, **kwargs) as value:
                yield value
            return
        await flight.settle_async()
        try:
            async with function(*args, **kwargs) as value:
                yield value
        except BaseException as error:
            flight.fail(error)
            raise
        flight.land(value)

    return call


def _helper(decorator: Any) -> Any:
    """The code of the function that a `contextlib` decorator puts in a generator's place."""
    return decorator(_generator).__code__


_CONTEXT_MANAGERS: dict[Any, Callable[[Any, Function], Function]] = {
    _helper(contextlib.contextmanager): _manager,
    _helper(contextlib.asynccontextmanager): _async_manager,
}
