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
_NUMBER = re.compile(rb"-?[0-9][0-9.eE+\-]*")

Inside = Callable[[Any], Any]
"""Redacts a decoded value; notes what it takes by itself."""


def redacted(data: bytes, cuts: Sequence[Cut], parse: bool, inside: Inside | None) -> tuple[str, list[Taken]]:
    """The text with its cuts made, and what they took (by `inside`: nothing here)."""
    if inside is not None and (parse or any(_is_bare_number(data, cut) for cut in cuts)) and _JSON.match(data):
        text = _by_parser(data, inside)
        if text is not None:
            return text, []
    if not cuts:
        return data.decode("utf-8", "surrogatepass"), []
    return applied(data, cuts).decode("utf-8", "surrogatepass"), [cut.taken for cut in cuts]


def _is_bare_number(data: bytes, cut: Cut) -> bool:
    """Whether a mark without quotes might break JSON here."""
    if cut.start and data[cut.start - 1 : cut.start] not in b" :,[\n\t":
        return False
    return _NUMBER.fullmatch(data, cut.start, cut.end) is not None


def _by_parser(data: bytes, inside: Inside) -> str | None:
    """None for what is no JSON, or is and holds nothing after all."""
    try:
        decoded = json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    walked = inside(decoded)
    return None if walked is decoded else json.dumps(walked, ensure_ascii=False, separators=(",", ":"))


def of(texts: Texts, data: bytes, inside: Inside | None, *, form: bool = False) -> tuple[str | None, list[Taken]]:
    """One string by itself; None where nothing is taken out. Raises `Busy` or `TooDense`."""
    cuts, parse = texts.cuts(data, form=form)
    if not cuts and not parse:
        return None, []
    text, taken = redacted(data, cuts, parse, inside)
    return text, taken
