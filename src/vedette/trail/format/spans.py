"""Record numbers as runs: `3-7,9` in a fact, and quick to ask."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

MOST_TEXT = 4000
"""Characters of one fact: what is longer makes several records."""

_RUN = re.compile(r"(\d{1,16})(?:-(\d{1,16}))?", re.ASCII)


class Spans:
    """A set of numbers, kept as runs."""

    __slots__ = ("_firsts", "runs")

    def __init__(self, runs: Iterable[tuple[int, int]]) -> None:
        self.runs: list[tuple[int, int]] = []
        for first, last in sorted(runs):
            if self.runs and first <= self.runs[-1][1] + 1:
                self.runs[-1] = (self.runs[-1][0], max(last, self.runs[-1][1]))
            else:
                self.runs.append((first, last))
        self._firsts = [first for first, _ in self.runs]

    @classmethod
    def parse(cls, text: str) -> Spans:
        """What `texts` wrote; of anything else what can be read of it, and nothing of what is longer."""
        found = (_RUN.fullmatch(each) for each in (text if len(text) <= MOST_TEXT else "").split(","))
        return cls((int(each[1]), int(each[2] or each[1])) for each in found if each)

    def __contains__(self, n: int) -> bool:
        at = bisect_right(self._firsts, n) - 1
        return at >= 0 and n <= self.runs[at][1]

    def __bool__(self) -> bool:
        return bool(self.runs)

    def texts(self) -> Iterator[str]:
        """The runs as text, in pieces that each fit in one fact."""
        piece = ""
        for first, last in self.runs:
            told = str(first) if first == last else f"{first}-{last}"
            if piece and len(piece) + len(told) >= MOST_TEXT:
                yield piece
                piece = ""
            piece = f"{piece},{told}" if piece else told
        if piece:
            yield piece
