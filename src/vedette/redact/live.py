"""The policy in force: that of the user's file, read anew when the file changes; a bad file leaves the old one in
force."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from vedette import locks
from vedette.redact.policy import Policy
from vedette.redact.settings_file import BadFile, read

_EVERY = 1.0
"""Seconds between two looks at the file."""


class Change(NamedTuple):
    """What became of a file that changed; `refused` says why it was not taken, and is empty if it was."""

    path: str
    refused: str


class LivePolicy:
    """Call it for the policy. `changed` is told of each file taken or refused; it must not raise."""

    def __init__(self, path: Path, changed: Callable[[Change], None]) -> None:
        self._path = path
        self._changed = changed
        self._policy = Policy()
        self._stamp: tuple[int, int, int] | None = None
        self._next = 0.0
        self._lock = locks.lock()

    def __call__(self) -> Policy:
        if time.monotonic() >= self._next and self._lock.acquire(blocking=False):
            try:
                change = self._look()
            finally:
                self._lock.release()
            if change is not None:
                self._changed(change)
        return self._policy

    def _look(self) -> Change | None:
        """Read the file if it is another than before."""
        self._next = time.monotonic() + _EVERY
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if stamp == self._stamp:
                return None
            self._stamp = stamp
            self._policy = read(self._path.read_text("utf-8"))
        except BadFile as error:
            return Change(str(self._path), str(error))
        except UnicodeDecodeError:
            return Change(str(self._path), "line 1: not UTF-8")
        except OSError as error:
            gone = (0, 0, 0)
            before, self._stamp = self._stamp, gone
            return None if before == gone else Change(str(self._path), f"cannot be read: {error.strerror}")
        return Change(str(self._path), "")
