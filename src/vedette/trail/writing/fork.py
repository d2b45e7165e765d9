"""Every trail of this process is told of a fork: its lock is held across it, and the child begins a stream anew.

Also runs for `subprocess` with `preexec_fn`, so nothing here does any I/O. Forks made in C do not come by here:
`append` compares the pid as well.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Forking(Protocol):
    """What a fork asks of a trail."""

    def before_fork(self) -> None: ...
    def after_fork_in_parent(self) -> None: ...
    def after_fork_in_child(self) -> None: ...


_all: weakref.WeakSet[Forking] = weakref.WeakSet()
_held: list[Forking] = []


def watch(trail: Forking) -> None:
    _all.add(trail)


def _before() -> None:
    for trail in list(_all):
        trail.before_fork()
        _held.append(trail)


def _in_parent() -> None:
    while _held:
        _held.pop().after_fork_in_parent()


def _in_child() -> None:
    while _held:
        _held.pop().after_fork_in_child()


os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
