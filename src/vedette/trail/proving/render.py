"""A report for people: is it whole, what is proven, which record is not as signed, and what that means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import groupby

from vedette.trail.proving.meaning import MEANING
from vedette.trail.proving.verdicts import Grade, Report, StreamReport, Verdict, plain, span

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
    lines = [_headline(report, ink), ""]
    if report.streams or report.hosts:
        lines += [*_hosts(report, ink), *_streams(report, ink), ""]
    names = {each.stream: _name(each) for each in report.streams}
    names |= {each.trail.rpartition("/")[2]: "host log" for each in report.hosts}
    for grade in (Grade.BROKEN, Grade.UNFINISHED, Grade.NOTE):
        found = list(_verdicts([each for each in report.verdicts if each.grade is grade], names, ink))
        lines += [*found, ""] if found else []
    return "\n".join([*lines, *_unread(report, ink), *_complaints(report, ink)]).rstrip() + "\n"


def _headline(report: Report, ink: _Ink) -> str:
    word, sentence = _HEADLINE[report.grade]
    if report.forbidden and report.grade <= Grade.NOTE:
        return (
            f"{ink(word, _BOLD, _YELLOW)}  {sentence[:-1]}; the policy does not accept {', '.join(report.forbidden)}."
        )
    return f"{ink(word, _BOLD, _TINT.get(report.grade, _GREEN))}  {sentence}"


class _Ink:
    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, *codes: str) -> str:
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._on else text


def _name(stream: StreamReport) -> str:
    number = "?" if stream.ordinal is None else str(stream.ordinal)
    return f"stream {number} ({stream.stream[:8]})"


def _hosts(report: Report, ink: _Ink) -> Iterator[str]:
    """The host log of each trail, and the newest anchor that has seen it."""
    for each in report.hosts:
        share = "all proven" if each.proven == each.records else f"{each.proven:,} proven"
        yield f"  {'host log':<24} {each.records:>9,} records, {share}"
        if each.anchor:
            when = f" at {_when(each.time_ns)}" if each.time_ns else ""
            yield "  " + ink(f"{'':<34} the first {each.anchored:,} seen by {plain(each.anchor)}{when}", _DIM)


def _streams(report: Report, ink: _Ink) -> Iterator[str]:
    for each in report.streams:
        state = "running" if each.live else "closed" if each.closed else "not closed"
        share = "all proven" if each.proven == each.records else f"{each.proven:,} proven"
        yield f"  {_name(each):<24} {each.records:>9,} records, {share}, {state}"
        if each.first_ns:
            yield "  " + ink(f"{'':<24} {'':>9} {_when(each.first_ns)} to {_when(each.last_ns)}", _DIM)
        yield from ("  " + ink(f"{'':<34} {line}", _DIM) for line in _bounded(each))


def _bounded(stream: StreamReport) -> Iterator[str]:
    """What anchors prove of the time: by when records existed, and after when the last ones came."""
    before = [each for each in stream.windows if each.before_ns]
    after = [each for each in stream.windows if each.after_ns]
    if before:
        yield f"proven: {span(before[0].first, before[-1].last)} existed by {_when(before[-1].before_ns)}"
    if after:
        yield f"proven: {span(after[-1].first, after[-1].last)} came after {_when(after[-1].after_ns)}"


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
    if verdict.name == "rollback-vs-anchor":
        about = about.partition("<")[0]
    if verdict.name == "content-shed" and not about:
        return f"{names[verdict.stream]}: the content was not kept, by its settings"
    sentence = MEANING[verdict.name][0].format(about)
    sentence = sentence.replace("the last record are", "the last record is")
    return f"{names[verdict.stream]}: {sentence}" if verdict.stream in names else sentence


def _complaints(report: Report, ink: _Ink) -> Iterator[str]:
    if report.complaints:
        yield "  anchors that prove nothing here:"
        yield from (ink(f"    {plain(reason)}", _DIM) for reason in report.complaints[:3])


def _unread(report: Report, ink: _Ink) -> Iterator[str]:
    if report.unread:
        yield f"  {report.unread:,} lines or bodies were no part of a trail and were passed over:"
        yield from (ink(f"    {reason}", _DIM) for reason in report.unread_why[:3])
