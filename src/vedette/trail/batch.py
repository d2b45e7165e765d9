"""What is read from a stream, as log records to be: bodies verbatim, an index beside them, times that only grow.

Laws: the bodies are the trail's own bytes, in file order; the times of one stream increase strictly; a content field
that is cut into parts is its parts joined; no batch is above 512 records or 512 KiB.
"""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from vedette.guard import guard
from vedette.trail.envelope import b64u, encode, split_content
from vedette.trail.follow import Group
from vedette.trail.merkle import leaf_hash
from vedette.trail.place import Place
from vedette.trail.spool import CHECKPOINT

MOST = 512
MOST_BYTES = 512 * 1024
PART = 192 * 1024
OLDEST_NS = 6 * 86_400 * 10**9
"""Loki refuses what is older than seven days."""

_URGENT = frozenset({"finding", "auth"})
_FRAMING = 24  # bytes of protobuf around one attribute, at most
_FIELDS = 160  # bytes of the fixed fields of one log record, at most


class LogFields(Protocol):
    """What a projection says of an envelope; `vedette.signals.logs.LogFields` is one."""

    @property
    def event_name(self) -> str: ...
    @property
    def severity(self) -> int: ...
    @property
    def severity_text(self) -> str: ...
    @property
    def time(self) -> int: ...
    @property
    def observed(self) -> int: ...
    @property
    def trace_id(self) -> str: ...
    @property
    def span_id(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, str | int]: ...


Project = Callable[[Mapping[str, Any]], LogFields]


@dataclass(frozen=True, slots=True)
class Item:
    """One log record to be. `after` is the place once it is acknowledged; None inside a group, which is one step."""

    body: str
    event_name: str
    time: int
    observed: int
    attributes: Mapping[str, str | int]
    severity: int = 9
    severity_text: str = "INFO"
    trace_id: str = ""
    span_id: str = ""
    urgent: bool = False
    after: Place | None = None

    @property
    def size(self) -> int:
        """Bytes on the wire before compression, at most."""
        index = sum(len(name) + len(str(value).encode()) + _FRAMING for name, value in self.attributes.items())
        return len(self.body.encode()) + len(self.event_name) + index + _FIELDS

    @property
    def uid(self) -> str:
        return str(self.attributes["log.record.uid"])


class Records:
    """Makes the log records of one stream. `last` is the time of the newest, `n` the number of records so far."""

    def __init__(self, stream: str, schema: str, project: Project, place: Place) -> None:
        self._stream = stream
        self._index = {"vedette.stream.id": stream, "vedette.schema": schema}
        self._project = project
        self.last = place.time
        self.n = place.n

    def items(self, group: Group) -> list[Item]:
        """The log records of a group: content parts, then the envelope; or one checkpoint."""
        made = [self._checkpoint(group)] if group.type == CHECKPOINT else self._record(group)
        return [*made[:-1], replace(made[-1], after=Place(group.segment, group.end, self.n, self.last))]

    def _record(self, group: Group) -> list[Item]:
        body = group.payload.decode("utf-8", "replace")
        item = Item(body, "vedette.audit.record", 0, time.time_ns(), {"vedette.seq": self.n})
        with guard("ship.project"):
            item = self._projected(body)
        n = int(item.attributes["vedette.seq"])
        self.n = n + 1
        parts = [part for payload in group.contents for part in self._content(item, n, payload)]
        more = {"vedette.type": "record", "log.record.uid": f"{self._stream}-{n}", "vedette.leaf": _leaf(group)}
        attributes = {**self._index, **more, **item.attributes}
        return [*parts, replace(item, time=self._stamp(item.time), attributes=attributes)]

    def _projected(self, body: str) -> Item:
        envelope = json.loads(body)
        told = self._project(envelope)
        return Item(
            body=body,
            event_name=told.event_name,
            time=told.time,
            observed=told.observed,
            attributes={"vedette.seq": int(envelope["n"]), **told.attributes},
            severity=told.severity,
            severity_text=told.severity_text,
            trace_id=told.trace_id,
            span_id=told.span_id,
            urgent=envelope.get("k") in _URGENT,
        )

    def _content(self, record: Item, n: int, payload: bytes) -> list[Item]:
        field, content = split_content(payload)
        bodies = content_bodies(self._stream, n, field, payload[:16], content.decode("utf-8", "replace"))
        return [self._part(record, body, n, f"{field}-{part}") for part, body in enumerate(bodies)]

    def _part(self, record: Item, body: str, n: int, part: str) -> Item:
        more = {"vedette.type": "content", "vedette.seq": n, "log.record.uid": f"{self._stream}-{n}-{part}"}
        return replace(
            record,
            body=body,
            event_name="vedette.audit.content",
            time=self._stamp(record.time),
            attributes={**self._index, **more},
            severity=9,
            severity_text="INFO",
        )

    def _checkpoint(self, group: Group) -> Item:
        body = group.payload.decode("utf-8", "replace")
        more = {"vedette.type": "checkpoint", "log.record.uid": f"{self._stream}-checkpoint-{json.loads(body)['i']}"}
        now = self._stamp(time.time_ns())
        return Item(body, "vedette.audit.checkpoint", now, now, {**self._index, **more})

    def _stamp(self, wanted: int) -> int:
        self.last = stamp(wanted, self.last, time.time_ns())
        return self.last


def _leaf(group: Group) -> str:
    return b64u(leaf_hash(group.payload))


def stamp(wanted: int, last: int, now: int) -> int:
    """`wanted`, brought into [now - 6 d, now] and then behind `last`. The true clock stays in the envelope."""
    return max(min(max(wanted, now - OLDEST_NS), now), last + 1)


def content_bodies(stream: str, n: int, field: str, salt: bytes, text: str) -> list[str]:
    """The bodies of one content field, each at most 192 KiB; its commitment is over all parts joined."""
    head = {"f": field, "n": n, "s": stream, "salt": b64u(salt), "v": 1, "y": "content"}
    room = PART - len(encode({**head, "d": "", "i": 10**6, "k": 10**6}))
    pieces = parts(text, room)
    return [encode({**head, "d": each, "i": i, "k": len(pieces)}).decode() for i, each in enumerate(pieces)]


def parts(text: str, room: int) -> list[str]:
    """`text` cut between code points into pieces that, escaped as JSON, take at most `room` bytes each (room >= 6)."""
    pieces, begin = [], 0
    while begin < len(text):
        reach = range(1, min(room, len(text) - begin) + 1)
        fitting = bisect_right(reach, room, key=lambda size: escaped(text[begin : begin + size]))
        pieces.append(text[begin : begin + fitting])
        begin += fitting
    return pieces or [""]


def escaped(text: str) -> int:
    """Bytes of `text` inside the quotes of a JSON string."""
    return len(encode(text)) - 2


def batches(items: Sequence[Item], most: int = MOST) -> Iterable[list[Item]]:
    """`items` in order, in runs of at most `most` records and 512 KiB."""
    run: list[Item] = []
    size = 0
    for item in items:
        if run and (len(run) >= most or size + item.size > MOST_BYTES):
            yield run
            run, size = [], 0
        run.append(item)
        size += item.size
    if run:
        yield run
