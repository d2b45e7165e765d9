"""What of one stream is not acknowledged yet: read ahead by one batch, kept until the collector has answered for it.

A batch that was sent once is sent again as it was. Nothing moves the place but an acknowledgement or a parked record.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from vedette.names import SCHEMA
from vedette.trail.files.follow import Group, groups, header, newest
from vedette.trail.files.identities import OURS, Keys
from vedette.trail.format.spool import ENVELOPE, HEADER_SIZE
from vedette.trail.shipping import place as places
from vedette.trail.shipping.answer import Action, Answer, pause
from vedette.trail.shipping.batch import MOST, MOST_BYTES, batches
from vedette.trail.shipping.item import Item, Project, Value
from vedette.trail.shipping.outgoing import outgoing
from vedette.trail.shipping.place import Place
from vedette.trail.shipping.records import OLDEST, Dating, Records

SAVE_EVERY = 1.0
STALE = 12 * 3600.0
"""After so many seconds of refusal a batch is made anew: its times were bounded by a `now` that is long gone."""

SKEW = 60.0
"""A clock that differs by more seconds is set wrong; a backend would refuse its times, or show them in another year."""

_ABOUT = ("service.", "host.", "os.", "process.runtime.", "telemetry.")


class Backlog:
    """One stream on its way out. Not thread-safe. `ValueError` for a folder that holds no stream of ours.

    `dead`: its writer has ended, and it keeps the resource that its birth record tells of. `oldest` as in `Records`.
    """

    def __init__(
        self, folder: Path, project: Project, *, dead: bool, oldest: float = OLDEST, keys: Keys = OURS
    ) -> None:
        found = header(folder)
        if found is None:
            raise ValueError(f"{folder} holds no stream")
        self.folder = folder
        self.dead = dead
        self._adopted = False
        self.stream = found.stream.hex()
        self.place = places.load(folder)
        self.due = 0.0
        self.limit = MOST
        self._project = project
        self._keys = keys
        self._oldest = oldest
        self._skew, self._redated = 0.0, False
        facts = _birth(folder, keys)
        self._outgoing = outgoing(facts, folder.parent.parent)
        self._schema = str(facts.get("vedette.schema", SCHEMA))
        self._about = {name: value for name, value in facts.items() if name.startswith(_ABOUT)}
        self._saved, self._saved_at = self.place, 0.0
        self._last_status = ""
        self._begin_anew()
        self.again()

    def again(self) -> None:
        """Forget what was read ahead; go on from the place."""
        self._records = self._from(self.place, self._about if self.dead or self._adopted else None)
        self._read_to = (self.place.segment, self.place.offset)
        self._fresh: list[Item] = []
        self._fresh_bytes = 0
        self._batches: deque[list[Item]] = deque()
        self._made = time.monotonic()

    def adopt(self) -> None:
        """It is the stream of another process that lives: it too keeps its resource."""
        self._adopted = True
        self.again()

    def _from(self, place: Place, about: Mapping[str, Value] | None) -> Records:
        return Records(
            self.stream, self._schema, self._project, self._outgoing, place, about, Dating(self._oldest, self._skew)
        )

    # Reading.

    def fill(self) -> None:
        """Read on, until a batch is full or there is nothing more for now."""
        if not self._fresh:
            self._made = time.monotonic()
        if self.full:
            return
        for group in groups(self.folder, *self._read_to, dead=self.dead, keys=self._keys):
            items = self._records.items(group)
            self._fresh += items
            self._fresh_bytes += sum(item.size for item in items)
            self._read_to = (group.segment, group.end)
            if self.full:
                return

    @property
    def full(self) -> bool:
        return len(self._fresh) >= self.limit or self._fresh_bytes >= MOST_BYTES

    @property
    def lingers(self) -> bool:
        """Whether what was read may wait for company."""
        return bool(self._fresh) and not (self.dead or self.full or any(item.urgent for item in self._fresh))

    @property
    def waiting(self) -> bool:
        """Whether something was read that is not acknowledged."""
        return bool(self._fresh or self._batches)

    @property
    def retrying(self) -> bool:
        """Whether the next batch has been sent before."""
        return bool(self._batches)

    def next_batch(self) -> list[Item]:
        """What to send; the same until it is settled."""
        if not self._batches:
            self._batches.extend(batches(self._fresh, self.limit))
            self._fresh, self._fresh_bytes = [], 0
        return self._batches[0] if self._batches else []

    @property
    def oldest(self) -> int:
        """Wall-clock nanoseconds of the oldest record that waits; 0 = none waits."""
        first = self._batches[0] if self._batches else self._fresh
        return first[0].observed_ns if first else 0

    def items(self, segment: int) -> Iterator[Item]:
        """What was sent of a closed segment, but for records that were parked."""
        parked = {each.stem for each in (self.folder / "rejected").glob("*.json")}
        records = self._from(self.place, self._about)
        for group in groups(self.folder, segment, HEADER_SIZE, dead=True, keys=self._keys):
            if group.segment != segment:
                return
            yield from (item for item in records.items(group) if item.uid.partition("-")[2] not in parked)

    def rewind(self, segment: int, n: int) -> None:
        """Send everything from the beginning of a segment, whose first record is `n`; duplicates collapse."""
        self.place = replace(self.place, segment=segment, offset=HEADER_SIZE, n=n)
        self.again()

    # Settling.

    def settle(self) -> None:
        """The batch is acknowledged, or its one record is parked."""
        done = self._batches.popleft()
        self.place = next((item.after for item in reversed(done) if item.after), self.place)
        self._redated = False
        self._begin_anew()

    def halve(self) -> None:
        """Send it in two halves. A single record stays as it is."""
        batch = self._batches.popleft()
        middle = len(batch) // 2
        self._batches.extendleft(half for half in (batch[middle:], batch[:middle]) if half)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._attempt, self.due, self._wished = 0, 0.0, False

    def redate(self, answer: Answer) -> bool:
        """Go by the collector's clock, where ours is another; whether the batch, refused for its times, is made anew.

        Once a batch: if it is refused again, it is for something else.
        """
        if answer.skew is None or abs(answer.skew - self._skew) < SKEW:
            return False
        self._skew = answer.skew
        if answer.action is not Action.BISECT or self._redated:
            return False
        self.again()
        self._redated = True
        return True

    def later(self, doing: Action, answer: Answer) -> int:
        """Try the batch again after a pause; how many times in a row it was answered so."""
        if time.monotonic() - self._made > STALE:
            self.again()
        self._attempt = self._attempt + 1 if answer.status == self._last_status else 1
        self._last_status = answer.status
        self._wished = answer.retry_after is not None
        self.due = time.monotonic() + pause(doing, self._attempt, answer)
        return self._attempt

    def hurry(self) -> None:
        """Try at once, unless the collector itself named the time."""
        if not self._wished:
            self.due = 0.0

    def park(self, answer: Answer) -> Item:
        """Lay the one record of the batch aside, with the answer, and go on."""
        item = self._batches[0][0]
        folder = self.folder / "rejected"
        folder.mkdir(mode=0o700, exist_ok=True)
        about = {"answer": asdict(answer), "at": str(time.time_ns()), "uid": item.uid, "body": item.body}
        places.replace(folder / f"{item.uid.partition('-')[2]}.json", json.dumps(about).encode())
        self.settle()
        return item

    def save(self, *, now: bool = False) -> None:
        """Write the place down, once a second at most or `now`. A fault here costs duplicates only."""
        moment = time.monotonic()
        if self.unsaved and (now or moment - self._saved_at >= SAVE_EVERY):
            places.save(self.folder, self.place)
            self._saved, self._saved_at = self.place, moment

    def probe(self) -> list[Item]:
        """The newest record with the time of now. Without its stream's name it stands apart in a backend: Loki refuses
        what is an hour behind the newest of its stream, and a backlog is."""
        envelope = newest(self.folder, self._keys)
        if envelope is None:
            return []
        apart = {**self._about, "service.instance.id": "vedette-probe"}
        (item,) = self._from(Place(time=time.time_ns()), apart).items(Group(ENVELOPE, envelope, (), 0, 0))
        index = {name: value for name, value in item.attributes.items() if name != "vedette.stream.id"}
        return [replace(item, attributes=index)]

    @property
    def unsaved(self) -> bool:
        return self.place != self._saved


def _birth(folder: Path, keys: Keys) -> Mapping[str, Value]:
    """The facts of the stream's first record; none if it was trimmed away or never written."""
    found = groups(folder, 0, HEADER_SIZE, dead=False, keys=keys)
    first = next((each for each in found if each.type == ENVELOPE), None)
    try:
        facts = json.loads(first.payload).get("a", {}) if first else {}
    except ValueError:
        return {}
    return facts if facts.get("vedette.lifecycle.phase") == "birth" else {}
