"""How a rule's pattern is searched for in a window: by RE2 or by `re`, whichever is sure to be quick there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from vedette.redact.rule import Rule

_WIDE = 1000
"""Bytes of a window from which on going back may cost more than a millisecond."""

Place = tuple[int, int, int, int]
"""(start, end, value's start, value's end)."""

Searches = Callable[[bytes, int, int], Place | None]
"""The leftmost match in a window."""


def searcher(re2: Any) -> Callable[[Rule], Searches]:
    """How to search for a rule: by RE2 where the window is wide and RE2 imports, else by `re`.

    `re` goes back; in a narrow window that costs microseconds at most. RE2 never does, but it follows a counted gap
    (`[^\\0]{0,91}` of a context rule) with a state a count: 600 us a window where `re` takes 20.
    """
    options = None
    if re2 is not None:
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False

    def search_of(rule: Rule) -> Searches:
        is_wide = rule.left + rule.right > _WIDE and rule.group in ("token", "pii")
        return _by_re2(re2, options, rule) if re2 is not None and is_wide else _by_re(rule)

    return search_of


def _by_re(rule: Rule) -> Searches:
    find, value = re.compile(rule.exact.encode()).search, rule.value

    def search(data: bytes, lo: int, hi: int) -> Place | None:
        match = find(data, lo, hi)
        return None if match is None else (*match.span(), *match.span(value))

    return search


def _by_re2(re2: Any, options: Any, rule: Rule) -> Searches:
    pattern, value = re2.compile(rule.exact.encode(), options), rule.value
    native = getattr(pattern, "_regexp", None)
    if native is None or not hasattr(native, "Match"):
        find = pattern.search

        def through_wrapper(data: bytes, lo: int, hi: int) -> Place | None:
            match = find(data, lo, hi)
            return None if match is None else (*match.span(), *match.span(value))

        return through_wrapper
    match_of, anchor = native.Match, re2._Anchor.UNANCHORED  # below the wrapper's match object: a third of the time

    def search(data: bytes, lo: int, hi: int) -> Place | None:
        spans = match_of(anchor, data, lo, hi)
        return None if spans[0][0] < 0 else (*spans[0], *spans[value])

    return search
