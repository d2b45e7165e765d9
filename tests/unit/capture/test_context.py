"""Who acts, and inside what, survives threads, executors, tasks and async generators."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.collected import Collected

import vedette

host_variable: contextvars.ContextVar[str] = contextvars.ContextVar("host_variable", default="unset")


@vedette.tool
def leaf() -> str:
    return host_variable.get()


@vedette.tool
def in_a_thread() -> None:
    thread = threading.Thread(target=leaf)
    thread.start()
    thread.join()
    assert "run" not in vars(thread)


@vedette.tool
def in_a_pool() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(leaf).result()
        list(pool.map(lambda _: leaf(), [1]))


@vedette.tool
async def in_tasks() -> None:
    await asyncio.gather(asyncio.to_thread(leaf), asyncio.get_running_loop().run_in_executor(None, leaf))
    await asyncio.create_task(_leaf_later())


async def _leaf_later() -> None:
    leaf()


@vedette.tool
async def in_a_stream() -> AsyncIterator[int]:
    leaf()
    yield 1
    leaf()


def _leaves_lie_in_the_last(calls: Collected, leaves: int) -> None:
    *inner, outer = calls
    assert [(call.name, call.parent_id, call.trace_id) for call in inner] == [
        ("leaf", outer.event_id, outer.trace_id)
    ] * leaves
    assert {call.actor.user for call in calls} == {"ada"}


def test_threads(calls: Collected) -> None:
    """A thread acts for the actor and inside the Call that started it."""
    with vedette.session(user="ada"):
        in_a_thread()
    _leaves_lie_in_the_last(calls, 1)


def test_pools(calls: Collected) -> None:
    """So does a task of a pool, `submit` and `map`; the next task of the same worker is not infected."""
    with vedette.session(user="ada"):
        in_a_pool()
    _leaves_lie_in_the_last(calls, 2)


async def test_tasks_and_executors(calls: Collected) -> None:
    async with vedette.session(user="ada"):
        await in_tasks()
    _leaves_lie_in_the_last(calls, 3)


async def test_async_generators(calls: Collected) -> None:
    with vedette.session(user="ada"):
        async for _ in in_a_stream():
            pass
    _leaves_lie_in_the_last(calls, 2)


def test_a_worker_is_put_back_where_it_was(calls: Collected) -> None:
    with ThreadPoolExecutor(1) as pool:
        with vedette.session(user="ada"):
            pool.submit(leaf).result()
        pool.submit(leaf).result()
    assert [call.actor.user for call in calls] == ["ada", ""]


def test_the_hosts_own_variables_do_not_travel_with_ours(calls: Collected) -> None:
    """Without us a thread does not inherit context variables; with us it still does not."""
    host_variable.set("set")
    seen: list[str] = []
    with vedette.session(user="ada"):
        thread = threading.Thread(target=lambda: seen.append(leaf()))
        thread.start()
        thread.join()
    assert seen == ["unset"]


def test_sessions_nest_and_end(calls: Collected) -> None:
    """The inner one changes what it names; after an exception the outer one is back."""
    with vedette.session(user="ada", agent="helper"):
        with pytest.raises(ZeroDivisionError), vedette.session(session="s2"):
            leaf()
            _ = 1 / 0
        leaf()
    leaf()
    assert [(call.actor.user, call.actor.session, call.actor.agent) for call in calls] == [
        ("ada", "s2", "helper"),
        ("ada", "", "helper"),
        ("", "", ""),
    ]
