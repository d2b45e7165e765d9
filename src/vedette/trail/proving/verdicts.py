"""What a verification says: verdicts, each of a class, the streams with what is proven of them, and an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from vedette.trail.proving.bounds import Window


class Grade(IntEnum):
    """How bad; the worst verdict decides. `NO_ANSWER`: there was nothing that could be verified."""

    WHOLE = 0
    NOTE = 1
    UNFINISHED = 2
    BROKEN = 3
    NO_ANSWER = 4


EXIT = {Grade.WHOLE: 0, Grade.NOTE: 0, Grade.UNFINISHED: 1, Grade.BROKEN: 2, Grade.NO_ANSWER: 3}

_NOTES = """
intent-without-outcome content-erased content-sealed content-shed trimmed gap host-attested clock-step unanchored
anchor-stale ephemeral weak-disk host-key-unpinned from-checkpoint
""".split()
_UNFINISHED = "stream-not-closed unsealed-tail gap-open torn".split()
_BROKEN = """
altered-record missing-record conflicting-record not-canonical content-mismatch content-missing missing-stream
missing-checkpoint bad-checkpoint-signature forged-checkpoint equivocation root-mismatch bad-peaks
frame-corrupt index-mismatch sequence-out-of-range anchored-stream-missing rollback-vs-anchor anchor-mismatch
fork-of-log
""".split()

GRADES = {
    **dict.fromkeys(_NOTES, Grade.NOTE),
    **dict.fromkeys(_UNFINISHED, Grade.UNFINISHED),
    **dict.fromkeys(_BROKEN, Grade.BROKEN),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One finding: its name, the stream (32 hex; "" = the trail as a whole), and where in it: `40-43` or `40 input`.

    `at` is the number to sort by. `str()` is the line that tests and scripts compare.
    """

    name: str
    stream: str = ""
    detail: str = ""
    at: int = 0

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.stream, self.detail) if part)

    @property
    def grade(self) -> Grade:
        return GRADES[self.name]


@dataclass(frozen=True, slots=True)
class StreamReport:
    """One stream. `records` came, `proven` of them are whole under signed roots.

    They are from `first_ns` to `last_ns` (wall clock, as the host stated it; 0 = nothing is proven). `live`: its writer
    still holds it. `windows` say when anchors prove its records were written.
    """

    stream: str
    ordinal: int | None
    trail: str
    records: int
    proven: int
    checkpoints: int
    contents: int
    closed: bool
    live: bool
    first_ns: int
    last_ns: int
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class HostReport:
    """One host log: `proven` of its `records`, of which the first `anchored` were seen by `anchor` at `time_ns`.

    Empty and 0 where no anchor that is believed has seen it; a time of 0 where the anchor tells none.
    """

    trail: str
    records: int
    proven: int
    anchored: int = 0
    anchor: str = ""
    time_ns: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The answer. `bodies` were read; `unread` of them were no part of a trail: `unread_why` tells of the first.

    `complaints` say why anchors proved nothing; `forbidden` names notes that the policy does not accept.
    """

    verdicts: tuple[Verdict, ...]
    streams: tuple[StreamReport, ...]
    bodies: int
    unread: int = 0
    unread_why: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    hosts: tuple[HostReport, ...] = ()

    @property
    def grade(self) -> Grade:
        if not self.streams and not self.hosts:
            return Grade.NO_ANSWER
        return max((each.grade for each in self.verdicts), default=Grade.WHOLE)

    @property
    def exit_code(self) -> int:
        """0 whole, 1 unfinished or not what the policy asks for, 2 broken, 3 no answer."""
        return max(EXIT[self.grade], 1 if self.forbidden else 0)

    def only(self, stream: str) -> Report:
        """The part about one stream, and what is true of the trail as a whole; no word of streams not asked for.

        Of a stream that is not here nothing is said, unless it should be here.
        """
        streams = tuple(each for each in self.streams if each.stream == stream)
        about = tuple(each for each in self.verdicts if each.stream == stream or _is_of_all(each))
        is_known = streams or any(each.stream == stream for each in about)
        hosts = tuple(each for each in self.hosts if is_known or each.trail.endswith(f"/{stream}"))
        return replace(self, verdicts=about, streams=streams, hosts=hosts)

    @property
    def whole(self) -> bool:
        return self.exit_code == 0

    def to_dict(self) -> dict[str, Any]:
        """For `--json`; times are decimal strings of nanoseconds."""
        return {
            "grade": self.grade.name.lower().replace("_", "-"),
            "exit_code": self.exit_code,
            "bodies": self.bodies,
            "unread": self.unread,
            "unread_why": list(self.unread_why),
            "anchors_why": list(self.complaints),
            "forbidden": list(self.forbidden),
            "verdicts": [
                {"verdict": str(each), "name": each.name, "class": each.grade.name.lower(), "stream": each.stream}
                | {"detail": each.detail}
                for each in self.verdicts
            ],
            "hosts": [_host(each) for each in self.hosts],
            "streams": [_stream(each) for each in self.streams],
        }


def _is_of_all(verdict: Verdict) -> bool:
    return not verdict.stream and verdict.name not in ("missing-stream", "stream-not-closed")


def _host(report: HostReport) -> dict[str, Any]:
    named = {name: getattr(report, name) for name in ("trail", "records", "proven", "anchored", "anchor")}
    return {**named, "time": str(report.time_ns)}


def _stream(report: StreamReport) -> dict[str, Any]:
    plain_ones = [name for name in StreamReport.__slots__ if not name.endswith("_ns") and name != "windows"]
    return {name: getattr(report, name) for name in plain_ones} | {
        "first": str(report.first_ns),
        "last": str(report.last_ns),
        "windows": [
            {"first": each.first, "last": each.last, "after": str(each.after_ns), "before": str(each.before_ns)}
            for each in report.windows
        ],
    }


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as runs of (first, last), ascending."""
    return joined((n, n) for n in numbers)


def joined(parts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs that touch, joined."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(parts):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def plain(text: str) -> str:
    """Text from a body as it may stand in a verdict: short, one line, nothing that drives a terminal."""
    return "".join(each if each.isprintable() else "?" for each in text[:100])


def span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
