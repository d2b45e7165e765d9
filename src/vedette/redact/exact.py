"""Stage 2: is what stage 1 saw really a match of this rule, and which bytes of it are the value.

A decision depends on the bytes of the window alone, never on what was found before: so a text that is cut, joined or
streamed is judged as it would be whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from vedette.redact import validators
from vedette.redact.rule import Rule
from vedette.redact.span import STRENGTH, Span

SWALLOW = 16 * 1024
"""How far a value is followed that its pattern caps."""

_TRIES = 8
"""Matches of a pattern in one window that end before the hit does; more, and the window is masked whole."""

_AFTER = 16
"""Bytes behind a value that its judge is shown."""

Judge = Callable[[str, str, str], str]

Searches = Callable[[bytes, int, int], tuple[int, int, int, int] | None]
"""(start, end, value start, value end) of the leftmost match in a window."""


class Exact:
    """One rule, ready to judge."""

    def __init__(self, number: int, rule: Rule, search: Searches) -> None:
        self.number = number
        self.rule = rule
        self._search = search
        self._left, self._right, self._value, self._width = rule.left, rule.right, rule.value, rule.width
        self._anchored = re.compile(rule.exact.encode()).match if rule.width else None
        self._strength = STRENGTH[rule.group]
        self._is_token = rule.group == "token"
        self._not_after = _bytes_of(rule.not_after)
        self._run_on = _run(rule.not_after)
        self._swallow = _run(rule.swallow) if rule.swallow else None
        self._until = re.compile(rule.until.encode()).search if rule.until else None
        self._validator = validators.REGISTRY[rule.validator] if rule.validator else None
        self._judge = validators.JUDGES[rule.judge] if rule.judge else None

    def span(self, data: bytes, end: int) -> Span | None:
        """The value that the hit before `end` belongs to; None if it is none."""
        place = self._place(data, end)
        if place is None:
            return None
        begin, start, stop = place
        if self._swallow is not None or self._until is not None:
            stop = self._followed(data, stop)
        clean = True
        if self._not_after and stop < len(data) and data[stop] in self._not_after:
            if not self._is_token:
                return None
            clean = False
            stop = self._run_on(data, stop)
        if self._judge is not None:
            return self._by_judge(self._judge, data, begin, start, stop)
        return self._by_rule(data, start, stop, clean)

    def _place(self, data: bytes, end: int) -> tuple[int, int, int] | None:
        """Where the match begins, and where its value lies."""
        if self._anchored is not None and end >= self._width:
            match = self._anchored(data, end - self._width)
            if match is not None and match.end() >= end:
                return match.start(), *match.span(self._value)
        hi = min(end + self._right, len(data))
        lo = max(end - self._left, 0)
        for _ in range(_TRIES):
            found = self._search(data, lo, hi)
            if found is None or found[0] >= end:
                return None
            if found[1] >= end:
                return found[0], found[2], found[3]
            lo = found[0] + 1
        return lo, max(end - self._left, 0), end

    def _followed(self, data: bytes, stop: int) -> int:
        """The end of a value that its pattern caps."""
        if self._until is not None:
            match = self._until(data, stop, stop + SWALLOW)
            if match is not None:
                return match.end()
        return stop if self._swallow is None else self._swallow(data, stop)

    def _by_judge(self, judge: Judge, data: bytes, begin: int, start: int, stop: int) -> Span | None:
        """A judge sees what stands around, and its answer is the tier."""
        before, value, after = (
            each.decode("latin-1") for each in (data[begin:start], data[start:stop], data[stop : stop + _AFTER])
        )
        tier = judge(before, value, after)
        return Span(start, stop, self._strength, self.number, tier == "alert") if tier else None

    def _by_rule(self, data: bytes, start: int, stop: int, clean: bool) -> Span | None:
        """Placeholders are nothing; what fails a check is nothing, or, of a token, only no alert."""
        rule, value = self.rule, data[start:stop].decode("latin-1")
        if rule.group != "pii" and validators.placeholder(value):
            return None
        if (self._validator is not None and not self._validator(value)) or (
            rule.entropy and validators.entropy(value) < rule.entropy
        ):
            clean = False
        if not clean and not self._is_token:
            return None
        alert = clean and rule.tier == "alert" and not (rule.stop and validators.stopped(value))
        return Span(start, stop, self._strength, self.number, alert)


def _bytes_of(body: str) -> frozenset[int]:
    """The bytes of a class, given by what stands between its brackets."""
    if not body:
        return frozenset()
    pattern = re.compile(f"[{body}]".encode())
    return frozenset(each for each in range(256) if pattern.match(bytes((each,))))


def _run(body: str) -> Callable[[bytes, int], int]:
    """How far bytes of a class go on from a place, `SWALLOW` at most."""
    match = re.compile(f"[{body}]*".encode()).match if body else None

    def run(data: bytes, at: int) -> int:
        found = match(data, at, at + SWALLOW) if match else None
        return found.end() if found else at

    return run


def searcher(re2: Any, options: Any) -> Callable[[str, int], Searches]:
    """How to search: by RE2 where it imports, else by `re`. The patterns are read alike by both."""

    def by_re2(source: str, value: int) -> Searches:
        pattern = re2.compile(source.encode(), options)
        match_of, anchor = _direct(pattern, re2)

        def search(data: bytes, lo: int, hi: int) -> tuple[int, int, int, int] | None:
            spans = match_of(anchor, data, lo, hi)
            return None if spans[0][0] < 0 else (*spans[0], *spans[value])

        return search

    def by_re(source: str, value: int) -> Searches:
        find = re.compile(source.encode()).search

        def search(data: bytes, lo: int, hi: int) -> tuple[int, int, int, int] | None:
            match = find(data, lo, hi)
            return None if match is None else (*match.span(), *match.span(value))

        return search

    return by_re if re2 is None else by_re2


def _direct(pattern: Any, re2: Any) -> tuple[Any, Any]:
    """RE2's own call, below the wrapper that makes a match object: a third of the time. Its spans are all we need."""
    native = getattr(pattern, "_regexp", None)
    if native is not None and hasattr(native, "Match"):
        return native.Match, re2._Anchor.UNANCHORED

    def through_wrapper(_anchor: Any, data: bytes, lo: int, hi: int) -> list[tuple[int, int]]:
        match = pattern.search(data, lo, hi)
        return [(-1, -1)] if match is None else [match.span(group) for group in range(pattern.groups + 1)]

    return through_wrapper, None
