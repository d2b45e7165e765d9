"""What records say of streams, their own or others: heads that the host log saw, records deleted by rule, anchors.

Nothing of it counts before the record that says it is itself proven. There are never more heads than checkpoints.
"""

from __future__ import annotations

from binascii import Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard

from vedette.trail.format.envelope import unb64u
from vedette.trail.format.notes import BadNote, decoded_key

HEADS = frozenset({"head", "closed", "recovered"})
RECOVERED = -1
"""The index of a head that no checkpoint states: the keeper found it in what a dead process left."""


class HeadSeen(NamedTuple):
    """A head of a stream that somebody vouches for: the first `size` records have `root`."""

    stream: str
    ordinal: int | None
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A head of a stream, as record `by` of another says. `next` is the key it announces; b"" = closed."""

    ordinal: int | None
    index: int
    size: int
    root: bytes
    next: bytes
    by: int


class Trim(NamedTuple):
    """Record `by` says that the records from `first` to `last` were deleted; `left` is the head that begins the rest.

    None = the whole stream is gone; `ordinal` is its place.
    """

    by: int
    stream: str
    first: int
    last: int
    ordinal: int | None
    left: Mark | None


@dataclass(slots=True)
class Told:
    """What the records of one stream say. `anchors` maps a record to the hash of the statement it names."""

    heads: dict[str, list[Mark]] = field(default_factory=dict)
    trims: list[Trim] = field(default_factory=list)
    anchors: dict[int, str] = field(default_factory=dict)
    forks: list[int] = field(default_factory=list)

    def lifecycle(self, n: int, phase: object, facts: Mapping[str, Any]) -> None:
        """A lifecycle record. One without what it needs says nothing."""
        if type(phase) is not str:
            return
        if phase in HEADS:
            self._head(n, facts)
        elif phase == "trim":
            self._trim(n, facts)
        elif phase == "anchor" and type(facts.get("vedette.anchor.hash")) is str:
            self.anchors[n] = facts["vedette.anchor.hash"]

    def finding(self, n: int, facts: Mapping[str, Any]) -> None:
        """A finding of the keeper: an anchor has seen another log."""
        if facts.get("security_rule.name") == "fork-of-log":
            self.forks.append(n)

    def _head(self, n: int, facts: Mapping[str, Any]) -> None:
        stream, mark = facts.get("vedette.head.stream"), mark_of(n, facts)
        if type(stream) is str and mark is not None:
            self.heads.setdefault(stream, []).append(mark)

    def _trim(self, n: int, facts: Mapping[str, Any]) -> None:
        stream, last = facts.get("vedette.trim.stream"), facts.get("vedette.trim.last")
        if type(stream) is str and _is_number(last) and facts.get("vedette.trim.what", "records") == "records":
            first = facts.get("vedette.trim.first")
            first = first if _is_number(first) else 0
            self.trims.append(Trim(n, stream, first, last, _ordinal(facts), mark_of(n, facts)))


def mark_of(n: int, facts: Mapping[str, Any]) -> Mark | None:
    """The head that the facts of record `n` tell of; None if they do not."""
    index, size = facts.get("vedette.head.index", RECOVERED), facts.get("vedette.head.size")
    try:
        root = unb64u(facts.get("vedette.head.root", ""))
        key = decoded_key(facts.get("vedette.head.next", ""))
    except (ValueError, Error, TypeError, AttributeError, BadNote):
        return None
    if len(root) != 32 or len(key) not in (0, 32) or not _is_number(size):
        return None
    if index != RECOVERED and not _is_number(index):
        return None
    return Mark(_ordinal(facts), index, size, root, key, n)


def _is_number(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < 2**53


def _ordinal(facts: Mapping[str, Any]) -> int | None:
    found = facts.get("vedette.ordinal")
    return found if _is_number(found) else None


@dataclass(slots=True)
class Attested:
    """What is proven to be attested of one stream; `heads` by their index."""

    heads: dict[int, Mark] = field(default_factory=dict)
    newest: Mark | None = None
    recovered: Mark | None = None

    def put(self, mark: Mark) -> None:
        if mark.index == RECOVERED:
            self.recovered = mark
        else:
            self.heads[mark.index] = mark
        if self.newest is None or mark.size >= self.newest.size:
            self.newest = mark

    def bound(self, head: HeadSeen) -> None:
        """A head seen elsewhere: so much of it must be here."""
        mark = Mark(head.ordinal, RECOVERED, head.size, head.root, b"", 0)
        if self.newest is None or mark.size > self.newest.size:
            self.newest = mark

    @property
    def marks(self) -> list[Mark]:
        return [*self.heads.values(), *([self.recovered] if self.recovered else [])]


def proven(told: Told, covers: Callable[[int], bool], into: dict[str, Attested]) -> None:
    """Add the heads that proven records tell of to what is attested, by stream."""
    for stream, marks in told.heads.items():
        for mark in marks:
            if covers(mark.by):
                into.setdefault(stream, Attested()).put(mark)
