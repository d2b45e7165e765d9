"""A bar on standard error, only on a terminal and only for what takes longer than a moment."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType

from vedette.cli.paint import size

_AFTER, _EVERY = 0.5, 0.1
_WIDTH = 24


class Progress:
    """`total` bytes to come; 0 where that is not known."""

    def __init__(self, total: int = 0) -> None:
        self._total = total
        self._done = 0
        self._shown = False
        self._next = time.monotonic() + _AFTER
        self._on = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def advance(self, count: int) -> None:
        """`count` bytes more are done."""
        self._done += count
        self.show(self._done, self._total)

    def show(self, done: int, total: int, note: str = "") -> None:
        """So many of so many; drawn ten times a second at most."""
        if self._on and time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self._draw(bar(done, total, note))

    def _draw(self, line: str) -> None:
        self._shown = True
        sys.stderr.write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}")
        sys.stderr.flush()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._shown:
            self._draw("")


def bar(done: int, total: int, note: str = "") -> str:
    """`████████████░░░░░░░░░░░░  50 % of 4.0 MB  1,200 lines`; without a bar where the whole is not known."""
    if not total:
        return f"{size(done)}  {note}".rstrip()
    share = min(done / total, 1.0)
    full = round(share * _WIDTH)
    return f"{'█' * full}{'░' * (_WIDTH - full)} {share:4.0%} of {size(total)}  {note}".rstrip()
