"""Values seen once under a secret's name or in a secret's format, so that a later bare copy is caught.

Guarantee: bounded, in this process's memory only, never in a `repr`; forgotten at a fork. Only what cannot be a word
enters: else `password: the` would blank every "the".
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from vedette import locks
from vedette.redact.validators import entropy

MOST = 32
"""Values kept; each costs one search of a text (40 ns a KB)."""

LEAST, LONGEST = 12, 512
ENTROPY = 3.0


class Copy(NamedTuple):
    """Bytes `start` to `end` are a value that was seen before, as `kind`."""

    start: int
    end: int
    kind: str


class Memory:
    """Value to kind, the newest last."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = locks.lock()
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def __repr__(self) -> str:
        return f"Memory({len(self.values)} values)"

    def _forget(self) -> None:
        self._lock = locks.lock()
        self._known: OrderedDict[bytes, str] = OrderedDict()
        self.values: tuple[tuple[bytes, str], ...] = ()

    def add(self, value: bytes, kind: str, at: int = 0) -> None:
        """Remember it, if it could be nothing but a secret; the oldest goes. `at`: where in the text it was seen."""
        if value in self._known or not is_memorable(value):
            return
        with self._lock:
            self._known[value] = kind
            if len(self._known) > self._most:
                self._known.popitem(last=False)
            self.values = tuple(self._known.items())

    def copies(self, data: bytes) -> list[Copy]:
        """Every copy of every value."""
        return [Copy(at, at + len(value), kind) for value, kind in self.values for at in everywhere(data, value)]


def is_memorable(value: bytes) -> bool:
    """Whether it could be nothing but a secret."""
    if not LEAST <= len(value) <= LONGEST or b"\n" in value:
        return False
    return entropy(value.decode("latin-1")) >= ENTROPY


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

    def add(self, value: bytes, kind: str, at: int = 0) -> None:
        if value not in self._seen and len(self._seen) < MOST and is_memorable(value):
            self._maybe.setdefault(value, (kind, self.offset + at))

    def copies(self, data: bytes) -> list[Copy]:
        known = [(value, kind, 0) for value, kind in self._before]
        for seen in (self._seen, self._maybe):
            known += [(value, kind, max(at - self.offset, 0)) for value, (kind, at) in seen.items()]
        return [Copy(at, at + len(value), kind) for value, kind, low in known for at in everywhere(data, value, low)]

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
