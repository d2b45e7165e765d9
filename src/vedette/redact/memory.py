"""Values seen once under a secret's name or in a secret's format, so that a later bare copy is caught.

Guarantee: bounded, in this process's memory only, never in a `repr`; forgotten at a fork. Only what cannot be a word
enters: else `password: the` would blank every "the".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from vedette import locks
from vedette.redact.validators import varied

MOST = 32
"""Values kept; each costs one search of a text (40 ns a KB)."""

LEAST, LONGEST = 12, 512
ENTROPY = 3.0


class Copy(NamedTuple):
    """Bytes `start` to `end` are a value that was seen before, as `kind`."""

    start: int
    end: int
    kind: str


class _Known(NamedTuple):
    """Value to kind, the newest last, and the length of the shortest. Never changed.

    `sought`: each value as latin-1 and as it is, for `in` takes a quarter of the time on a `str`; `loose`: those that
    are no run.
    """

    kinds: dict[bytes, str]
    sought: dict[str, bytes]
    loose: tuple[bytes, ...]
    least: int


_NOTHING = _Known({}, {}, (), LONGEST)


class Memory:
    """The newest values, shared by all threads. What is known is replaced as a whole: whoever reads needs no lock."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def __repr__(self) -> str:
        return f"Memory({len(self.values)} values)"

    def _forget(self) -> None:
        self._lock = locks.lock()
        self._known = _NOTHING

    @property
    def values(self) -> dict[bytes, str]:
        """Value to kind; not to be changed."""
        return self._known.kinds

    @property
    def state(self) -> object:
        """Another object whenever another value is known."""
        return self._known

    def add(self, value: bytes, kind: str, at: int = 0) -> None:
        """Remember it, if it could be nothing but a secret; the oldest goes. `at`: where in the text it was seen."""
        if value in self._known.kinds or not is_memorable(value):
            return
        with self._lock:
            kinds, sought, loose, least = self._known
            kinds = {**kinds, value: kind}
            sought = {**sought, value.decode("latin-1"): value}
            if not is_run(value):
                loose = (*loose, value)
            if len(kinds) > self._most:
                oldest = next(iter(kinds))
                del kinds[oldest], sought[oldest.decode("latin-1")]
                loose = tuple(each for each in loose if each != oldest) if loose else loose
            self._known = _Known(kinds, sought, loose, min(least, len(value)))

    def copies(self, data: bytes) -> list[Copy]:
        """Every copy of every value."""
        kinds, sought, loose, least = self._known
        among = runs(data, least)
        found = [sought[value] for value in sought if value in among] if among else []
        if loose:
            found += [value for value in loose if data.find(value) >= 0]
        return [Copy(at, at + len(value), kinds[value]) for value in found for at in everywhere(data, value)]


_RUN = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/_-."
_SHAPE = bytes(0x61 if each in _RUN else 0x20 for each in range(256))


def is_run(value: bytes) -> bool:
    """Whether nothing in it separates: a copy of it then stands in one of the `runs` of a text, if it does at all."""
    return b" " not in value.translate(_SHAPE)


def runs(data: bytes, least: int) -> str:
    """The runs of `least` or more characters that tokens are made of, side by side, as latin-1.

    A few per cent of a text: to look for thirty values in them takes a third of looking for them in the text.
    """
    shape, shortest = data.translate(_SHAPE), b"a" * least
    found = []
    start = shape.find(shortest)
    while start >= 0:
        end = shape.find(b" ", start + least)
        if end < 0:
            found.append(data[start:])
            break
        found.append(data[start:end])
        start = shape.find(shortest, end)
    return b" ".join(found).decode("latin-1")


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
    def state(self) -> object:
        """Nothing that could be compared: what is known depends on the place."""
        return object()

    @property
    def values(self) -> bool:
        return bool(self._before or self._seen or self._maybe)

    def add(self, value: bytes, kind: str, at: int = 0) -> None:
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
        for value, (kind, _) in self._seen.items():
            self._shared.add(value, kind)
