"""One stream on its way to the collector: strictly in file order, one request in flight, from files and never from memory."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vedette.trail.answer import Action, Answer
from vedette.trail.item import Item, Itemiser, Project
from vedette.trail.place import Place, load, save
from vedette.trail.spool import CHECKPOINT, HEADER_SIZE, frame_at, segment_files

MOST_RECORDS = 512
MOST_BYTES = 512 * 1024
SAVE_EVERY = 1.0

Send = Callable[[Sequence[Item]], Answer]


@dataclass(slots=True)
class Batch:
    """Items that go in one request, and the place behind them."""

    items: list[Item]
    place: Place

    @property
    def urgent(self) -> bool:
        return any(item.urgent for item in self.items)

    @property
    def full(self) -> bool:
        return len(self.items) >= MOST_RECORDS or sum(len(item.body) for item in self.items) >= MOST_BYTES


class Carrier:
    """Reads what of a stream has not been acknowledged, and remembers what has."""

    def __init__(self, stream: Path, send: Send, project: Project) -> None:
        self.stream = stream
        self.limit = MOST_RECORDS
        self._send = send
        self._place = load(stream)
        self._saved = self._place
        self._saved_at = 0.0
        self._pending: Batch | None = None
        self._itemiser = Itemiser(project)
        self._tries = 0
        self._cached: tuple[tuple[Path, int, int], bytes] | None = None

    @property
    def done(self) -> bool:
        """The stream was closed and all of it acknowledged."""
        return self._place.done

    def batch(self) -> Batch | None:
        """The next request; the same one until it is acknowledged, so that a retry is a true copy."""
        if self._pending is None:
            self._pending = self._read()
        return self._pending

    def _read(self) -> Batch | None:
        items: list[Item] = []
        place = self._place
        while len(items) < self.limit and sum(len(item.body) for item in items) < MOST_BYTES:
            found = self._next(place)
            if found is None:
                break
            more, place = found
            items += more
        return Batch(items, place) if place != self._place else None

    def _next(self, place: Place) -> tuple[list[Item], Place] | None:
        """The items of the next whole frame. The checkpoint that a new segment repeats is skipped."""
        files = segment_files(self.stream)
        if place.segment >= len(files):
            return None
        data = self._bytes(files[place.segment])
        frame = frame_at(data, place.offset)
        if frame is None:
            rolled = place.segment + 1 < len(files)
            return ([], Place(place.segment + 1, HEADER_SIZE)) if rolled else None
        after = Place(place.segment, frame.end, frame.type == CHECKPOINT and b"\\nnext " not in frame.payload)
        repeated = place.segment > 0 and place.offset == HEADER_SIZE and frame.type == CHECKPOINT
        return ([] if repeated else self._itemiser.items(frame)), after

    def _bytes(self, path: Path) -> bytes:
        """The segment's file, read anew only when it was written to."""
        found = path.stat()
        key = (path, found.st_mtime_ns, found.st_size)
        if self._cached is None or self._cached[0] != key:
            self._cached = (key, path.read_bytes())
        return self._cached[1]

    def go(self) -> Answer | None:
        """Send the next batch and act on the answer; None if there was nothing to send."""
        batch = self.batch()
        if batch is None:
            return None
        answer = self._send(batch.items) if batch.items else Answer(200)
        action = answer.action
        self._tries = self._tries + 1 if action is Action.FIVE_TRIES else 0
        if action is Action.BISECT or (action is Action.FIVE_TRIES and self._tries >= 5):
            answer = self._bisect(batch.items, answer)
            action = answer.action
        if action is Action.ACKNOWLEDGE:
            self._acknowledged(batch)
        elif answer.status == 429:
            self.limit = max(self.limit // 2, 1)
        return answer

    def _acknowledged(self, batch: Batch) -> None:
        self._place, self._pending = batch.place, None
        self._tries = 0
        self.limit = min(self.limit + 32, MOST_RECORDS)
        if time.monotonic() - self._saved_at >= SAVE_EVERY or self._place.done:
            self.save()

    def save(self) -> None:
        if self._place != self._saved:
            save(self.stream, self._place)
            self._saved, self._saved_at = self._place, time.monotonic()

    def _bisect(self, items: Sequence[Item], answer: Answer) -> Answer:
        """Halve until the refused record stands alone, and park that one; the rest is delivered.

        An answer that is no refusal of records stops it: the batch stays, and what went through goes again.
        """
        if len(items) == 1:
            self._park(items[0], answer)
            return Answer(200)
        middle = len(items) // 2
        for half in (items[:middle], items[middle:]):
            again = self._send(half)
            if again.action in (Action.BISECT, Action.FIVE_TRIES):
                again = self._bisect(half, again)
            if again.action is not Action.ACKNOWLEDGE:
                return again
        return Answer(200)

    def _park(self, item: Item, answer: Answer) -> None:
        """A record that the backend will not have, kept beside the stream with what it said."""
        folder = self.stream / "rejected"
        folder.mkdir(mode=0o700, exist_ok=True)
        uid = str(item.attributes.get("log.record.uid", item.time_ns))
        note = {"uid": uid, "status": answer.status, "answer": answer.text, "body": item.body}
        (folder / f"{uid}.json").write_text(json.dumps(note, ensure_ascii=False))
