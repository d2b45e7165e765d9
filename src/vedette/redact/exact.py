"""Stage 2: is what stage 1 saw really a match of this rule, and which bytes of it are the value.

A decision depends on the bytes of the window alone, never on what was found before: so a text that is cut, joined or
streamed is judged as it would be whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from vedette.redact import validators
from vedette.redact.rule import Rule
from vedette.redact.searches import Searches
from vedette.redact.span import STRENGTH, Span

SWALLOW = 16 * 1024
"""How far a value is followed that its pattern caps."""

_TRIES = 8
"""Matches of a pattern in one window that end before the hit does; more, and the window is masked whole."""

_BEFORE, _AFTER = 128, 16
"""Bytes around a value that its judge is shown; before it the match, where the match is not the value alone."""

_NAME, _LINE = 40, 80
"""Bytes before a name that may belong to it, or to its line."""

NAME_BYTES = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz.$-"

_NAME_BEFORE = r"[0-9A-Za-z_.$\-]{0,40}?"

Judge = Callable[[str, str, str], str]


class Exact:
    """One rule, ready to judge; `made` says of which kind."""

    from_start = False

    def __init__(self, number: int, rule: Rule) -> None:
        self.number = number
        self.rule = rule
        self.is_token = rule.group == "token"
        self._group = rule.value
        self._strength = STRENGTH[rule.group]
        self._not_after = _bytes_of(rule.not_after)
        self._run_on = _run(rule.not_after)
        self._swallow = _run(rule.swallow) if rule.swallow else None
        self._until = re.compile(rule.until.encode()).search if rule.until else None
        self._runs = self._swallow or (self._run_on if self.is_token else None)
        self._right = rule.right
        self._goes_on = self._swallow is not None or self._until is not None
        self._validator = validators.REGISTRY[rule.validator] if rule.validator else None
        self._entropy = rule.entropy
        self._judge = validators.JUDGES[rule.judge] if rule.judge else None
        self._judges_placeholders = rule.group != "pii" or self._judge is not None
        self._alerts = rule.tier == "alert"
        self._stops = bool(rule.stop)

    def place(self, data: bytes, end: int, start: int, begin: int) -> tuple[int, int, int] | None:
        """Where what the judge is shown begins, and where the value lies."""
        raise NotImplementedError

    def span(self, data: bytes, end: int, start: int, begin: int) -> Span | None:
        """The value that the hit before `end` belongs to; None if it is none.

        `start`: where the core begins, `begin`: where the name begins that it is part of; for rules of names alone.
        """
        place = self.place(data, end, start, begin)
        if place is None:
            return None
        begin, start, stop = place
        if self._goes_on:
            stop = self._followed(data, stop)
        clean = True
        if self._not_after and stop < len(data) and data[stop] in self._not_after:
            if not self.is_token:
                return None
            clean = False
            stop = self._run_on(data, stop)
        value = data[start:stop].decode("latin-1")
        if self._judges_placeholders and validators.placeholder(value):
            return None
        if clean and not self._checks(value):
            clean = False
        if not clean and (self._judge is not None or not self.is_token):
            return None
        if self._judge is not None:
            before, after = data[begin:start].decode("latin-1"), data[stop : stop + _AFTER].decode("latin-1")
            tier = self._judge(before, value, after)
            if not tier:
                return None
            clean = tier == "alert"
        alert = clean and self._alerts and not (self._stops and validators.stopped(value))
        return Span(start, stop, self._strength, self.number, alert)

    def farthest(self, data: bytes, end: int) -> int:
        """Where the value of a hit before `end` ends at most; for hits that are not judged."""
        stop = end + self._right
        if self._until is not None:
            stop += SWALLOW
        elif self._runs is not None:
            stop = self._runs(data, stop)
        return stop if stop < len(data) else len(data)

    @property
    def window(self) -> tuple[int, int] | None:
        """The bytes before and behind a hit's end that decide on it; None where a value may go on from there."""
        return None if self._goes_on else (self.rule.left + _BEFORE + 1, self.rule.right + _AFTER + 1)

    def _followed(self, data: bytes, stop: int) -> int:
        """The end of a value that its pattern caps."""
        if self._until is not None:
            match = self._until(data, stop, stop + SWALLOW)
            if match is not None:
                return match.end()
        return stop if self._swallow is None else self._swallow(data, stop)

    def _checks(self, value: str) -> bool:
        """Check characters and entropy."""
        if self._validator is not None and not self._validator(value):
            return False
        return not self._entropy or validators.varied(value, self._entropy)


class _Beside(Exact):
    """The value behind a name: the match begins at the name; what belongs to the name before is the judge's."""

    from_start = True

    def __init__(self, number: int, rule: Rule) -> None:
        super().__init__(number, rule)
        self._match = re.compile(rule.exact.removeprefix(_NAME_BEFORE).encode()).match
        self._is_line = rule.judge == "line"

    def place(self, data: bytes, end: int, start: int, begin: int) -> tuple[int, int, int] | None:
        match = self._match(data, start)
        if match is None or match.end() < end:
            return None
        if self._is_line:
            lo = max(start - _LINE, 0)
            begin = max(data.rfind(b"\n", lo, start) + 1, lo)
        return begin, *match.span(self._group)


class _Anchored(Exact):
    """A match of known length before the hit."""

    def __init__(self, number: int, rule: Rule) -> None:
        super().__init__(number, rule)
        self._match = re.compile(rule.exact.encode()).match
        self._width = rule.width

    def place(self, data: bytes, end: int, start: int, begin: int) -> tuple[int, int, int] | None:
        if end < self._width:
            return None
        match = self._match(data, end - self._width)
        if match is None or match.end() < end:
            return None
        start, stop = match.span(self._group)
        return max(start - _BEFORE, 0), start, stop


class _Searched(Exact):
    """A match somewhere in the window of the hit."""

    def __init__(self, number: int, rule: Rule, search: Searches) -> None:
        super().__init__(number, rule)
        self._search = search
        self._left = rule.left

    def place(self, data: bytes, end: int, start: int, begin: int) -> tuple[int, int, int] | None:
        hi = min(end + self._right, len(data))
        lo = max(end - self._left, 0)
        last = -1
        for _ in range(_TRIES):
            found = self._search(data, lo, hi)
            if found is None or found[0] >= end:
                if last < 0:
                    return None
                lo, last = last + 1, -1  # what ended before the hit may have hidden one that began inside it
                continue
            if found[1] >= end:
                return found[0], found[2], found[3]
            last = found[0]
            lo = max(found[1], last + 1)
        return lo, max(end - self._left, 0), end


def made(number: int, rule: Rule, search_of: Callable[[Rule], Searches]) -> Exact:
    """A rule of the pack, by its number, ready to judge; `search_of` is what `searches.searcher` gives."""
    if rule.group == "keyvalue":
        return _Beside(number, rule)
    return _Anchored(number, rule) if rule.width else _Searched(number, rule, search_of(rule))


def name_before(data: bytes, start: int) -> int:
    """Where the whole name begins that has a secret's name at `start`."""
    lo = start - _NAME if start > _NAME else 0
    return lo + len(data[lo:start].rstrip(NAME_BYTES))


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
