"""Context words as a pattern: a short one must not be part of another word, whose core would else fire all day."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vedette.redact.rules.alphabet import literal

_SEPARATORS = re.compile(r"[_ .\-]+")
_ALONE = 6
"""Up to this length no letter may stand before a word."""
_TINY = 4
"""Up to this length no small letter may stand behind it either (`box_key`, `boxKey`, not `boxes`)."""


def pattern(words: Iterable[str]) -> str:
    """One of the words, in any case; `new_relic` is also `new relic`, `new-relic` and `newrelic`."""
    free: list[str] = []
    alone: list[str] = []
    tiny: list[str] = []
    for word in sorted(words):
        size = sum(each.isalnum() for each in word)
        (tiny if size <= _TINY else alone if size <= _ALONE else free).append(_spelt(word))
    kinds = (
        f"(?i:{'|'.join(free)})" if free else "",
        f"(?:^|[^A-Za-z])(?i:{'|'.join(alone)})" if alone else "",
        f"(?:^|[^A-Za-z])(?i:{'|'.join(tiny)})[^a-z\\x00]" if tiny else "",
    )
    found = [each for each in kinds if each]
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


def _spelt(word: str) -> str:
    return literal(word.strip()).replace("_", "[_ .\\-]?")


def pieces(words: Iterable[str]) -> tuple[str, ...]:
    """What of each word stands in every spelling of it: its longest part without a separator, lower case."""
    return tuple(dict.fromkeys(max(_SEPARATORS.split(word.strip().lower()), key=len) for word in words))
