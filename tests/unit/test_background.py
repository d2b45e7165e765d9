"""Threads of ours begin outside the host's context, and end without a word also where gevent has renumbered threads."""

from __future__ import annotations

import contextvars
import threading

from vedette import background

HERE: contextvars.ContextVar[str] = contextvars.ContextVar("here", default="nowhere")


def test_a_thread_begins_in_a_context_of_its_own() -> None:
    seen: list[str] = []
    HERE.set("inside a Call")
    thread = background.start(lambda: seen.append(HERE.get()), "vedette-test")
    thread.join()
    assert seen == ["nowhere"] and thread.daemon and thread.name == "vedette-test"


def test_a_thread_that_is_no_longer_known_ends_without_a_word() -> None:
    """What `gevent.monkey.patch_all()` does to threads that run already; pytest fails on an unhandled exception."""
    go_on = threading.Event()
    thread = background.start(go_on.wait, "vedette-test")
    known = threading._active.pop(thread.ident)  # type: ignore[attr-defined]  # CPython's own table
    go_on.set()
    thread.join()
    assert known is thread and not thread.is_alive()
