"""The verifier: one pass over bodies in any order, with repeats, from anywhere; then a verdict for all that is wrong.

Guarantee: what it calls whole has not been altered, shortened inside, reordered or added to since it was signed. It never
raises on what it reads and keeps 72 bytes a record; limits stand in `canonical`, `notes` and `intervals`.
Not provable here: that the writer told the truth, or that the newest stream, or a tail not signed yet, was not cut off.
Format and verdicts: docs/trail-format.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vedette.trail.canonical import Unreadable, parse
from vedette.trail.contents import Open, locked
from vedette.trail.evidence import Evidence, Foreign
from vedette.trail.judge import Judge
from vedette.trail.known import Known, Source
from vedette.trail.notes import public_key
from vedette.trail.render import render
from vedette.trail.verdicts import Grade, Report, StreamReport, Verdict

__all__ = ["Grade", "Report", "StreamReport", "Verdict", "render", "verify"]

MOST_REASONS = 20
_HEX = frozenset("0123456789abcdef")


def verify(bodies: Iterable[str], *, host_keys: Mapping[str, str] | None = None, opened: Open = locked) -> Report:
    """Verify what `bodies` hold: envelopes, checkpoint lines and content lines of any number of streams.

    A `Source` may know more than the bodies say (its `known`). `host_keys` pins host keys: a key's name, or `*` for all,
    to a C2SP verifier key or base64. Raises `notes.BadNote` for a pinned key that is none, and what reading raises.
    `opened` opens sealed content where its key is at hand (`seals.Seals.open`).
    """
    source = bodies if isinstance(bodies, Source) else None
    pinned = {name: public_key(text) for name, text in (host_keys or {}).items()}
    reading = Reading(source.complain if source else None, opened)
    for body in bodies:
        reading.take(body, source.index if source else None)
    known = source.known if source else Known()
    judge = Judge(reading.streams, known, {**{k: public_key(v) for k, v in known.host_keys.items()}, **pinned})
    verdicts, streams = judge.verdicts(), judge.reports()
    unread = reading.unread + known.unread
    return Report(verdicts, streams, reading.bodies, unread, tuple([*known.why, *reading.why][:MOST_REASONS]))


class Reading:
    """The one pass. `complain` is told of each body that cannot be read, so that a source may say where it stands."""

    def __init__(self, complain: Callable[[str], None] | None, opened: Open = locked) -> None:
        self.streams: dict[str, Evidence] = {}
        self.bodies = 0
        self.unread = 0
        self.why: list[str] = []
        self._complain = complain or self._note
        self._opened = opened

    def take(self, body: str, index: Mapping[str, Any] | None = None) -> None:
        """`index` are the attributes that the source shows beside this body, if it has any."""
        self.bodies += 1
        try:
            line, raw, canonical = parse(body)
            self._sort(line, raw, canonical, index)
        except (Unreadable, Foreign) as error:
            self._complain(str(error))

    def _note(self, reason: str) -> None:
        self.unread += 1
        if len(self.why) < MOST_REASONS:
            self.why.append(f"body {self.bodies}: {reason}")

    def _sort(self, line: dict[str, Any], raw: bytes, canonical: bool, index: Mapping[str, Any] | None) -> None:
        stream = line.get("s")
        if type(stream) is not str or line.get("v") != 1:
            raise Foreign("not of a trail")
        evidence = self.streams.get(stream) or self._meet(stream)
        sort = line.get("y")
        if not canonical:
            evidence.strange(line)
        elif sort is None:
            evidence.record(line, raw, index)
        elif sort == "checkpoint":
            evidence.checkpoint(line)
        elif sort == "content":
            evidence.content(line)
        elif sort == "sealed":
            evidence.sealed(line, self._opened)
        else:
            raise Foreign("a sort of line that is not known")

    def _meet(self, stream: str) -> Evidence:
        if len(stream) != 32 or not _HEX.issuperset(stream):
            raise Foreign("not of a trail")
        evidence = self.streams[stream] = Evidence(stream)
        return evidence
