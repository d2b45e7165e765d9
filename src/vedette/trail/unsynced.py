"""What was written and may not be on disk yet, kept so that it can be written again when the disk loses it."""

from __future__ import annotations

from typing import Generic, TypeVar

S = TypeVar("S")


class Unsynced(Generic[S]):
    """Writes in order, in batches, each with the state before it. Not thread-safe, its stream's lock is held.

    A mark ends a batch: it is the number of batches so far.
    """

    __slots__ = ("_batches", "_dropped", "_open", "size")

    def __init__(self) -> None:
        self._batches: list[tuple[S, list[bytes]]] = []
        self._open: list[bytes] | None = None
        self._dropped = 0
        self.size = 0

    def add(self, before: S, data: bytes) -> None:
        if self._open is None:
            self._open = []
            self._batches.append((before, self._open))
        self._open.append(data)
        self.size += len(data)

    def mark(self) -> int:
        self._open = None
        return self._dropped + len(self._batches)

    def durable(self, mark: int) -> None:
        """Everything before `mark` is on disk."""
        count = max(mark - self._dropped, 0)
        del self._batches[:count]
        self._dropped += count
        self.size = sum(len(data) for _, batch in self._batches for data in batch)

    def clear(self) -> None:
        self.durable(self.mark())

    @property
    def first(self) -> S | None:
        """The state before the oldest of them."""
        return self._batches[0][0] if self._batches else None

    def data(self) -> bytes:
        return b"".join(data for _, batch in self._batches for data in batch)
