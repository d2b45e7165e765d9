"""What is read from a stream, as log records to be: bodies verbatim, an index beside them, times that only grow.

Laws: bodies are the trail's own bytes, in file order; the times of one stream increase strictly.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vedette.guard import guard
from vedette.trail.files.follow import Group
from vedette.trail.format.envelope import b64u, split_content
from vedette.trail.format.merkle import leaf_hash
from vedette.trail.format.spool import CHECKPOINT
from vedette.trail.shipping.item import Item, Project, Value
from vedette.trail.shipping.outgoing import Outgoing
from vedette.trail.shipping.place import Place

OLDEST = 6 * 86_400.0
"""Seconds: Loki refuses what is older than seven days."""

_URGENT = frozenset({"finding", "auth"})


@dataclass(frozen=True, slots=True)
class Dating:
    """How records are dated: at most `oldest` seconds back, by a clock that is `skew` seconds ahead of ours."""

    oldest: float = OLDEST
    skew: float = 0.0

    @property
    def oldest_ns(self) -> int:
        return int(self.oldest * 10**9)

    @property
    def skew_ns(self) -> int:
        return int(self.skew * 10**9)


class Records:
    """Makes the log records of one stream, from a place on. `outgoing` says what of its content leaves, and how."""

    def __init__(
        self,
        stream: str,
        schema: str,
        project: Project,
        outgoing: Outgoing,
        place: Place,
        about: Mapping[str, Value] | None,
        dating: Dating | None = None,
    ) -> None:
        self._dating = dating or Dating()
        self._outgoing = outgoing
        self._stream = stream
        self._index = {"vedette.stream.id": stream, "vedette.schema": schema}
        self._project = project
        self._about = about
        self._last = place.time
        self._n = place.n

    def items(self, group: Group) -> list[Item]:
        """The log records of a group: content parts, then the envelope; or one checkpoint."""
        made = [self._checkpoint(group)] if group.type == CHECKPOINT else self._record(group)
        made[-1] = replace(made[-1], after=Place(group.segment, group.end, self._n, self._last))
        return [replace(item, about=self._about) for item in made]

    def _record(self, group: Group) -> list[Item]:
        body = group.payload.decode("utf-8", "replace")
        item = Item(body, "vedette.audit.record", 0, time.time_ns(), {"vedette.seq": self._n})
        envelope: dict[str, Any] = {}
        with guard("ship.project"):  # a record that cannot be told of is shipped all the same: the body is the record
            envelope = json.loads(body)
            item = self._projected(body, envelope)
        n = int(item.attributes["vedette.seq"])
        self._n = n + 1
        envelope = {**envelope, "s": self._stream, "n": n}
        parts = [part for payload in group.contents for part in self._content(item, envelope, payload)]
        identity: dict[str, str | int] = {"vedette.type": "record", "log.record.uid": f"{self._stream}-{n}"}
        leaf = {"vedette.leaf": b64u(leaf_hash(group.payload))}
        attributes = {**self._index, **identity, **leaf, **item.attributes}
        return [*parts, replace(item, time_ns=self._stamp(item.time_ns), attributes=attributes)]

    def _projected(self, body: str, envelope: dict[str, Any]) -> Item:
        told = self._project(envelope)
        return Item(
            body=body,
            event_name=told.event_name,
            time_ns=told.time_ns,
            observed_ns=told.observed_ns,
            attributes={**told.attributes, "vedette.seq": int(envelope["n"])},
            severity_number=told.severity_number,
            severity_text=told.severity_text,
            trace_id=told.trace_id,
            span_id=told.span_id,
            urgent=envelope.get("k") in _URGENT,
        )

    def _content(self, record: Item, envelope: dict[str, Any], payload: bytes) -> list[Item]:
        field, _ = split_content(payload)
        texts = self._outgoing(envelope, field, payload)
        return [self._part(record, body, envelope["n"], f"{field}-{at}") for at, body in enumerate(texts)]

    def _part(self, record: Item, body: str, n: int, which: str) -> Item:
        uid = f"{self._stream}-{n}-{which}"
        return Item(
            body=body,
            event_name="vedette.audit.content",
            time_ns=self._stamp(record.time_ns),
            observed_ns=record.observed_ns,
            attributes={**self._index, "vedette.type": "content", "vedette.seq": n, "log.record.uid": uid},
            trace_id=record.trace_id,
            span_id=record.span_id,
            urgent=record.urgent,
        )

    def _checkpoint(self, group: Group) -> Item:
        body = group.payload.decode("utf-8", "replace")
        uid = f"{self._stream}-checkpoint-{json.loads(body)['i']}"
        now = self._stamp(time.time_ns())
        index = {**self._index, "vedette.type": "checkpoint", "log.record.uid": uid}
        return Item(body, "vedette.audit.checkpoint", now, now, index)

    def _stamp(self, wanted: int) -> int:
        dating = self._dating
        now = time.time_ns() + dating.skew_ns
        self._last = stamp(wanted + dating.skew_ns, self._last, now, dating.oldest_ns)
        return self._last


def stamp(wanted: int, last: int, now: int, oldest_ns: int) -> int:
    """`wanted`, brought into [now - oldest, now] and then behind `last`. The true clock stays in the envelope."""
    return max(min(max(wanted, now - oldest_ns), now), last + 1)
