"""How much of its cap a trail takes, and what that means for the next record (docs/trail-format.md, disk full).

Guarantee: what is written stays below `VEDETTE_TRAIL_MAX`, counted over the whole trail directory, but for the last
words: gap, trim and close. On a disk that is really full they go into the space of the ballast, a file of 1 MiB that is
given up then; space is back once the ballast can be taken again, whatever the reason was (ENOSPC, EDQUOT, EROFS).
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from vedette.event import Event, Kind, Phase
from vedette.trail.writing import classes, segment

LEAST = 64 * 1024 * 1024
LARGEST = 1024 * 1024 * 1024
BALLAST = 1024 * 1024

_ALWAYS = frozenset({Kind.AUTH, Kind.FINDING, Kind.CHANGE, Kind.LIFECYCLE})
_LAST_WORDS = frozenset({"gap", "trim", "close"})
FULL_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a trail may take, and what its writers do then.

    `most` bytes (0 = as `Room` has it); `on_full` is gap, block or refuse. `acknowledged`: whose word lets old segments
    go, as in `trim.candidates`. `sync` lists what is forced to disk, as in `classes`.
    """

    most: int = 0
    on_full: str = "gap"
    acknowledged: str | None = None
    sync: Sequence[str] = classes.USUAL


USUAL = Limits()


class NoRoom(OSError):
    """The trail has reached its cap: nothing is wrong with the disk."""

    def __init__(self) -> None:
        super().__init__(errno.ENOSPC, "the trail has reached VEDETTE_TRAIL_MAX")


class Level(IntEnum):
    """Steps of the ladder, as per cent of the cap."""

    FREE = 0
    FILLING = 80
    TRIMMING = 85
    SHEDDING = 90
    CLOSING = 97
    FULL = 100


class Room:
    """The room of one trail directory, as one process sees it.

    `most` is the cap in bytes; 0 = the smaller of 1 GiB and a tenth of what is free, at least 64 MiB. `total` is always
    what this process has written since its stream began: between two counts the directory is held to grow by that, and
    by what the live segment has reserved ahead.
    `counted` is when it was counted last (monotonic), which `took` seconds.
    `shut` is the number of the error with which the disk refused, 0 = it did not; until the ballast can be taken again
    only the last words are tried.
    `ease`: while `total` is below it there is nothing to think of; the append path asks no more than that.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self.most = most
        self.shut = 0
        self._folder = folder
        self._ballast = folder / "ballast"
        self._base = 0
        self.counted = self.took = 0.0
        self.ease = 0

    def open(self) -> None:
        """The directory is there: set the cap, count, take the ballast."""
        self.most = self.cap()
        self.count(0)
        self._take()

    def cap(self) -> int:
        """What was set, or what the disk has room for."""
        if self.most:
            return self.most
        free = os.statvfs(self._folder)
        return max(min(LARGEST, free.f_bavail * free.f_frsize // 10), LEAST)

    def count(self, total: int) -> None:
        """Look how much there is really. Some milliseconds for a thousand files: not for the host's thread."""
        begin = time.monotonic()
        self._base = usage(self._folder) - total + self.step
        self.counted = time.monotonic()
        self.took = self.counted - begin
        self._weigh()

    def _weigh(self) -> None:
        self.ease = 0 if self.shut else self._filling - self._base

    @property
    def _filling(self) -> int:
        return self.most * Level.FILLING // 100

    def used(self, total: int) -> int:
        return self._base + total

    def level(self, total: int) -> Level:
        used = self._base + total
        if used < self._filling or not self.most:
            return Level.FREE
        return max(level for level in Level if used * 100 >= self.most * level)

    @property
    def segment(self) -> int:
        """Bytes of one segment at most: a small cap needs small ones, or there is never a whole one to let go."""
        return min(segment.MOST, max(self.most // 16, 16 * 1024)) if self.most else segment.MOST

    @property
    def step(self) -> int:
        """Bytes of file space that are reserved at once."""
        return min(segment.STEP, max(self.most // 64 & ~4095, 4096)) if self.most else segment.STEP

    def admit(self, event: Event, total: int) -> None:
        """Nothing, if `event` may be written now, or an `OSError` that says why it may not."""
        level = self.level(total)
        if not self.reopened():
            if not _is_last_word(event):
                raise OSError(self.shut, os.strerror(self.shut))
        elif level is Level.FULL:
            if not _is_last_word(event):
                raise NoRoom
        elif level is Level.CLOSING and not (event.kind in _ALWAYS or event.phase is Phase.INTENT):
            raise NoRoom

    def reopened(self) -> bool:
        """Whether the disk takes data, as far as can be known without writing any."""
        if self.shut and self._take():
            self.shut = 0
            self._weigh()
        return not self.shut

    def roomy(self, total: int) -> bool:
        """Whether any record may be written."""
        return self.reopened() and self.level(total) < Level.CLOSING

    def refused(self, error: BaseException) -> None:
        """A write failed: give the ballast up for the last words, if space is what is missing."""
        if isinstance(error, OSError) and not isinstance(error, NoRoom) and error.errno in FULL_ERRORS:
            self.shut = error.errno or errno.ENOSPC
            self._weigh()
            with suppress(OSError):
                self._ballast.unlink(missing_ok=True)

    def _take(self) -> bool:
        """Whether the ballast is there, or can be taken: then there is space."""
        size = min(BALLAST, self.most // 32)
        try:
            descriptor = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return False
        try:
            os.fchmod(descriptor, 0o600)
            _fill(descriptor, size)
        except OSError:
            with suppress(OSError):
                self._ballast.unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)
        return True


def _is_last_word(event: Event) -> bool:
    return event.kind is Kind.LIFECYCLE and event.facts.get("vedette.lifecycle.phase") in _LAST_WORDS


def _fill(descriptor: int, size: int) -> None:
    """Space that is really taken. Zeros are written where a file system, or macOS, cannot reserve."""
    if os.fstat(descriptor).st_size >= size:
        return
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    elif os.write(descriptor, bytes(size)) != size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def usage(folder: Path) -> int:
    """Bytes that a directory takes on disk. What vanishes while it is counted is not counted."""
    used = 0
    waiting = [str(folder)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    with suppress(OSError):
                        used += entry.stat(follow_symlinks=False).st_blocks * 512
    return used
