"""A bar on standard error, only on a terminal and only for what takes longer than a moment."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from vedette.cli.paint import size

_AFTER, _EVERY = 0.5, 0.1
_WIDTH = 30


class Progress:
    """`total` bytes to come; 0 where that is not known."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._shown = False
        self._next = time.monotonic() + _AFTER
        self._on = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def advance(self, count: int) -> None:
        self._done += count
        if self._on and time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self._show()

    def _show(self) -> None:
        self._shown = True
        if self._total:
            share = min(self._done / self._total, 1.0)
            bar = "█" * int(share * _WIDTH)
            told = f"{bar:░<{_WIDTH}} {share:4.0%} of {size(self._total)}"
        else:
            told = size(self._done)
        sys.stderr.write(f"\r\x1b[K{told}")
        sys.stderr.flush()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
