"""A report for people: is it whole, what is proven, which record is not as signed, and what that means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import groupby

from vedette.trail.meaning import MEANING
from vedette.trail.verdicts import Grade, Report, StreamReport, Verdict

MOST = 8
"""So many verdicts of one name are shown."""

_HEADLINE = {
    Grade.WHOLE: ("WHOLE", "Every record is as it was signed."),
    Grade.NOTE: ("WHOLE", "Every record is as it was signed."),
    Grade.UNFINISHED: ("UNFINISHED", "What is signed is as it was signed; the end of a stream is open."),
    Grade.BROKEN: ("BROKEN", "This is not the record that was signed."),
    Grade.NO_ANSWER: ("NO ANSWER", "There was no record to verify."),
}
_RED, _YELLOW, _GREEN, _DIM, _BOLD = "31", "33", "32", "2", "1"
_TINT = {Grade.BROKEN: _RED, Grade.NO_ANSWER: _RED, Grade.UNFINISHED: _YELLOW}
_MARK = {Grade.BROKEN: "✗", Grade.UNFINISHED: "…", Grade.NOTE: "·"}


def render(report: Report, colour: bool = False) -> str:
    """Plain text, or with ANSI colours. Nothing that came from a body reaches a terminal but printable characters."""
    ink = _Ink(colour)
    word, sentence = _HEADLINE[report.grade]
    lines = [f"{ink(word, _BOLD, _TINT.get(report.grade, _GREEN))}  {sentence}", ""]
    if report.streams:
        lines += [*_streams(report, ink), ""]
    names = {each.stream: _name(each) for each in report.streams}
    for grade in (Grade.BROKEN, Grade.UNFINISHED, Grade.NOTE):
        found = list(_verdicts([each for each in report.verdicts if each.grade is grade], names, ink))
        lines += [*found, ""] if found else []
    return "\n".join([*lines, *_unread(report, ink)]).rstrip() + "\n"


class _Ink:
    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, *codes: str) -> str:
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._on else text


def _name(stream: StreamReport) -> str:
    number = "?" if stream.ordinal is None else str(stream.ordinal)
    return f"stream {number} ({stream.stream[:8]})"


def _streams(report: Report, ink: _Ink) -> Iterator[str]:
    for each in report.streams:
        state = "running" if each.live else "closed" if each.closed else "not closed"
        share = "all proven" if each.proven == each.records else f"{each.proven:,} proven"
        yield f"  {_name(each):<24} {each.records:>9,} records, {share}, {state}"
        if each.first_ns:
            yield "  " + ink(f"{'':<24} {'':>9} {_when(each.first_ns)} to {_when(each.last_ns)}", _DIM)


def _when(nanoseconds: int) -> str:
    """Wall clock of the host; what no calendar holds is shown as the number it is."""
    try:
        return datetime.fromtimestamp(nanoseconds / 10**9, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return f"{nanoseconds} ns"


def _verdicts(verdicts: list[Verdict], names: dict[str, str], ink: _Ink) -> Iterator[str]:
    for name, group in groupby(sorted(verdicts, key=lambda each: each.name), key=lambda each: each.name):
        found = list(group)
        grade = found[0].grade
        for each in found[:MOST]:
            mark = ink(_MARK[grade], _TINT.get(grade, _DIM))
            where = ink(name, _DIM)
            yield f"  {mark} {_sentence(each, names)}  {where}"
        if len(found) > MOST:
            yield f"    and {len(found) - MOST:,} more (--json has them all)"
        yield "    " + ink(MEANING[name][1], _DIM)


def _sentence(verdict: Verdict, names: dict[str, str]) -> str:
    about = verdict.detail
    if verdict.name == "stream-not-closed":
        about = names.get(verdict.stream, f"the stream of {about}")
        return MEANING[verdict.name][0].format(about)
    if verdict.name == "unsealed-tail":
        about = f"{int(verdict.detail):,} records" if verdict.detail != "1" else "record"
    if verdict.name == "root-mismatch" and not about.startswith("checkpoint"):
        about = f"record {about}"
    if verdict.name == "content-shed" and not about:
        return f"{names[verdict.stream]}: the content was not kept, by its settings"
    sentence = MEANING[verdict.name][0].format(about)
    sentence = sentence.replace("the last record are", "the last record is")
    return f"{names[verdict.stream]}: {sentence}" if verdict.stream in names else sentence


def _unread(report: Report, ink: _Ink) -> Iterator[str]:
    if report.unread:
        yield f"  {report.unread:,} of {report.bodies:,} bodies were no part of a trail and were passed over:"
        yield from (ink(f"    {reason}", _DIM) for reason in report.unread_why[:3])
