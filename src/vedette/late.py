"""Modules that are imported late on purpose: a process pays for what it does, when it does it (law 7).

One at a time, and never while the process forks: the child would inherit the lock of a module half imported by a thread
that it does not have, and wait for it for ever. Known sad path: an import that takes longer than `PATIENCE`.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from vedette import locks

PATIENCE = 5.0
"""Seconds that anybody waits for another's import."""

_lock = locks.rlock()
_held: list[bool] = []


def module(name: str) -> Any:
    """The module, imported if it is not. Raises what its import raises."""
    ours = _lock.acquire(timeout=PATIENCE)
    try:
        return importlib.import_module(name)
    finally:
        if ours:
            _lock.release()


def _before_fork() -> None:
    _held.append(_lock.acquire(timeout=PATIENCE))


def _after_in_parent() -> None:
    if _held.pop():
        _lock.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_in_parent, after_in_child=_held.clear)
