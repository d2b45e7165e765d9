"""The verifier: one pass over bodies in any order, with repeats, from anywhere; then a verdict for all that is wrong.

Guarantee: what it calls whole has not been altered, shortened inside, reordered or added to since it was signed. It
never raises on what it reads and keeps 83 bytes a record; limits stand in `canonical`, `notes` and `intervals`.
Not provable here: that the writer told the truth, or that the newest stream, or a tail not signed yet, was not cut off.
Format and verdicts: docs/trail-format.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from vedette.trail.format.canonical import Unreadable, parse
from vedette.trail.format.notes import public_key
from vedette.trail.hosting.anchors.anchor import Seen, decoded
from vedette.trail.hosting.anchors.trust import Trust
from vedette.trail.proving.attested import HeadSeen
from vedette.trail.proving.contents import Open, locked
from vedette.trail.proving.evidence import Evidence, Foreign
from vedette.trail.proving.judge import Judge, Outside
from vedette.trail.proving.known import Known, Source
from vedette.trail.proving.render import render
from vedette.trail.proving.verdicts import Grade, Report, StreamReport, Verdict

__all__ = ["Beside", "Examined", "Grade", "Report", "StreamReport", "Verdict", "examined", "render", "verify"]

MOST_REASONS = 20
MOST_STATEMENTS = 2**20
STATEMENT = "vedette.anchor.statement"
MEMBERS = {
    "checkpoint": set("f i note s v y".split()),
    "content": set("d f i k n s salt v y".split()),
    "sealed": set("d f i k key n s v y".split()),
}
"""What is not signed has nothing beside it: a member more would pass for a part of what is proven."""
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Beside:
    """What a verification is given beside the bodies.

    `host_keys` pins host keys: a key's name, or `*` for all, to a C2SP verifier key or base64. `anchors` are those that
    are believed; `against` are heads seen elsewhere. `opened` opens sealed content where its key is at hand
    (`seals.Seals.open`). `window`: only a part was read; what lies outside is not missing. `forbid` names notes that a
    policy does not accept.
    """

    host_keys: Mapping[str, str] = field(default_factory=dict)
    anchors: Trust = field(default_factory=Trust)
    against: Sequence[HeadSeen] = ()
    opened: Open = locked
    window: bool = False
    forbid: Collection[str] = ()


NOTHING = Beside()


def verify(bodies: Iterable[str], beside: Beside = NOTHING, *, host_keys: Mapping[str, str] | None = None) -> Report:
    """Verify what `bodies` hold: envelopes, checkpoint lines and content lines of any number of streams.

    A `Source` may know more than the bodies say (its `known`). `host_keys` is short for those of `beside`, which win
    over what lies beside the record. Raises `notes.BadNote` for a pinned key that is none, and what reading raises.
    """
    if host_keys is not None:
        beside = replace(beside, host_keys=host_keys)
    return examined(bodies, beside).report()


def examined(bodies: Iterable[str], beside: Beside = NOTHING) -> Examined:
    """Read all of it, and weigh it; the same as `verify` otherwise."""
    source = bodies if isinstance(bodies, Source) else None
    reading = Reading(source.complain if source else None, beside)
    for body in bodies:
        reading.take(body, source.index if source else None)
    known = source.known if source else Known()
    return Examined(reading, known, _judge(reading, known, beside), beside)


def _judge(reading: Reading, known: Known, beside: Beside) -> Judge:
    told = {} if "*" in beside.host_keys else known.host_keys
    pinned = {name: public_key(text) for name, text in {**told, **beside.host_keys}.items()}
    seen = [*reading.seen, *beside.anchors.all_kept(reading.trails)]
    return Judge(reading.streams, known, Outside(pinned, seen, beside.anchors.minimum, beside.against, beside.window))


@dataclass(frozen=True, slots=True)
class Examined:
    """All that was read, weighed."""

    reading: Reading
    known: Known
    judge: Judge
    beside: Beside

    def report(self) -> Report:
        verdicts = self.judge.verdicts()
        why = [*self.known.why, *self.reading.why][:MOST_REASONS]
        return Report(
            verdicts,
            self.judge.reports(),
            self.reading.bodies,
            self.reading.unread + self.known.unread,
            tuple(why),
            tuple(self.beside.anchors.complaints),
            tuple(sorted({each.name for each in verdicts} & set(self.beside.forbid))),
            self.judge.hosts(),
        )


class Reading:
    """The one pass. `complain` is told of each body that cannot be read, so that a source may say where it stands."""

    def __init__(self, complain: Callable[[str], None] | None, beside: Beside = NOTHING) -> None:
        self.streams: dict[str, Evidence] = {}
        self.seen: list[Seen] = []
        self.bodies = 0
        self.unread = 0
        self.why: list[str] = []
        self._complain = complain or self._note
        self._beside = beside

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
        stream, version = line.get("s"), line.get("v")
        if type(stream) is not str or type(version) not in (int, float) or version != 1:
            raise Foreign("not of a trail")
        evidence = self.streams.get(stream) or self._meet(stream)
        sort = line.get("y")
        if not canonical:
            evidence.strange(line)
        elif sort is None:
            evidence.record(line, raw, index)
        elif type(sort) is str and sort in MEMBERS and line.keys() != MEMBERS[sort]:
            raise Foreign("a line with other members than its sort has")
        elif sort == "checkpoint":
            evidence.checkpoint(line)
        elif sort == "content":
            evidence.content(line)
            self._look_for_anchor(line)
        elif sort == "sealed":
            evidence.sealed(line, self._beside.opened)
        else:
            raise Foreign("a sort of line that is not known")

    def _look_for_anchor(self, line: Mapping[str, Any]) -> None:
        """A statement proves itself, whoever carries it; it is checked at once, so that it need not be kept."""
        if line.get("f") == STATEMENT and self._beside.anchors.anchors and len(self.seen) < MOST_STATEMENTS:
            statement = decoded(str(line.get("d")))
            seen = self._beside.anchors.check(statement) if statement else None
            self.seen += [seen] if seen else []

    @property
    def trails(self) -> list[str]:
        """The ids of all trails that were met."""
        return sorted({each.heads.prefix.rpartition("/")[2] for each in self.streams.values() if each.heads})

    def _meet(self, stream: str) -> Evidence:
        if len(stream) != 32 or not _HEX.issuperset(stream):
            raise Foreign("not of a trail")
        evidence = self.streams[stream] = Evidence(stream)
        return evidence
