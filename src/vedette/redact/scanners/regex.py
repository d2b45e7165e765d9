"""Engines B and C: the same walk over a text with another test of which rules are worth a look.

A core is looked for at every place and to every end, as hyperscan reports it, not only behind its last match. Linear
while patterns are bounded; a text with too many hits is `TooDense`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from vedette import late
from vedette.redact.pack import Pack
from vedette.redact.scanners.contract import GATES, MOST_HITS, Hit, TooDense

MOST_PLAIN = 64 * 1024
"""Bytes that engine C takes on: what is longer is withheld, for it would hold the line up."""


class _Searched:
    """Cores, each compiled when it is first worth a look."""

    def __init__(self, cores: Sequence[bytes], compile_: Callable[[bytes], Any]) -> None:
        self._sources = cores
        self._compile = compile_
        self._patterns: list[Any] = [None] * len(cores)

    def ends(self, data: bytes, numbers: Iterable[int], rules: int) -> list[Hit]:
        found: list[Hit] = []
        for number in numbers:
            pattern = self._patterns[number]
            if pattern is None:
                pattern = self._patterns[number] = self._compile(self._sources[number])
            for start, end in _all(pattern, data):
                found.append((number, end, start))
                if number >= rules:
                    break
                if len(found) > MOST_HITS:
                    raise TooDense
        return found


def _all(pattern: Any, data: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of every match: at every place, and from each place to every end."""
    at = 0
    while (match := pattern.search(data, at)) is not None:
        start = match.start()
        while match is not None:
            yield start, match.end()
            match = pattern.match(data, start, match.end() - 1)
        at = start + 1


class Twin:
    """Engine B: google-re2. Its filter tells by the literals in a text which cores are worth a look.

    Not its set: a core with a counted gap takes a state a count, and hundreds of them leave no state known from before.
    """

    name = "google-re2"

    def __init__(self, pack: Pack) -> None:
        re2 = late.module("re2")
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        self._rules = len(pack.cores)
        cores = [*(core.encode() for core in pack.cores), *GATES]
        self._filter = re2.Filter()
        for core in cores:
            self._filter.Add(core, options)
        self._filter.Compile()
        self._searched = _Searched(cores, lambda core: re2.compile(core, options))

    def hits(self, data: bytes) -> list[Hit]:
        return self._searched.ends(data, sorted(self._filter.Match(data, True)), self._rules)


class Plain:
    """Engine C: the standard library. A core is looked for where one of its rules' keywords is in the text."""

    name = "standard library"

    def __init__(self, pack: Pack) -> None:
        self._rules = len(pack.cores)
        self._always: list[int] = list(range(self._rules, self._rules + len(GATES)))
        self._gated: dict[bytes, list[int]] = {}
        for number, rules in enumerate(pack.cores.values()):
            words = {word.encode() for rule in rules for word in pack[rule].keywords}
            if not words or any(not pack[rule].keywords for rule in rules):
                self._always.append(number)
            for word in words:
                self._gated.setdefault(word, []).append(number)
        self._searched = _Searched([*(core.encode() for core in pack.cores), *GATES], re.compile)

    def hits(self, data: bytes) -> list[Hit]:
        if len(data) > MOST_PLAIN:
            raise TooDense
        low = data.lower()
        worth = {number for word, numbers in self._gated.items() if word in low for number in numbers}
        return self._searched.ends(data, sorted(worth.union(self._always)), self._rules)
