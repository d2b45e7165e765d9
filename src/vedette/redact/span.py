"""What stage 2 finds, and how findings that overlap become one."""

from __future__ import annotations

import re
from typing import NamedTuple

TOKEN = re.compile(
    rb"\[(?:withheld:[a-z0-9]{1,20}:[0-9]{1,20}(?::[0-9a-f]{2,8}\.[0-9a-f]{16})?"
    rb"|[a-z][a-z0-9_]{1,30}:(?:[0-9a-f]{2,8}\.[0-9a-f]{16}|#[0-9a-f]{16}|\*{4}[0-9A-Za-z]{0,4}))\]"
)
"""Our own marks: never touched again, so that redacting twice is redacting once."""

STRENGTH = {"token": 0, "context": 1, "keyvalue": 2, "pii": 3}


class Span(NamedTuple):
    """Bytes `start` to `end`, taken out by `rule` (a number of the pack; -1: by no rule, unverified).

    `strength` says whose name the union of overlapping spans bears: the smallest. `alert`: worth a finding.
    """

    start: int
    end: int
    strength: int
    rule: int
    alert: bool


_NONE = Span(-1, -1, 0, -1, False)


def united(spans: list[Span]) -> list[Span]:
    """In order and without overlap: what overlaps is one span, named by its strongest, longest, first part."""
    spans.sort()
    whole: list[Span] = []
    for span in spans:
        last = whole[-1] if whole else _NONE
        if span.start < last.end:
            if span[:2] != last[:2] or span.alert > last.alert:  # else it adds nothing: the stronger one came first
                whole[-1] = _union(last, span)
        else:
            whole.append(span)
    return whole


def _union(one: Span, other: Span) -> Span:
    """`one` begins first."""
    end = other.end if other.end > one.end else one.end
    if (other.strength, other.start - other.end, other.rule) < (one.strength, one.start - one.end, one.rule):
        return Span(one.start, end, other.strength, other.rule, one.alert or other.alert)
    return Span(one.start, end, one.strength, one.rule, one.alert or other.alert)


def without_tokens(data: bytes, spans: list[Span]) -> list[Span]:
    """United spans, less the bytes that are marks of ours already."""
    if 0x5B not in data:
        return spans
    ours = [match.span() for match in TOKEN.finditer(data)]
    return [piece for span in spans for piece in _cut(span, ours)] if ours else spans


def _cut(span: Span, ours: list[tuple[int, int]]) -> list[Span]:
    pieces, at = [], span.start
    for lo, hi in ours:
        if hi <= at or lo >= span.end:
            continue
        if lo > at:
            pieces.append(span._replace(start=at, end=lo))
        at = hi
    return [*pieces, span._replace(start=at)] if at < span.end else pieces


def veiled(data: bytes) -> bytes:
    """Our own marks as something that no rule matches and that its neighbours see as what stood there: letters.

    Else a number that a letter had kept from being one would become one in its second redaction.
    """
    return TOKEN.sub(lambda mark: b"z" + b"\0" * (mark.end() - mark.start() - 2) + b"z", data)
