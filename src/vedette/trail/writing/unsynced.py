"""What was written and may not be on disk yet, kept so that it can be written again when the disk loses it."""

from __future__ import annotations

from typing import Generic, TypeVar

S = TypeVar("S")


class Batch(Generic[S]):
    """Writes between two marks, and the state before them."""

    __slots__ = ("before", "data")

    def __init__(self, before: S) -> None:
        self.before = before
        self.data: list[bytes] = []


class Unsynced(Generic[S]):
    """Writes in order, in batches. Not thread-safe, its stream's lock is held.

    A mark ends a batch: it is the number of batches so far.
    """

    __slots__ = ("_batches", "_dropped", "_open", "size")

    def __init__(self) -> None:
        self._batches: list[Batch[S]] = []
        self._open: Batch[S] | None = None
        self._dropped = 0
        self.size = 0

    def add(self, before: S, data: bytes) -> None:
        batch = self._open
        if batch is None:
            batch = self._open = Batch(before)
            self._batches.append(batch)
        batch.data.append(data)
        self.size += len(data)

    def mark(self) -> int:
        self._open = None
        return self._dropped + len(self._batches)

    def durable(self, mark: int) -> None:
        """Everything before `mark` is on disk."""
        count = max(mark - self._dropped, 0)
        self.size -= sum(sum(map(len, batch.data)) for batch in self._batches[:count])
        del self._batches[:count]
        self._dropped += count

    def clear(self) -> None:
        self.durable(self.mark())

    @property
    def first(self) -> S | None:
        """The state before the oldest of them."""
        return self._batches[0].before if self._batches else None

    def data(self) -> bytes:
        return b"".join(data for batch in self._batches for data in batch.data)
