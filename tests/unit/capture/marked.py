"""Tools of every shape, marked as an application marks its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import vedette


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
