"""Deciding once what comes again: the bytes around a hit say all, so where the same bytes stand, the same is decided.

Kept for one text only.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from vedette.redact.exact import NAME_BYTES, Exact, name_before
from vedette.redact.keynames import is_plain
from vedette.redact.span import Span

SpanOf = Callable[[bytes, int, int, int], "Span | None"]
"""As `Exact.span`."""

_FARTHEST = 81
"""Bytes before a name that its judge may look at."""

_ENOUGH = 100
"""Different windows of one rule, beyond which a text is taken for one that does not repeat itself."""

_WIDEST = 1024
"""Bytes of a window; to compare wider ones costs what deciding does."""


def again(exact: Exact) -> SpanOf:
    """`exact.span`, which remembers what it said."""
    decide, window = exact.span, exact.window
    if window is None or sum(window) > _WIDEST:
        return decide
    before, behind = window
    is_named = exact.from_start
    known: dict[tuple[bytes, int, int], Span | None] = {}

    def span(data: bytes, end: int, start: int, begin: int) -> Span | None:
        low, high = end - before, end + behind
        if len(known) == _ENOUGH or low < 0 or high > len(data) or (is_named and start - _FARTHEST < low):
            return decide(data, end, start, begin)
        key = (data[low:high], end - start, end - begin) if is_named else (data[low:high], 0, 0)
        if key in known:
            found = known[key]
            return found and found._replace(start=found.start + low, end=found.end + low)
        found = decide(data, end, start, begin)
        if found is None or found.end < high:
            known[key] = found and found._replace(start=found.start - low, end=found.end - low)
        return found

    return span


_NAME = 40
"""As many bytes before a secret's name may belong to the whole name."""

_IN_NAME = frozenset(NAME_BYTES)
_NAME_RUN = re.compile(rb"[0-9A-Za-z_.$\-]{1,80}")
_ends_plain = re.compile(rb"(?i:tokens|(?:key|token|secret)[_\-.]?id)(?![0-9A-Za-z_.$\-])").match


class Names:
    """The whole names around the secrets' names of one text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known: dict[bytes | tuple[bytes, int], int] = {}

    def begin(self, start: int, end: int) -> int:
        """Where the name begins that has a secret's name at `start`, and its value's beginning at `end`; -1, if it is
        plain: `max_` before `tokens`."""
        data = self._data
        key: bytes | tuple[bytes, int] = data[start:end]
        if start and data[start - 1] in _IN_NAME:
            key = data[max(start - _NAME, 0) : end], end - start
        known = self._known.get(key)
        if known is not None:
            return start - known if known >= 0 else -1
        begin = name_before(data, start)
        name = _NAME_RUN.match(data, begin)
        whole = name.group() if name else b""
        plain = _ends_plain(data, start) is not None or is_plain(whole)
        if begin + len(whole) < end:  # else bytes behind `end` had a say
            self._known[key] = -1 if plain else start - begin
        return -1 if plain else begin
