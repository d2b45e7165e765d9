"""Values seen once under a secret's name or in a secret's format, so that a later bare copy is caught.

Guarantee: bounded, in this process's memory only, never in a `repr`; forgotten at a fork. Only what cannot be a word
enters: else `password: the` would blank every "the".
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from vedette import locks
from vedette.redact.runs import is_run, runs
from vedette.redact.validators import varied

MOST = 32
"""Values kept; each costs one search of a text (40 ns a KB)."""

LEAST, LONGEST = 12, 512
ENTROPY = 3.0


Sighting = tuple[bytes, str, int]
"""(value, kind, where in the text it was seen)."""


class Copy(NamedTuple):
    """Bytes `start` to `end` are a value that was seen before, as `kind`."""

    start: int
    end: int
    kind: str


class _Known(NamedTuple):
    """Value to kind, the newest last. Never changed.

    `sought`: each value as latin-1 and as it is, for `in` takes a quarter of the time on a `str`; `loose`: those that
    are no run; `least`: the length of the shortest; `learned`: how many there ever were.
    """

    kinds: dict[bytes, str]
    sought: dict[str, bytes]
    loose: tuple[bytes, ...]
    least: int
    learned: int

    def more(self, found: Sequence[Sighting], most: int) -> _Known:
        """With these as the newest, `most` at most; so many are kept."""
        kinds, sought, loose, least = {**self.kinds}, {**self.sought}, self.loose, self.least
        for value, kind, _ in found:
            kinds[value] = kind
            sought[value.decode("latin-1")] = value
            least = min(least, len(value))
            if not is_run(value):
                loose = (*loose, value)
        learned = self.learned + len(kinds) - len(self.kinds)
        for value in list(kinds)[:-most]:
            del kinds[value], sought[value.decode("latin-1")]
        loose = tuple(value for value in loose if value in kinds) if loose else loose
        return _Known(kinds, sought, loose, least, learned)


class Memory:
    """The newest values, shared by all threads. What is known is replaced as a whole: whoever reads needs no lock."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known = _Known({}, {}, (), LONGEST, 0)
        self._lock = locks.lock()
        os.register_at_fork(after_in_child=self._forget)

    def __repr__(self) -> str:
        return f"Memory({len(self.values)} values)"

    def _forget(self) -> None:
        self._lock = locks.lock()
        self._known = _Known({}, {}, (), LONGEST, self._known.learned + 1)

    @property
    def values(self) -> dict[bytes, str]:
        """Value to kind; not to be changed."""
        return self._known.kinds

    @property
    def learned(self) -> int:
        """How many values were ever added."""
        return self._known.learned

    def since(self, learned: int) -> list[str] | None:
        """The values that were added since there were so many; None where that cannot be told any more."""
        known = self._known
        count = known.learned - learned
        if not 0 <= count <= len(known.kinds) or not all(map(bytes.isascii, known.loose)):
            return None
        return list(known.sought)[len(known.sought) - count :]

    def add(self, found: Sequence[Sighting]) -> None:
        """Remember those that could be nothing but secrets; the oldest go."""
        known = self._known.kinds
        new: list[Sighting] = []
        for each in reversed(found):
            if each[0] not in known and is_memorable(each[0]):
                new.append(each)
                if len(new) == self._most:
                    break
        if new:
            with self._lock:
                self._known = self._known.more(new[::-1], self._most)

    def copies(self, data: bytes) -> list[Copy]:
        """Every copy of every value."""
        kinds, sought, loose, least, _ = self._known
        among = runs(data, least)
        found = [sought[value] for value in sought if value in among] if among else []
        if loose:
            found += [value for value in loose if data.find(value) >= 0]
        return [Copy(at, at + len(value), kinds[value]) for value in found for at in everywhere(data, value)]


def is_memorable(value: bytes) -> bool:
    """Whether it could be nothing but a secret."""
    if not LEAST <= len(value) <= LONGEST or b"\n" in value:
        return False
    return varied(value.decode("latin-1"), ENTROPY)


def everywhere(data: bytes, value: bytes, start: int = 0) -> Iterator[int]:
    """Where a value stands, from `start` on."""
    at = data.find(value, start)
    while at >= 0:
        yield at
        at = data.find(value, at + len(value))


class Onward:
    """The memory of one stream: what was known when it began, and what it saw itself, from there onwards.

    Not backwards: what was let out is out, and how a stream is cut must not matter.
    """

    def __init__(self, memory: Memory) -> None:
        self._shared = memory
        self._before = memory.values
        self._seen: dict[bytes, tuple[str, int]] = {}
        self._maybe: dict[bytes, tuple[str, int]] = {}
        self.offset = 0
        """Of the text's first byte in the stream."""

    @property
    def values(self) -> bool:
        return bool(self._before or self._seen or self._maybe)

    def add(self, found: Iterable[Sighting]) -> None:
        for value, kind, at in found:
            if value not in self._seen and len(self._seen) < MOST and is_memorable(value):
                self._maybe.setdefault(value, (kind, self.offset + at))

    def copies(self, data: bytes) -> list[Copy]:
        known = [(value, kind, 0) for value, kind in self._before.items()]
        for seen in (self._seen, self._maybe):
            known += [(value, kind, max(at - self.offset, 0)) for value, (kind, at) in seen.items()]
        among = runs(data, LEAST)
        return [
            Copy(at, at + len(value), kind)
            for value, kind, low in known
            if value.decode("latin-1") in among or not is_run(value)
            for at in everywhere(data, value, low)
        ]

    def settle(self, end: int) -> None:
        """What was seen before `end` is sure; what was seen behind it will be seen again."""
        for value, (kind, at) in self._maybe.items():
            if at < end:
                self._seen[value] = (kind, at)
        self._maybe.clear()

    def close(self) -> None:
        """Hand over to the shared memory what this stream has seen."""
        self._shared.add([(value, kind, at) for value, (kind, at) in self._seen.items()])
