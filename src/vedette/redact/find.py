"""Finding: which bytes of a text are a secret or personal, by which rule.

Stage 1 (`scanners`) says where a core ends, stage 2 (`exact`) decides. The text is looked at as it is meant: escapes
undone, percent-escapes undone as well where there are any, and runs of base64 that hold text looked into.
"""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_left, insort
from collections.abc import Callable
from operator import itemgetter

from vedette.redact.exact import Exact, made
from vedette.redact.pack import Pack
from vedette.redact.repeated import Names, SpanOf, again
from vedette.redact.rule import Rule
from vedette.redact.scanners.choose import Engine, imported
from vedette.redact.scanners.contract import NO_START, Hit
from vedette.redact.searches import Searches, searcher
from vedette.redact.span import Span, united, veiled, without_tokens
from vedette.redact.views import blobs, percent, unescaped

MOST_CANDIDATES, _BYTES_A_CANDIDATE = 300, 400
"""Hits of one core in one text that are judged, and one more for so many bytes; what is beyond is masked unverified."""

_MANY = 64
"""Hits of one core from which on it is worth remembering what was decided: a text that has so many repeats itself."""

_BACKSLASH, _ESC, _BRACKET, _PERCENT = b"\\\x1b[%"
"""As numbers: to look for a byte takes half the time of looking for bytes of length one."""

_UNVERIFIED = 9
"""Strength of a span that was not judged: any other names the union."""


class Found:
    """What one text holds: spans in order without overlap, and whether a secret's name stands in it as a JSON key."""

    __slots__ = ("keyed", "spans")

    def __init__(self, spans: list[Span], keyed: bool) -> None:
        self.spans = spans
        self.keyed = keyed


class Finder:
    """All rules of one pack (`personal`: those of personal data too), on the engine that `engine()` gives.

    `extra`: the user's own rules, numbered after the pack's.
    """

    def __init__(
        self, pack: Pack, engine: Callable[[], Engine], *, personal: bool, extra: Finder | None = None
    ) -> None:
        self._pack = pack
        self._extra = extra
        self._engine = engine
        self._personal = personal
        self._exact: dict[int, Exact | None] = {}
        self._by_core: dict[int, tuple[Exact, ...]] = {}
        self._cores: list[list[int]] | None = None
        self._is_used = False

    def find(self, data: bytes, depth: int = 2) -> Found:
        """Raises what the scanner raises (`Busy`, `TooDense`): the caller withholds."""
        view = unescaped(data) if _BACKSLASH in data or _ESC in data else None
        looked = data if view is None else view.data
        if _BRACKET in data:
            looked = veiled(looked)
        spans, keyed, blobbed = self._look(looked)
        if _PERCENT in looked and (decoded := percent(looked)) is not None:
            more, more_keyed, _ = self._look(decoded.data)
            spans += decoded.mapped(more)
            keyed = keyed or more_keyed
        if blobbed and depth:
            spans += self._inside(looked, depth, spans)
        if not spans:
            return Found(spans, keyed)
        if view is not None:
            spans = view.mapped(spans)
        if not data.isascii():
            spans = [_widened(data, span) for span in spans]
        return Found(without_tokens(data, united(spans)), keyed)

    @functools.cached_property
    def _searcher(self) -> Callable[[Rule], Searches]:
        re2 = imported("re2")
        return searcher(re2 if re2 is not None and hasattr(re2, "Set") else None)

    @property
    def engine(self) -> Engine | None:
        """The one in force; None while no text has come: nothing is loaded to answer."""
        return self._engine() if self._is_used else None

    def rule(self, number: int) -> Rule:
        if self._extra is not None and number >= len(self._pack):
            return self._extra.rule(number - len(self._pack))
        return self._pack[number]

    @functools.cached_property
    def reach(self) -> int:
        """Bytes around a byte that decide what becomes of it, values that go on apart."""
        rules = [self._pack[number] for number in range(len(self._pack))]
        own = max(rule.left for rule in rules) + max(rule.right for rule in rules)
        return max(own, self._extra.reach) if self._extra else own

    @functools.cached_property
    def _open_ended(self) -> frozenset[str]:
        return frozenset(rule.id for rule in map(self.rule, range(len(self._pack))) if rule.until)

    def is_open_ended(self, rule: str) -> bool:
        """Whether a value of this rule goes on to a mark that may be far behind it."""
        return rule in self._open_ended

    def _look(self, data: bytes) -> tuple[list[Span], bool, bool]:
        """What the rules find, and what the gates answer."""
        spans = [] if self._extra is None else self._extra.shifted(data, len(self._pack))
        self._is_used = True
        engine = self._engine()
        hits = engine.scanner.hits(data)
        if not hits:
            return spans, False, False
        cores = engine.cores
        if cores is not self._cores:
            self._cores, self._by_core = cores, {}
        hits.sort()
        gates = []
        while hits and hits[-1][0] >= len(cores):
            gates.append(hits.pop()[0] - len(cores))
        if hits:
            spans += self._judged(data, hits)
        return spans, 0 in gates, 1 in gates

    def shifted(self, data: bytes, by: int) -> list[Span]:
        """What the rules find, their numbers raised by `by`."""
        return [span._replace(rule=span.rule + by) for span in self._look(data)[0]]

    def _judged(self, data: bytes, hits: list[Hit]) -> list[Span]:
        """`hits` in order of their cores. Tokens first: what ends inside one that is sure is asked about no more."""
        judging = _Judging(data)
        later: list[tuple[tuple[Exact, ...], list[Hit]]] = []
        for core, places in itertools.groupby(hits, itemgetter(0)):
            exacts = self._by_core.get(core)
            if exacts is None:
                exacts = self._by_core[core] = self._made(core)
            if exacts and exacts[0].is_token:
                judging.judge(exacts, list(places))
            elif exacts:
                later.append((exacts, list(places)))
        for exacts, kept in later:
            judging.judge(exacts, kept)
        return judging.found

    def _made(self, core: int) -> tuple[Exact, ...]:
        """The rules of a core, each compiled once, when its core is first seen."""
        if self._cores is None or core >= len(self._cores):
            return ()
        return tuple(exact for number in self._cores[core] if (exact := self._exact_of(number)) is not None)

    def _exact_of(self, number: int) -> Exact | None:
        if number not in self._exact:
            rule = self._pack[number]
            skipped = rule.group == "pii" and not self._personal
            self._exact[number] = None if skipped else made(number, rule, self._searcher)
        return self._exact[number]

    def _inside(self, data: bytes, depth: int, known: list[Span]) -> list[Span]:
        """Runs of base64 whose text holds something: masked whole, named by the first of what they hold.

        One that is masked whole already is not looked into.
        """
        covered = sorted((span.start, span.end) for span in known)
        return [
            inner.spans[0]._replace(start=start, end=end)
            for start, end, text in blobs(data, functools.partial(_is_covered, covered))
            if (inner := self.find(text, depth - 1)).spans
        ]


class _Judging:
    """One pass over the hits of one text, core by core."""

    def __init__(self, data: bytes) -> None:
        self.found: list[Span] = []
        self._data = data
        self._most = MOST_CANDIDATES + len(data) // _BYTES_A_CANDIDATE
        self._sure: list[tuple[int, int]] = []

    def judge(self, exacts: tuple[Exact, ...], places: list[Hit]) -> None:
        """`places`: the hits of one core, in order."""
        sure, left = self._sure, self._most
        asked = [again(each) for each in exacts] if len(places) > _MANY else None
        begin_of = Names(self._data).begin if exacts[0].from_start else None
        done = [-1] * len(exacts)
        beyond: list[int] = []
        last, begin = -1, 0
        for _, end, start in places:
            if end == last or (sure and _is_inside(sure, end)):
                continue
            last = end
            if start == NO_START:
                left = 0
            elif begin_of is not None and (begin := begin_of(start, end)) < 0:
                continue
            left -= 1
            if left < 0:
                beyond.append(end)
            else:
                self._ask(exacts, asked, done, end, start, begin)
        if beyond:
            self._mask(exacts, beyond)

    def _ask(
        self, exacts: tuple[Exact, ...], asked: list[SpanOf] | None, done: list[int], end: int, start: int, begin: int
    ) -> None:
        """Each rule of the core; `done`: up to where it has found something."""
        for at, exact in enumerate(exacts):
            if end <= done[at]:
                continue
            span_of = exact.span if asked is None else asked[at]
            span = span_of(self._data, end, start, begin)
            if span is not None:
                done[at] = span.end
                self.found.append(span)
                if span.alert and not span.strength:
                    insort(self._sure, (span.start, span.end))

    def _mask(self, exacts: tuple[Exact, ...], ends: list[int]) -> None:
        """Hits beyond the budget, unverified: more is hidden, never less."""
        before, behind = max(each.rule.left for each in exacts), max(each.rule.right for each in exacts)
        low, high = ends[0] - before, ends[0]
        for end in [*ends, len(self._data) + before + behind + 1]:
            if end - before > high + behind:
                stop = max([each.farthest(self._data, high) for each in exacts])
                self.found.append(Span(max(low, 0), stop, _UNVERIFIED, exacts[0].number, False))
                low = end - before
            high = end


def _widened(data: bytes, span: Span) -> Span:
    """With the whole of the characters that it begins and ends in."""
    start, end = span.start, span.end
    while start and data[start] & 0xC0 == 0x80:
        start -= 1
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end += 1
    return span._replace(start=start, end=end)


def _is_covered(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether the last of these (sorted) spans that begins at `start` or before goes on to `end`."""
    at = bisect_left(spans, (start + 1, 0)) - 1
    return at >= 0 and end <= spans[at][1]


def _is_inside(spans: list[tuple[int, int]], end: int) -> bool:
    """Whether a hit ends inside one of these (sorted) spans."""
    at = bisect_left(spans, (end, 0)) - 1
    return at >= 0 and end <= spans[at][1]
