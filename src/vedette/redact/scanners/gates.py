"""What is looked for only around a sign of it: cores without a literal cost more than three hundred with one.

Numbers: every value has six digits in it, and a text seldom has. Assigned secrets: where a match begins costs as much
again as where it ends, so the beginning is asked for only around an end. A gate is itself a pattern; around each of its
ends stands a window, and windows are scanned side by side in one call.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from vedette.redact.scanners.contract import Hit

Window = tuple[int, int]

DIGITS = rb"(?:^|[^0-9a-z_])[0-9](?:[ .\-/()]{0,2}[0-9]){5}"
"""Six digits, with at most two separators between each, behind no small letter: in every value of a rule whose `gate`
is `digits`. One in a word or in a hash is none."""
DIGITS_ENOUGH = 6
DIGITS_REACH = (40, 40)

STARTS_REACH = (120, 0)
"""Before the end of a core of the group `keyvalue`, so that it begins there."""

BOUNDARY = "(?:^|[^0-9A-Za-z_])"
"""What a core without a literal begins with: of all that share it, one automaton comes."""

APART = b"\0\0"
"""Stands between windows: no core goes on over it."""


def windows(ends: Iterable[int], reach: tuple[int, int], size: int) -> list[Window]:
    """Around each end, merged where they meet, in order."""
    before, after = reach
    found: list[Window] = []
    for end in sorted(ends):
        low, high = max(end - before, 0), min(end + after, size)
        if found and low <= found[-1][1]:
            found[-1] = found[-1][0], high
        else:
            found.append((low, high))
    return found


class Joined:
    """Windows of a text side by side, and the way back."""

    __slots__ = ("_ends", "_starts", "_windows", "data")

    def __init__(self, data: bytes, found: Sequence[Window]) -> None:
        self._windows = found
        self._starts: list[int] = []
        at = 0
        for low, high in found:
            self._starts.append(at)
            at += high - low + len(APART)
        self.data = APART.join([data[low:high] for low, high in found])

    def back(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Hits in the windows as hits in the text, but for those that end between two."""
        for core, end, start in hits:
            at = bisect_right(self._starts, end - 1) - 1
            low, high = self._windows[at]
            shift = low - self._starts[at]
            if end + shift <= high:
                yield core, end + shift, max(start + shift, low)
