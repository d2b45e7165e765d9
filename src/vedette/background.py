"""Threads of ours: daemons that begin outside whatever Call, session or span happened to come first."""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Callable


class _Thread(threading.Thread):
    def _delete(self) -> None:
        """At its end. Where gevent was patched in after it began, threads have other numbers, and it is not found."""
        with contextlib.suppress(KeyError):
            super()._delete()  # type: ignore[misc]  # CPython's own, in every version so far


def start(run: Callable[[], None], name: str) -> threading.Thread:
    """Run `run` on a thread of its own. RuntimeError: none can start any more, for the interpreter ends."""
    thread = _Thread(target=run, name=name, daemon=True)
    contextvars.Context().run(thread.start)
    return thread
