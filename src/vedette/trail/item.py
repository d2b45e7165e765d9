"""What is shipped: frames of a segment as log records. Bodies are the record's own bytes; all else is an index."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from vedette.trail.envelope import b64u, split_content
from vedette.trail.spool import CHECKPOINT, CONTENT, ENVELOPE, Frame

PART = 192 * 1024
_OLDEST_NS = 6 * 24 * 3600 * 10**9


class Fields(Protocol):
    """What `signals.logs.project` gives for an envelope; the rooms do not know each other."""

    event_name: str
    severity_number: int
    severity_text: str
    time_ns: int
    observed_ns: int
    trace_id: str
    span_id: str
    attributes: dict[str, str | int]


Project = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One log record to be. `uid` collapses duplicates at the receiver; `urgent`: it is not to linger."""

    body: str
    time_ns: int
    observed_ns: int
    attributes: dict[str, str | int]
    event_name: str = ""
    severity_number: int = 9
    severity_text: str = "INFO"
    trace_id: str = ""
    span_id: str = ""
    urgent: bool = False


class Itemiser:
    """Frames of one stream, in file order, into items. Times are strictly increasing: Loki loses the order of equals."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._last_ns = 0
        self._content: list[bytes] = []

    def items(self, frame: Frame) -> list[Item]:
        if frame.type == CONTENT:
            self._content.append(frame.payload)
            return []
        if frame.type == ENVELOPE:
            return [self._placed(item) for item in self._record(frame.payload)]
        return [self._placed(_checkpoint(frame.payload))] if frame.type == CHECKPOINT else []

    def _placed(self, item: Item) -> Item:
        """Clamped into what backends take, and later than the one before. The true clock stays in the envelope."""
        now = time.time_ns()
        at = max(min(item.time_ns, now), now - _OLDEST_NS, self._last_ns + 1)
        self._last_ns = at
        return replace(item, time_ns=at)

    def _record(self, raw: bytes) -> Iterator[Item]:
        envelope = json.loads(raw)
        fields: Fields = self._project(envelope)
        content, self._content = self._content, []
        identity = {name: fields.attributes[name] for name in ("vedette.stream.id", "vedette.seq", "vedette.schema")}
        for payload in content:
            for body in content_lines(payload, str(envelope["s"]), int(envelope["n"])):
                attributes = {"vedette.type": "content", **identity}
                yield Item(body, fields.time_ns, fields.observed_ns, attributes, "vedette.audit.content")
        leaf = b64u(hashlib.sha256(b"\x00" + raw).digest())
        yield Item(
            body=raw.decode(),
            time_ns=fields.time_ns,
            observed_ns=fields.observed_ns,
            attributes={"vedette.type": "record", "vedette.leaf": leaf, **fields.attributes},
            event_name=fields.event_name,
            severity_number=fields.severity_number,
            severity_text=fields.severity_text,
            trace_id=fields.trace_id,
            span_id=fields.span_id,
            urgent=envelope["k"] in ("finding", "auth"),
        )


def _checkpoint(raw: bytes) -> Item:
    line = json.loads(raw)
    uid = f"{line['s']}-c{line['i']}"
    attributes: dict[str, str | int] = {
        "vedette.type": "checkpoint",
        "vedette.stream.id": line["s"],
        "log.record.uid": uid,
    }
    now = time.time_ns()
    return Item(raw.decode(), now, now, attributes, "vedette.audit.checkpoint")


def content_lines(payload: bytes, stream: str, n: int) -> Iterator[str]:
    """The content records of one field, each at most 192 KiB after JSON escaping, cut between code points."""
    field, body = split_content(payload)
    parts = list(_parts(body.decode()))
    for at, text in enumerate(parts):
        line = {
            "d": text, "f": field, "i": at, "k": len(parts), "n": n, "s": stream,
            "salt": b64u(payload[:16]), "v": 1, "y": "content",
        }  # fmt: skip
        yield json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _parts(text: str) -> Iterator[str]:
    """Pieces whose JSON form stays below the limit: a character is at most 6 bytes there (`\\u0000`)."""
    if len(json.dumps(text, ensure_ascii=False).encode()) <= PART:
        yield text
        return
    step = PART // 6
    for at in range(0, len(text), step):
        yield text[at : at + step]
