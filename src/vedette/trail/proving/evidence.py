"""What came of one stream: its records as slots, its checkpoints, its content, and what its lifecycle records tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from vedette.trail.format.notes import BadNote, parse_checkpoint
from vedette.trail.format.spans import Spans
from vedette.trail.proving.attested import Told
from vedette.trail.proving.contents import BadContent, Contents, Open
from vedette.trail.proving.heads import Heads
from vedette.trail.proving.index import contradicts
from vedette.trail.proving.leaves import Leaves, slot

MOST_STEPS = 64
_HALF_SECOND = 500_000_000
_MOST_NS = 2**63


class Foreign(ValueError):
    """A body that is no part of a trail, or is damaged beyond telling which; the message says why."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Record `by` of some stream says that content of others is gone by rule; `field` "" = all of it.

    `name` is the verdict: `content-erased`, or `trimmed` where the time of keeping it was over.
    """

    by: int
    stream: str
    spans: Spans
    field: str
    name: str

    @classmethod
    def of(cls, n: int, facts: Mapping[str, Any]) -> Erasure | None:
        """What the facts of record `n` say of it; None if they say nothing."""
        if facts.get("vedette.lifecycle.phase") == "erasure":
            one, runs = facts.get("vedette.erasure.seq"), facts.get("vedette.erasure.runs")
            spans = Spans([(one, one)]) if type(one) is int else Spans.parse(runs) if type(runs) is str else Spans(())
            where, name = facts.get("vedette.erasure.stream", ""), facts.get("vedette.erasure.field", "")
            return cls(n, str(where), spans, name if type(name) is str else "", "content-erased")
        first, last = facts.get("vedette.trim.first"), facts.get("vedette.trim.last")
        if facts.get("vedette.trim.what") != "content" or type(first) is not int or type(last) is not int:
            return None
        return cls(n, str(facts.get("vedette.trim.stream", "")), Spans([(first, last)]), "", "trimmed")


@dataclass(slots=True)
class Evidence:
    """One stream as it came, in any order and with repeats."""

    stream: str
    leaves: Leaves = field(default_factory=Leaves)
    heads: Heads = field(default_factory=Heads)
    contents: Contents = field(default_factory=Contents)
    intents: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)
    not_canonical: set[tuple[int, str]] = field(default_factory=set)
    mismatched: set[int] = field(default_factory=set)
    gaps: dict[int, str] = field(default_factory=dict)
    clocks: dict[int, int] = field(default_factory=dict)
    clocks_told: set[int] = field(default_factory=set)
    erasures: list[Erasure] = field(default_factory=list)
    told: Told = field(default_factory=Told)
    ordinal: int | None = None
    content_policy: str = ""
    weak_disk: bool = False

    def record(self, envelope: Mapping[str, Any], raw: bytes, index: Mapping[str, Any] | None = None) -> None:
        """An envelope, and the attributes that stand beside it. Raises `Foreign`."""
        n, time = envelope.get("n"), _nanoseconds(envelope.get("t"))
        if type(n) is not int or not 0 <= n < 2**53:
            raise Foreign("a record without its number")
        leaf = sha256(b"\x00" + raw).digest()
        came = self.leaves.put(n, slot(envelope.get("p"), leaf, time))
        if index and contradicts(index, envelope, leaf):
            self.mismatched.add(n)
        committed = envelope.get("c")
        if came != "known" and type(committed) is dict:
            self.contents.want(n, committed, rival=came == "twin")
        if came == "new":
            self._clock(n, time, _nanoseconds(envelope.get("m")))
            self._tell(n, envelope)

    def _tell(self, n: int, envelope: Mapping[str, Any]) -> None:
        """What a record says of the life of its stream."""
        phase, kind = envelope.get("f"), envelope.get("k")
        if phase == "intent":
            self._intent(n)
        elif phase == "outcome" and type(of := envelope.get("of")) is int:
            self._outcome(of)
        if kind in ("lifecycle", "finding") and type(facts := envelope.get("a")) is dict:
            (self._lifecycle if kind == "lifecycle" else self.told.finding)(n, facts)

    def _intent(self, n: int) -> None:
        if n in self.answered:
            self.answered.discard(n)
        else:
            self.intents.add(n)

    def _outcome(self, of: int) -> None:
        if of in self.intents:
            self.intents.discard(of)
        else:
            self.answered.add(of)

    def _clock(self, n: int, time: int, since_birth: int) -> None:
        """The lowest number at each distance, in half seconds, of the wall clock from the monotonic one."""
        distance = (time - since_birth) // _HALF_SECOND
        known = self.clocks.get(distance)
        if (known is None and len(self.clocks) < MOST_STEPS) or (known is not None and n < known):
            self.clocks[distance] = n

    @property
    def clock_steps(self) -> list[int]:
        """Numbers at which the wall clock had moved by more than a second against the monotonic one.

        A clock that was set back to where it had been before shows by the stream's own `clock` record alone.
        """
        by_number = sorted((n, distance) for distance, n in self.clocks.items())
        seen = [n for (_, before), (n, after) in pairwise(by_number) if abs(after - before) > 2]
        told = pairwise([-1, *sorted(self.clocks_told)])
        return seen + [n for before, n in told if not any(before < each <= n for each in seen)]

    def _lifecycle(self, n: int, facts: Mapping[str, Any]) -> None:
        phase = facts.get("vedette.lifecycle.phase")
        if phase == "birth" and n == 0:
            ordinal = facts.get("vedette.ordinal")
            self.ordinal = ordinal if type(ordinal) is int else None
            self.content_policy = str(facts.get("vedette.content.policy", ""))
            self.weak_disk = facts.get("vedette.disk") == "weak"
        elif phase == "clock":
            self.clocks_told.add(n)
        elif phase == "gap":
            self.gaps[n] = str(facts.get("vedette.gap.state", ""))
        elif phase in ("erasure", "trim") and (erasure := Erasure.of(n, facts)):
            self.erasures.append(erasure)
        self.told.lifecycle(n, phase, facts)

    def checkpoint(self, line: Mapping[str, Any]) -> None:
        """A checkpoint line. Raises `Foreign`."""
        try:
            self.heads.put(parse_checkpoint(line))
        except BadNote as error:
            raise Foreign(f"no checkpoint: {error}") from error

    def strange(self, line: Mapping[str, Any]) -> None:
        """A body that is not canonical: it is named and not used."""
        sort, name = line.get("y"), line.get("f")
        at = _whole(line.get("i" if sort == "checkpoint" else "n"))
        if not 0 <= at < 2**53:
            raise Foreign("not canonical, and without a number")
        if sort == "checkpoint":
            text = f"checkpoint {at}"
        elif sort in ("content", "sealed"):
            text = f"{at} {name if type(name) is str else '?'}"
        else:
            text = str(at)
        self.not_canonical.add((at, text))

    def content(self, line: Mapping[str, Any]) -> None:
        """A content line. Raises `Foreign`."""
        try:
            self.contents.put(line)
        except BadContent as error:
            raise Foreign(str(error)) from error

    def sealed(self, line: Mapping[str, Any], opened: Open) -> None:
        """A line of sealed content. Raises `Foreign`."""
        try:
            self.contents.put_sealed(line, opened)
        except BadContent as error:
            raise Foreign(str(error)) from error


def _whole(value: object) -> int:
    """The number that `5`, `5.0` and `5e0` are; -1 for what is no whole one."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else -1
    return value if type(value) is int else -1


def _nanoseconds(text: object) -> int:
    """A decimal string; 0 for what is none."""
    if type(text) is not str or len(text) > 19 or not text.isdigit() or not text.isascii():
        return 0
    value = int(text)
    return value if value < _MOST_NS else 0
