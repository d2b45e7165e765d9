"""The order in which records are told: each operation after the one that it is part of, siblings by when they began."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from vedette.cli.glance import Glance

DEEPEST = 8
"""Deeper operations are told at this depth."""


class Depths:
    """How deep a record lies, as far as its ancestors have been seen: for records as they come."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, record: Glance) -> int:
        depth = min(self._known.get(record.parent, -1) + 1, DEEPEST)
        if record.event:
            self._known.setdefault(record.event, depth)
        return depth


def ordered(records: Iterable[Glance]) -> Iterator[tuple[int, Glance]]:
    """All records, each with its depth."""
    told = sorted(records, key=lambda record: record.began_ns)
    known = {record.event for record in told if record.event}
    children: dict[str, list[Glance]] = defaultdict(list)
    roots: list[Glance] = []
    for record in told:
        inside = record.parent in known and record.parent != record.event
        (children[record.parent] if inside else roots).append(record)
    yield from _walk(roots, children)
    # what is left are circles, which only a forged record can make
    yield from ((0, record) for left in children.values() for record in left)


def answered(records: Iterable[Glance]) -> set[tuple[str, int]]:
    """Stream and number of the intents whose outcome is among `records`."""
    return {(record.stream, record.answers) for record in records if record.answers is not None}


def _walk(roots: list[Glance], children: dict[str, list[Glance]]) -> Iterator[tuple[int, Glance]]:
    """Depth first, without recursion: how deep a record lies is for its writer to say."""
    waiting = [(0, record) for record in reversed(roots)]
    while waiting:
        depth, record = waiting.pop()
        yield depth, record
        inner = children.pop(record.event, []) if record.event else []
        waiting += [(min(depth + 1, DEEPEST), each) for each in reversed(inner)]
