"""Finding: which bytes of a text are a secret or personal, by which rule. Pure Python, linear in the text.

A rule runs only where its hint stands. The contract is that of every engine to come: `windows` says where a rule must
look, the exact pattern decides inside the window, then neighbours, validator and entropy. Overlaps are masked as their
union, named by the stronger rule: token, then context, then key=value, then personal data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vedette.redact.pack import RULES, Rule, compiled
from vedette.redact.validators import entropy

TOKEN = re.compile(r"\[[a-z][a-z0-9_]{1,30}:[0-9a-f]{2,8}\.[0-9a-f]{16}\]")
"""Our own tokens: never touched again, so that redacting twice is redacting once."""

_STRENGTH = {"token": 0, "context": 1, "keyvalue": 2, "pii": 3}
_NAMES = ("key", "secret", "token", "pass", "pwd", "credential")
_BEFORE, _BEHIND = 24, 480
_PLACEHOLDER = re.compile(
    r"\*+|x{4,}|\.{3,}|<[^>]*>|\$\{[^}]*\}|\{\{[^}]*\}\}|\$[A-Z_]+|%\w+%?|(?:none|null|true|false|undefined|redacted)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z_]+(?:\.[A-Za-z_]+)*\(?\)?")
_DIGIT = re.compile(r"\d")
_GATES = {
    "card": re.compile(r"\d(?:[ \-]?\d){11}"),
    "iban": re.compile(r"[A-Z]{2}\d{2}"),
    "us-ssn": re.compile(r"\d-\d\d-\d"),
    "ipv4": re.compile(r"\d\.\d{1,3}\.\d"),
    "ipv6": re.compile(r"[0-9A-Fa-f]:[0-9A-Fa-f:]{2}"),
    "phone": re.compile(r"\+\d|\(\d{3}\)|\d{3}[.\-]\d{3}[.\-]"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text, taken out by `rule`."""

    start: int
    end: int
    rule: Rule


class Engine:
    """All rules, or the secrets only (`pii=False`)."""

    def __init__(self, *, pii: bool = True) -> None:
        self._rules = [(rule, compiled(rule)) for rule in RULES if pii or rule.group != "pii"]

    def find(self, text: str) -> list[Span]:
        """The spans of `text`, in order, without overlap."""
        spans = [span for rule, pattern, lo, hi in self.windows(text) for span in _matches(rule, pattern, text, lo, hi)]
        return _joined(text, spans) if spans else spans

    def windows(self, text: str) -> Iterator[tuple[Rule, re.Pattern[str], int, int]]:
        """Where each rule must look: nowhere, if what it begins with is not in the text."""
        has_digit = _DIGIT.search(text) is not None
        for rule, pattern in self._rules:
            if rule.group == "keyvalue":
                yield from ((rule, pattern, lo, hi) for lo, hi in _beside_names(text))
            elif rule.group == "pii" and rule.hint != "@":
                if has_digit and _GATES[rule.id].search(text):
                    yield rule, pattern, 0, len(text)
            elif rule.hint in text:
                yield rule, pattern, 0, len(text)


def _beside_names(text: str) -> list[tuple[int, int]]:
    """Windows around every name that a secret goes by, joined where they touch."""
    low = text.lower()
    found: list[int] = []
    for name in _NAMES:
        at = low.find(name)
        while at >= 0:
            found.append(at)
            at = low.find(name, at + len(name))
    windows: list[tuple[int, int]] = []
    for at in sorted(found):
        lo, hi = max(at - _BEFORE, 0), min(at + _BEHIND, len(text))
        if windows and lo <= windows[-1][1]:
            windows[-1] = (windows[-1][0], hi)
        else:
            windows.append((lo, hi))
    return windows


def _matches(rule: Rule, pattern: re.Pattern[str], text: str, lo: int, hi: int) -> Iterator[Span]:
    for match in pattern.finditer(text, lo, hi):
        group = rule.value if rule.value >= 0 else match.lastindex or 0
        start, end = match.span(group)
        if rule.group == "token" and start and (text[start - 1].isalnum() and text[start - 1].isascii()):
            continue
        if _holds(rule, text[start:end], quoted=group == 1):
            yield Span(start, end, rule)


def _holds(rule: Rule, value: str, *, quoted: bool) -> bool:
    """Validator, entropy and, for a value beside a name, whether it is a placeholder or code."""
    if rule.validator is not None and not rule.validator(value):
        return False
    if rule.entropy and entropy(value) < rule.entropy:
        return False
    if rule.group != "keyvalue":
        return True
    if _PLACEHOLDER.match(value) or len(set(value)) < 4:
        return False
    return quoted or not _CODE.fullmatch(value)


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """Without our own tokens, and with overlaps as one."""
    ours = [match.span() for match in TOKEN.finditer(text)]
    spans = [span for span in spans if not any(lo < span.end and span.start < hi for lo, hi in ours)]
    spans.sort(key=lambda span: (span.start, -span.end))
    joined: list[Span] = []
    for span in spans:
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Span(last.start, max(last.end, span.end), _stronger(last, span))
        else:
            joined.append(span)
    return joined


def _stronger(one: Span, other: Span) -> Rule:
    return min((one, other), key=lambda span: (_STRENGTH[span.rule.group], span.start - span.end)).rule


def rewritten(text: str, spans: Sequence[Span], tokens: Sequence[str]) -> str:
    """`text` with each span replaced by its token."""
    pieces, done = [], 0
    for span, token in zip(spans, tokens, strict=True):
        pieces += [text[done : span.start], token]
        done = span.end
    return "".join([*pieces, text[done:]])
