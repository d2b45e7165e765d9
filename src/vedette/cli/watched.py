"""A source that shows on a terminal how far it has been read."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.cli.progress import Progress
from vedette.trail.proving.known import Source


class Watched(Source):
    """The same bodies, counted as they go by."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self.known = source.known

    def where(self) -> str:
        return self._source.where()

    def __iter__(self) -> Iterator[str]:
        with Progress() as progress:
            for bodies, body in enumerate(self._source, 1):
                self.index = self._source.index
                progress.show(self._source.done, self._source.total, f"{bodies:,} lines")
                yield body
