"""One operation on one line: when, what, how long, how much of it, how it ended; in columns that hold for all lines."""

from __future__ import annotations

import time
from dataclasses import dataclass

from vedette.cli.glance import Glance
from vedette.cli.paint import Paint, duration, size
from vedette.cli.text import brief, cells, pad, plain

MARKS = {
    "inference": ("cyan", "model"),
    "tool": ("magenta", "tool"),
    "agent": ("blue", "agent"),
    "retrieval": ("blue", "search"),
    "exchange": ("cyan", "http"),
    "process": ("magenta", "process"),
    "connection": ("cyan", "socket"),
    "input": ("green", "user"),
    "output": ("green", "answer"),
    "auth": ("yellow", "auth"),
    "change": ("yellow", "change"),
    "finding": ("red", "finding"),
    "lifecycle": ("dim", "trail"),
}
"""Colour and word of each kind."""

_CLOCK, _MARK, _DURATION, _GAP = 12, 7, 7, 2
_MOMENTS = frozenset({"input", "output", "auth", "change", "finding", "lifecycle"})
"""Kinds that take no time: what is measured of a note is the noting."""

_SEVERITY = {"low": "dim", "medium": "yellow", "high": "red", "critical": "red"}


@dataclass(frozen=True, slots=True)
class Columns:
    """`what` and `measure` are widths, `details` is the column where the lines below begin."""

    indent: int
    what: int
    measure: int
    details: int


def columns(width: int, depth: int) -> Columns:
    """How a line of `width` is divided; deeper operations stand two columns further in."""
    indent = 2 * depth
    measure = 20 if width >= 100 else 16
    taken = _CLOCK + _GAP + indent + _MARK + _GAP
    what = max(width - taken - 2 * _GAP - _DURATION - measure, 8)
    return Columns(indent, what, measure, taken)


def main(record: Glance, fitting: Columns, paint: Paint, *, under_way: bool = False) -> str:
    """The line itself, at most as wide as its columns. `under_way`: no outcome of this intent is known."""
    style, mark = MARKS.get(record.kind, ("dim", record.kind or "?"))
    measure, tint = ("under way", "yellow") if under_way else _measure(record)
    what = pad(brief(plain(_what(record))), fitting.what)
    parts = [
        paint("dim", _clock(record.began_ns)),
        " " * fitting.indent + paint(style, pad(plain(mark), _MARK)),
        paint.quoted(what, "bold" if record.kind in ("agent", "tool", "finding") else ""),
        paint("dim", f"{_duration(record):>{_DURATION}}"),
        paint(tint, pad(plain(measure), fitting.measure).rstrip()),
    ]
    return (" " * _GAP).join(parts).rstrip()


def address(record: Glance, fitting: Columns) -> str:
    """What its own line does not tell of an exchange's URL: the query, or all of it where even the path was cut."""
    if record.kind != "exchange":
        return ""
    path, mark, query = record.fact("url.full").partition("?")
    return f"{path}{mark}{query}" if cells(brief(plain(_what(record)))) > fitting.what else f"{mark}{query}"


def _clock(nanoseconds: int) -> str:
    clock = time.strftime("%H:%M:%S", time.localtime(nanoseconds // 10**9))
    return f"{clock}.{nanoseconds // 10**6 % 1000:03d}"


def _duration(record: Glance) -> str:
    return "" if record.kind in _MOMENTS else duration(record.duration_ns)


def _what(record: Glance) -> str:
    if record.kind == "exchange":
        return f"{record.fact('http.request.method')} {record.fact('url.full').partition('?')[0]}"
    if record.kind == "inference":
        return _joined(record.name, record.fact("server.address"))
    if record.kind == "lifecycle":
        why = record.fact("vedette.lifecycle.reason") or record.fact("vedette.why")
        return f"{record.fact('vedette.lifecycle.phase')} {why}"
    if record.kind == "auth":
        told = f"{record.fact('vedette.auth.mechanism')} {record.fact('vedette.auth.subject')}"
        return _joined(told, record.fact("vedette.auth.target"))
    if record.kind == "change":
        return f"{record.fact('vedette.change.subject')} {record.fact('vedette.change.name')}"
    return record.name


def _measure(record: Glance) -> tuple[str, str]:
    """How much, or how it ended where that is the news; and its colour."""
    if record.phase == "intent":
        return "intent", "dim"
    if record.kind == "finding":
        severity = record.fact("vedette.finding.severity")
        return severity, _SEVERITY.get(severity, "dim")
    status = record.fact("http.response.status_code") if record.kind in ("exchange", "inference") else ""
    if record.result not in ("ok", ""):
        return f"{status} {record.result}".strip(), "red" if record.result == "error" else "yellow"
    if record.kind == "exchange":
        body = record.facts.get("http.response.body.size")
        return _joined(status, size(body) if isinstance(body, int) else ""), "dim"
    return _amount(record), "dim"


def _amount(record: Glance) -> str:
    if record.kind == "auth":
        return record.fact("vedette.auth.result")
    given, made = record.fact("gen_ai.usage.input_tokens"), record.fact("gen_ai.usage.output_tokens")
    return " ".join([f"{given} \N{RIGHTWARDS ARROW} {made}" if made else given, "tokens"]) if given else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part.strip())
