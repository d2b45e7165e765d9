"""Workers of `multiprocessing` and `concurrent.futures`: forked processes that leave by `os._exit`.

No hook of `atexit` runs in them, but a finalizer of their own library does: there the line is drained and the trail
closed, or the last outcomes of each worker would be missing, as if it had been killed inside its last tool.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import wrapt

from vedette.guard import guard

_LAST = -1000
"""Priority of a finalizer: after the worker's children were joined, and after all others."""

_installed = False


def at_end_of_workers(end: Callable[[], None]) -> None:
    """Have `end` called at the end of each worker that is forked from here on; once a process, for good."""
    global _installed
    if _installed:
        return
    _installed = True
    wrapt.register_post_import_hook(_finalizing(end, os.getpid()), "multiprocessing.util")


def _finalizing(end: Callable[[], None], started: int) -> Callable[[Any], None]:
    def woken(util: Any) -> None:
        def forked(_: object) -> None:
            if os.getpid() != started:  # spawned, not forked: it will end like any other process
                util.Finalize(None, ended, exitpriority=_LAST)

        def ended() -> None:
            with guard("runtime.worker"):
                end()

        with guard("runtime.workers"):
            util.register_after_fork(end, forked)

    return woken
