"""A bar on standard error while a source is read; only on a terminal, ten times a second at most."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator

from vedette.trail.known import Source

_EVERY = 0.1
_WIDTH = 24


class Watched(Source):
    """A source that tells how far it is."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self.known = source.known
        self._begin = self._drawn = time.monotonic()
        self._bodies = 0

    def where(self) -> str:
        return self._source.where()

    def __iter__(self) -> Iterator[str]:
        shown = sys.stderr.isatty()
        try:
            for body in self._source:
                self.index = self._source.index
                self._bodies += 1
                if shown and time.monotonic() - self._drawn > _EVERY:
                    self._draw()
                yield body
        finally:
            if shown:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        line = bar(self._source.done, self._source.total, self._bodies, self._drawn - self._begin)
        sys.stderr.write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}")
        sys.stderr.flush()


def bar(done: int, total: int, bodies: int, seconds: float) -> str:
    """`reading  ████░░░░  50 %  1,200 lines  3 s`; without a bar where the whole is not known."""
    count = f"{bodies:,} lines  {seconds:.0f} s"
    if not total:
        return f"reading  {count}"
    share = min(done / total, 1.0)
    full = round(share * _WIDTH)
    return f"reading  {'█' * full}{'░' * (_WIDTH - full)}  {share:4.0%}  {count}"
