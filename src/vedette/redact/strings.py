"""One string: its cuts made where they stand, unless only a parser can make them; then what it holds is walked.

JSON in a string is not written anew for a secret in it: the mark takes the secret's place, and all else keeps its very
bytes. A parser is asked where a secret's name has no string under it, and where a number is taken out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from vedette.redact.texts import Cut, Taken, Texts, applied

LEVELS = 3
"""How deep strings of JSON in strings of JSON are parsed, where they must be; escapes are undone at any level."""

_JSON = re.compile(rb'\s*[{\["]')
_JSON_IN_STRING = re.compile(rb'(?:\\+[nrt]|\s)*(?:[{\[]|\\+")')

Inside = Callable[[Any], Any]
"""Redacts a decoded value; notes what it takes by itself."""


def redacted(data: bytes, cuts: Sequence[Cut], parse: bool, inside: Inside | None) -> tuple[str, list[Taken]]:
    """The text with its cuts made, and what they took (by `inside`: nothing here)."""
    if inside is not None and _JSON.match(data) and (parse or not _all_sound(data, cuts)):
        text = _by_parser(data, inside)
        if text is not None:
            return text, []
    if not cuts:
        return data.decode("utf-8", "surrogatepass"), []
    return applied(data, cuts).decode("utf-8", "surrogatepass"), [cut.taken for cut in cuts]


def _all_sound(data: bytes, cuts: Sequence[Cut]) -> bool:
    """Whether JSON stays JSON with a mark in each place: it lies inside one string, at every level."""
    at, odd = 0, False
    for cut in cuts:
        if b'"' in data[cut.start : cut.end]:
            return False
        odd ^= _is_in_string(data, b'"', at, cut.start)
        at = cut.start
        if not odd or not _is_sound_inside(data, cut):
            return False
    return True


def _is_sound_inside(data: bytes, cut: Cut) -> bool:
    """The same for the strings of JSON in the string that it lies in."""
    begin = _opening(data, b'"', 0, cut.start)
    for quote in (b'\\"', b'\\\\\\"'):
        if not _JSON_IN_STRING.match(data, begin):
            return True
        if not _is_in_string(data, quote, begin, cut.start):
            return False
        begin = _opening(data, quote, begin, cut.start)
    return True


def _is_in_string(data: bytes, quote: bytes, begin: int, at: int) -> bool:
    """Whether an odd number of quotes of this level stand before; those of the next one are not counted."""
    deeper = b"\\" * len(quote) + quote
    return (data.count(quote, begin, at) - data.count(deeper, begin, at)) % 2 == 1


def _opening(data: bytes, quote: bytes, begin: int, at: int) -> int:
    """Behind the quote that opens the string of this level around `at`."""
    found = data.rfind(quote, begin, at)
    while found > begin and data[found - 1] == 0x5C:
        found = data.rfind(quote, begin, found)
    return max(found, begin) + len(quote)


def _by_parser(data: bytes, inside: Inside) -> str | None:
    """The text with all that it holds walked, written anew if anything changed; None for what is no JSON."""
    try:
        decoded = json.loads(data.decode("utf-8", "surrogatepass"), object_pairs_hook=_all_pairs)
    except (ValueError, RecursionError):
        return None
    walked = inside(decoded)
    if walked is decoded:
        return data.decode("utf-8", "surrogatepass")
    return json.dumps(walked, ensure_ascii=False, separators=(",", ":"))


def _all_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one with a name twice is not decoded, for the first value would go unseen."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def of(texts: Texts, data: bytes, inside: Inside | None, *, form: bool = False) -> tuple[str | None, list[Taken]]:
    """One string by itself; None where nothing is taken out. Raises `Busy` or `TooDense`."""
    cuts, parse = texts.cuts(data, form=form)
    if not cuts and not parse:
        return None, []
    text, taken = redacted(data, cuts, parse, inside)
    return text, taken
