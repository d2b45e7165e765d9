"""The segment a stream is being written to: space reserved ahead, one `pwrite` a record, cut to its end when closed.

A short or failed write is cut back and leaves nothing behind: the caller's state is unchanged. Once `fdatasync` has
failed, the descriptor is never synced again, for the kernel may have dropped the pages: the segment is `poisoned`.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from vedette.trail.folder import sync_folder
from vedette.trail.spool import HEADER_SIZE, Header

STEP = 1024 * 1024
MOST = 16 * 1024 * 1024
OLDEST_NS = 3600 * 10**9


_datasync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


class SegmentFile:
    """One file; not thread-safe, its stream's lock is held."""

    __slots__ = ("_born", "_fd", "_reserved", "offset", "poisoned")

    def __init__(self, path: Path, header: Header) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        os.fchmod(self._fd, 0o600)
        self._born = time.monotonic_ns()
        self._reserved = 0
        self.offset = 0
        self.poisoned = False
        self.write(header.pack())
        sync_folder(path.parent)

    def full(self, more: int) -> bool:
        """Whether `more` bytes belong into another segment: this one is large, old, or cannot be trusted any more."""
        if self.offset == HEADER_SIZE:
            return False
        return self.poisoned or self.offset + more > MOST or time.monotonic_ns() - self._born > OLDEST_NS

    def write(self, data: bytes) -> None:
        """All of `data` at the end, or an `OSError` and nothing."""
        self._reserve(self.offset + len(data))
        try:
            written = os.pwrite(self._fd, data, self.offset)
        except OSError:
            self._cut()
            raise
        if written != len(data):  # tmpfs wrote 1,576 of 3,000 bytes before it said ENOSPC
            self._cut()
            raise OSError(28, "short write")
        self.offset += written

    def _reserve(self, end: int) -> None:
        """Reserved space reads as zero, so the tail of a live segment is told from a torn one."""
        if end <= self._reserved:
            return
        self._reserved = (end // STEP + 1) * STEP
        if hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(self._fd, 0, self._reserved)
            except OSError as error:
                if error.errno not in (22, 95):  # EINVAL, EOPNOTSUPP: a file system that does not know it
                    self._reserved = 0
                    raise

    def _cut(self) -> None:
        os.ftruncate(self._fd, self.offset)
        self._reserved = 0

    def duplicate(self) -> int:
        """A descriptor of one's own, to `sync` while this one may be closed."""
        return os.dup(self._fd)

    def sync(self, descriptor: int) -> None:
        """`fdatasync` and close `descriptor`."""
        try:
            if not self.poisoned:
                _datasync(descriptor)
        except OSError:
            self.poisoned = True
            raise
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Cut to the true end, sync, close."""
        try:
            os.ftruncate(self._fd, self.offset)
            self.sync(self.duplicate())
        finally:
            os.close(self._fd)

    def abandon(self) -> None:
        """Close without touching the file: a forked child leaves it to its parent."""
        os.close(self._fd)
