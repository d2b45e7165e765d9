"""The shapes of a host callable: one body for each sort of function, all of them around the same Flight.

A shape never catches to swallow: whatever the host's code raises goes on, and whatever is sent or thrown into a
generator reaches the host's. Known price: one frame of ours in a traceback; and a coroutine function or generator
called with wrong arguments complains at its first step, not at the call.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any

from vedette.capture.generators import Opened, already, resumed, stepping
from vedette.capture.seam import Args, Flight, Seam, take_off

Function = Callable[..., Any]


def wrap(seam: Seam, function: Function, *, method: bool) -> Function:
    """`function` observed by `seam`, of the same shape, name and signature; `method`: the first argument is `self`."""

    def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Flight | None:
        return take_off(seam, Args(args[0], args[1:], kwargs) if method and args else Args(None, args, kwargs))

    return like(function, _shape(function)(begin, function))


def like(function: Function, woven: Function) -> Function:
    """`woven` with the name, attributes and signature of `function`, also for who does not look behind a wrapper."""
    functools.wraps(function)(woven)
    with contextlib.suppress(TypeError, ValueError):  # some callables of C have none to tell
        woven.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]  # PEP 362 names it
    return woven


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
        try:
            flight.settle()
            result = function(*args, **kwargs)
        except BaseException as error:
            flight.fail(error)
            raise
        return _handed_out(flight, result)

    return call


def _handed_out(flight: Flight, result: Any) -> Any:
    """What a plain function returned. Where that is yet to run, the operation is its running."""
    if inspect.iscoroutine(result):
        flight.leave()
        return _named_after(result, _awaited(flight, result))
    if inspect.isgenerator(result) and result.gi_frame is not None and not result.gi_running:
        flight.leave()
        return _named_after(result, resumed(flight, result))
    if inspect.isasyncgen(result) and result.ag_frame is not None and not result.ag_running:
        flight.leave()
        return _named_after(result, stepping(already(flight, result))())
    flight.land(result)
    return result


def _named_after(inner: Any, ours: Any) -> Any:
    ours.__name__, ours.__qualname__ = inner.__name__, inner.__qualname__
    return ours


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
        try:
            await flight.settle_async()
            result = await function(*args, **kwargs)
        except BaseException as error:
            flight.fail(error)
            raise
        flight.land(result)
        return result

    return call


def _generator(begin: Any, function: Function) -> Function:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        flight: Flight | None = begin(args, kwargs)
        if flight is None:
            return (yield from function(*args, **kwargs))
        try:
            flight.settle()
            inner = function(*args, **kwargs)
        except BaseException as error:
            flight.fail(error)
            raise
        flight.leave()
        return (yield from resumed(flight, inner))

    return call


def _async_generator(begin: Any, function: Function) -> Function:
    async def opened(*args: Any, **kwargs: Any) -> Opened:
        flight: Flight | None = begin(args, kwargs)
        if flight is None:
            return None, function(*args, **kwargs)
        try:
            await flight.settle_async()
            inner = function(*args, **kwargs)
        except BaseException as error:
            flight.fail(error)
            raise
        flight.leave()
        return flight, inner

    return stepping(opened)


def _manager(begin: Any, function: Function) -> Function:
    @contextlib.contextmanager
    def call(*args: Any, **kwargs: Any) -> Generator[Any, None, None]:
        flight: Flight | None = begin(args, kwargs)
        if flight is None:
            with function(*args, **kwargs) as value:
                yield value
            return
        try:
            flight.settle()
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
        try:
            await flight.settle_async()
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
