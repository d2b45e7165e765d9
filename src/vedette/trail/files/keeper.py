"""Adopts the streams of dead writers: who holds `ship.lock` ships what they left behind.

A stream is dead when the lock that its writer holds for life can be taken. `ship.lock` is held only while there is
something to adopt, so that any process may become the keeper; whoever adopts reads the place after it took the lock.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from vedette.trail.files.follow import more
from vedette.trail.format.spool import segment_files, stream_folders
from vedette.trail.shipping.place import load

HOST = "host"
"""The folder of the host log, which is shipped like a stream whose writer lives."""


class Keeper:
    """The keeper of one trail directory, or one who waits to be. Not thread-safe.

    `live`: the streams of writers that live are its as well, for those ship nothing themselves (`VEDETTE_SHIP=daemon`).
    """

    def __init__(self, trail: Path, *, live: bool = False) -> None:
        self._trail = trail
        self._live = live
        self._lock: int | None = None
        self._finished: set[Path] = set()

    def orphans(self) -> list[Path]:
        """Folders of streams that are not wholly acknowledged; none while another process is the keeper."""
        found = [folder for folder in stream_folders(self._trail) if self._orphaned(folder)]
        found += [host for host in (self._trail / HOST,) if self._unshipped(host)]
        if not found:
            self.release()
            return []
        return found if self._take() else []

    def _orphaned(self, folder: Path) -> bool:
        """A folder without a segment may be of a writer that has not come to take its lock yet."""
        if folder in self._finished or not segment_files(folder):
            return False
        if not writer_is_dead(folder):
            return self._live
        if self._unshipped(folder):
            return True
        self._finished.add(folder)
        return False

    def _unshipped(self, folder: Path) -> bool:
        place = load(folder)
        return more(folder, place.segment, place.offset)

    def forget(self, folder: Path) -> None:
        """A stream that was wholly acknowledged is not any more."""
        self._finished.discard(folder)

    def _take(self) -> bool:
        if self._lock is not None:
            return True
        descriptor = os.open(self._trail / "ship.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        if _locked(descriptor):
            self._lock = descriptor
            return True
        os.close(descriptor)
        return False

    def release(self) -> None:
        """Be the keeper no more. A forked child must: with the lock open in it, a dead keeper would seem alive."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def writer_is_dead(stream: Path) -> bool:
    """Whether nobody holds the lock of a stream. To read it is enough, so a keeper of another user may ask."""
    try:
        descriptor = os.open(stream / "lock", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        return _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
