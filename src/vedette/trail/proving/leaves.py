"""What the verifier keeps of each record: 83 bytes, whatever the order they come in.

A slot is the leaf that the record claims came before it (`p`, as text: it is needed only where there is damage), its
own leaf hash, and its time. Slots lie in one bytearray; a number far above what has been seen waits in a dict, so that
a hostile one cannot make us reserve memory for the hole.
"""

from __future__ import annotations

import re
import struct
from binascii import a2b_base64
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Literal

_SLOT = struct.Struct("<43s32sQ")
SLOT = _SLOT.size
_CLAIM, _LEAF = 43, 43 + 32
NONE = bytes(32)
NO_CLAIM = b"?" * _CLAIM
_IS_HASH = re.compile(rb"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]").fullmatch
_URLSAFE = bytes.maketrans(b"-_", b"+/")
SPARSE = 16
"""So many empty slots a record are reserved at most."""
FLOOR = 256
MOST_TWINS = 8

Came = Literal["new", "known", "twin"]


def slot(before: object, leaf: bytes, time: int) -> bytes:
    """`before` as the record says it; it never begins with a zero byte, so that a slot that does is an empty one."""
    claim = before.encode() if type(before) is str and len(before) == _CLAIM and before.isascii() else NO_CLAIM
    if not claim[0]:
        claim = NO_CLAIM
    return _SLOT.pack(claim, leaf, time)


def leaf_of(slot: bytes) -> bytes:
    return slot[_CLAIM:_LEAF]


def claim_of(slot: bytes) -> bytes:
    """The leaf that a record says came before it; zeros, which are no leaf, where it says none in its one spelling."""
    text = slot[:_CLAIM]
    return a2b_base64(text.translate(_URLSAFE) + b"=") if _IS_HASH(text) else NONE


class Leaves:
    """The records of one stream by number. `seen` counts them; `top` is one above the highest number."""

    __slots__ = ("_dense", "_doubtful", "_far", "_far_numbers", "_sweep", "_twins", "seen", "top")

    def __init__(self) -> None:
        self._dense = bytearray()
        self._far: dict[int, bytes] = {}
        self._sweep = FLOOR
        self._twins: dict[int, list[bytes]] = {}
        self._far_numbers: Sequence[int] = ()
        self._doubtful: Sequence[int] = ()
        self.seen = 0
        self.top = 0

    def put(self, n: int, new: bytes) -> Came:
        """Keep a record's slot: the first of its number, the same once more, or one that contradicts it."""
        at = n * SLOT
        dense = self._dense
        if at < len(dense):
            if dense[at]:
                return self._twin(n, bytes(dense[at : at + SLOT]), new)
            dense[at : at + SLOT] = new
        elif n in self._far:
            return self._twin(n, self._far[n], new)
        elif at == len(dense):
            dense += new
        else:
            self._far[n] = new
        self.seen += 1
        if n >= self.top:
            self.top = n + 1
        if self._far and self.seen >= self._sweep:
            self._gather()
        return "new"

    def _twin(self, n: int, old: bytes, new: bytes) -> Came:
        twins = self._twins.get(n, [])
        if new == old or new in twins or len(twins) == MOST_TWINS:
            return "known"
        self._twins[n] = [*twins, new]
        return "twin"

    def _gather(self) -> None:
        """Move what is no longer far into the dense part; amortised, for it runs when the count has doubled."""
        self._sweep = 2 * self.seen
        reach = SPARSE * self.seen + FLOOR
        near = [n for n in self._far if n < reach]
        if near:
            self._dense.extend(bytes(max((max(near) + 1) * SLOT - len(self._dense), 0)))
        for n in near:
            self._dense[n * SLOT : (n + 1) * SLOT] = self._far.pop(n)

    def finish(self) -> None:
        """All records have come: from now on they are only read."""
        self._gather()
        self._far_numbers = sorted(self._far)
        self._doubtful = sorted(self._twins)

    def at(self, n: int) -> list[bytes]:
        """The slots of number `n`: none, one, or several that contradict each other."""
        first = bytes(self._dense[n * SLOT : (n + 1) * SLOT]) if n * SLOT < len(self._dense) else self._far.get(n, NONE)
        return [first, *self._twins.get(n, ())] if first[0] else []

    def run(self, first: int, end: int) -> list[bytes] | None:
        """The leaves of `first` up to `end`, or None if one is missing or in doubt."""
        if end > self.top or end - first > self.seen or self.doubtful(first, end):
            return None
        if end * SLOT > len(self._dense):
            found = [self.at(n) for n in range(first, end)]
            return [leaf_of(each[0]) for each in found] if all(found) else None
        dense = bytes(self._dense[first * SLOT : end * SLOT])
        if 0 in dense[::SLOT]:
            return None
        return [dense[at : at + 32] for at in range(_CLAIM, len(dense), SLOT)]

    def time(self, n: int) -> int:
        """The time that record `n` states, in wall-clock nanoseconds; 0 = not known."""
        found = self.at(n)
        return int(_SLOT.unpack(found[0])[2]) if found else 0

    def present(self, first: int, end: int) -> Iterator[int]:
        """The numbers from `first` up to `end` of which there is a record, ascending."""
        dense = self._dense
        for n in range(first, min(end, len(dense) // SLOT)):
            if dense[n * SLOT]:
                yield n
        yield from _between(self._far_numbers, first, end)

    def doubtful(self, first: int, end: int) -> Sequence[int]:
        """The numbers of which there are several records that contradict each other."""
        return _between(self._doubtful, first, end)

    def absent(self, first: int, end: int) -> list[tuple[int, int]]:
        """The runs, first and last number, of which there is no record."""
        runs, expected = [], first
        for n in self.present(first, end):
            if n > expected:
                runs.append((expected, n - 1))
            expected = n + 1
        if expected < end:
            runs.append((expected, end - 1))
        return runs


def _between(numbers: Sequence[int], first: int, end: int) -> Sequence[int]:
    return numbers[bisect_left(numbers, first) : bisect_left(numbers, end)]
