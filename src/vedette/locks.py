"""Locks that are free in a forked child: whoever held one in the parent is not there to let it go.

A host may fork at any moment, while our line's thread is inside any of our locks. What such a lock protects is a count,
a cache or a choice, which the child may find half done and goes on with. The trail has its own rule: `writing.fork`.
"""

from __future__ import annotations

import os
import threading
from typing import Any
from weakref import WeakSet

_made: WeakSet[Any] = WeakSet()


def lock() -> threading.Lock:
    """As `threading.Lock()`."""
    made = threading.Lock()
    _made.add(made)
    return made


def rlock() -> threading.RLock:
    """As `threading.RLock()`."""
    made = threading.RLock()
    _made.add(made)
    return made


def _free() -> None:
    for each in list(_made):
        each._at_fork_reinit()  # what `threading` and `logging` do with theirs


os.register_at_fork(after_in_child=_free)
