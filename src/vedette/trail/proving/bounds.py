"""When records were written, as far as anchors prove it: no trust in the host's clock.

Record n was written after the newest `anchor` record at or before it named a statement, and before the earliest anchor
whose host log had seen a head above n.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vedette.trail.hosting.anchors.anchor import Seen
from vedette.trail.proving.attested import Mark

MOST = 10_000
"""So many windows of a stream are told."""


@dataclass(frozen=True, slots=True)
class Window:
    """The records `first` to `last` were written after `after_ns` and before `before_ns` (0 = not bounded)."""

    first: int
    last: int
    after_ns: int
    before_ns: int


Step = tuple[int, int]
"""A record number, and a time that holds for it and those behind it (lower) or below it (upper)."""


def uppers(marks: Iterable[Mark], anchors: Iterable[Seen]) -> list[Step]:
    """(size, time): the first `size` records existed at `time`; both ascending."""
    by_record = sorted((mark.by, mark.size) for mark in marks)
    steps: list[Step] = []
    at = most = 0
    for seen in sorted((each for each in anchors if each.time), key=lambda each: (each.note.size, each.time)):
        while at < len(by_record) and by_record[at][0] < seen.note.size:
            most = max(most, by_record[at][1])
            at += 1
        steps.append((most, seen.time))
    return _earliest(steps)


def _earliest(steps: Sequence[Step]) -> list[Step]:
    """Of steps in ascending sizes, those that no later one makes worthless by an earlier time."""
    kept: list[Step] = []
    for size, time in reversed(steps):
        if not kept or time < kept[-1][1]:
            kept.append((size, time))
        elif size == kept[-1][0]:
            continue
    return [step for step in reversed(kept) if step[0]]


def lowers(named: Mapping[int, str], times: Mapping[str, int]) -> list[Step]:
    """(n, time): record `n` and those behind it were written after `time`; both ascending."""
    steps: list[Step] = []
    for n, statement in sorted(named.items()):
        time = times.get(statement, 0)
        if time > (steps[-1][1] if steps else 0):
            steps.append((n, time))
    return steps


def windows(end: int, low: Sequence[Step], high: Sequence[Step]) -> list[Window]:
    """The records below `end` in runs of the same bounds; those without any are left out."""
    cuts = sorted({0, end, *(n for n, _ in low if n < end), *(size for size, _ in high if size < end)})
    found = []
    for first, stop in pairwise(cuts):
        after = max((time for n, time in low if n <= first), default=0)
        before = min((time for size, time in high if size > first), default=0)
        if after or before:
            found.append(Window(first, stop - 1, after, before))
    return found[:MOST]
