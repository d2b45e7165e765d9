"""The segment a stream is being written to: space reserved ahead, one `pwrite` a record, cut to its end when finished.

A short or failed write is cut back and leaves nothing behind. Once `fdatasync` has failed, the descriptor is never
synced again, for the kernel may have dropped the pages: the segment is `lost`, and its stream goes on in another.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import time
from pathlib import Path
from typing import Protocol

from vedette.trail.files.folder import sync_folder
from vedette.trail.files.identities import Recipients
from vedette.trail.files.rest import Cipher
from vedette.trail.files.sharing import modes
from vedette.trail.format.spool import Header

STEP = 1024 * 1024
MOST = 16 * 1024 * 1024
OLDEST_NS = 3600 * 10**9

_FULLSYNC = getattr(fcntl, "F_FULLFSYNC", None)  # macOS has no fdatasync, and its fsync stops at the drive's cache


def _fully(descriptor: int) -> None:
    fcntl.fcntl(descriptor, _FULLSYNC or fcntl.F_GETFD)


_datasync = _fully if _FULLSYNC else getattr(os, "fdatasync", os.fsync)
_allocate = getattr(os, "posix_fallocate", None)  # nor this


class Sizes(Protocol):
    """How large a segment may grow, and how much of it is reserved at once; in bytes."""

    @property
    def segment(self) -> int: ...
    @property
    def step(self) -> int: ...


class Usual:
    """The sizes of the format, where no cap asks for smaller ones."""

    @property
    def segment(self) -> int:
        return MOST

    @property
    def step(self) -> int:
        return STEP


class SegmentFile:
    """One file. Writing is not thread-safe, its stream's lock is held; syncing and finishing exclude each other.

    Its frames begin at `start`. With recipients they are encrypted at rest, by `cipher`: never twice to the same bytes,
    so never half again.
    """

    __slots__ = (
        "_born",
        "_fd",
        "_most",
        "_path",
        "_reserved",
        "_sizes",
        "_syncing",
        "cipher",
        "finished",
        "lost",
        "number",
        "start",
    )

    def __init__(self, path: Path, header: Header, sizes: Sizes, rest: Recipients | None = None) -> None:
        self._sizes = sizes
        self._most = sizes.segment
        self.cipher = Cipher(rest, header) if rest else None
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._fd = os.open(path, flags, 0o600)
        self._path = path
        self.number = header.segment
        self._born = time.monotonic_ns()
        self._reserved = 0
        self._syncing = threading.Lock()
        self.finished = self.lost = False
        try:
            os.fchmod(self._fd, modes(path.parent)[1])
            self.start = self._begin(header)
            sync_folder(path.parent)
        except OSError:
            self.remove()
            raise

    def _begin(self, header: Header) -> int:
        """Write the header, and the key frame if there is one; where the frames begin."""
        begin = self.cipher.begin(header) if self.cipher else header.pack()
        self.write(begin, 0)
        return len(begin)

    def full(self, end: int, now: int) -> bool:
        """Whether what would end at `end` belongs into another file: this one is too large, old, lost or finished.

        `now` is monotonic, in ns.
        """
        return end > self._most or now - self._born > OLDEST_NS or self.lost or self.finished

    def write(self, data: bytes, offset: int) -> None:
        """All of `data` at `offset`, the end of what is written, or an `OSError` and nothing."""
        end = offset + len(data)
        if end > self._reserved:
            self._reserve(end)
        try:
            written = os.pwrite(self._fd, data, offset)
        except OSError:
            self._cut(offset)
            raise
        if written != len(data):  # tmpfs wrote 1,576 of 3,000 bytes before it said ENOSPC
            self._cut(offset)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _reserve(self, end: int) -> None:
        """Reserved space reads as zero, so the tail of a live segment is told from a torn one."""
        step = self._sizes.step
        end = (end // step + 1) * step
        if _allocate is not None:
            try:
                _allocate(self._fd, self._reserved, end - self._reserved)
            except OSError as error:
                if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # a file system that does not know it
                    raise
        self._reserved = end

    def _cut(self, offset: int) -> None:
        os.ftruncate(self._fd, offset)
        self._reserved = offset

    def holds(self, data: bytes, offset: int) -> bool:
        return os.pread(self._fd, len(data), offset) == data

    def sync(self) -> None:
        """Everything written so far is on disk, or `OSError`: never to be asked of this file again."""
        with self._syncing:
            if not self.finished:
                self._sync()

    def _sync(self) -> None:
        if self.lost:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        try:
            _datasync(self._fd)
        except OSError:
            self.lost = True
            raise

    def finish(self, end: int) -> None:
        """Cut to the true end, sync and close. When that fails, or is interrupted, it is closed too, and lost."""
        with self._syncing:
            if self._fd < 0:
                return
            try:
                os.ftruncate(self._fd, end)
                self._sync()
                self.finished = True
            finally:
                self.lost = not self.finished
                self.abandon()

    def remove(self) -> None:
        """Undo the making of a file that holds nothing yet."""
        self.abandon()
        self._path.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Close without touching the file: a forked child leaves it to its parent."""
        descriptor, self._fd = self._fd, -1
        if descriptor >= 0:
            os.close(descriptor)
