"""A lock that a process holds by an open file (`flock`): it is let go when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from vedette.trail.files.folder import create


def taken(path: Path) -> int | None:
    """The descriptor that holds the lock, or None while somebody else does. The file is made if it is not there.

    To read it is enough: a keeper of another user may not be allowed to write here.
    """
    with suppress(PermissionError, FileExistsError):
        create(path, b"")
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def held(path: Path) -> bool:
    """Whether somebody holds the lock now."""
    try:
        descriptor = taken(path) if path.exists() else -1
    except OSError:
        return False
    if descriptor is None:
        return True
    if descriptor >= 0:
        os.close(descriptor)
    return False
