"""Values that stand under a secret's name inside a text: in JSON at any level of escaping, whole or torn; in URLs; in
forms.

They are masked where they stand, whatever they say: nothing is parsed and nothing written anew, so a text that is no
JSON any more (a stream's fragments, the head of a long body) loses as little as one that is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from vedette.redact import keynames
from vedette.redact.span import TOKEN

Named = tuple[int, int, str]
"""(start, end, name)."""

_NAME = re.compile(rb"[A-Za-z_][0-9A-Za-z_.\-]{1,79}")
_LONGEST_KEY = 80 + 7 + 2
_LONGEST = 16 * 1024
_LOCATION = re.compile(rb"://[^\s\"'<>\\?#]{0,8192}([?#][^\s\"'<>\\]{0,8192})?")
_PARAMETER = re.compile(rb"(?:^|[?&#;])([A-Za-z_][0-9A-Za-z_.\-%\[\]]{0,79})=([^&#;\s\"'<>]+)")
_FORM = re.compile(rb"[0-9A-Za-z_.\-%\[\]]{1,80}=[^\s\"'<>{}]*(?:&[0-9A-Za-z_.\-%\[\]]{1,80}=[^\s\"'<>{}&]*){1,500}")

_RELATIVE = re.compile(rb"/[^\s\"'<>?]*\?[^\s\"'<>]+")


def in_json(data: bytes, is_secret: Callable[[str], bool], ends: frozenset[bytes] | None) -> tuple[list[Named], bool]:
    """Values of secret names, and whether one of them is no string, so that only a parser can tell where it ends.

    `ends`: the last two letters of all names that are secret, if that is known.
    """
    found: list[Named] = []
    parse = False
    keys = _Keys(is_secret)
    colon = data.find(b":", 1)
    while colon >= 0:
        last = data[colon - 1]
        if last in _ENDS_KEY:
            end = data[colon - 3 : colon - 1]
            if ends is None or end in ends or last in _BLANKS or not end.isalpha() or end.lower() in ends:
                parse = _around(data, colon, keys, found) or parse
        colon = data.find(b":", colon + 1)
    return found, parse


_QUOTES = {0x22: b'"', 0x27: b"'"}
_BLANKS = frozenset(b" \t\n\r\f\v")
_ENDS_KEY = _BLANKS.union(_QUOTES)


class _Keys(dict[bytes, "tuple[bytes, str] | None"]):
    """What stands between two quotes, once each: the backslashes at its end and a secret's name before, else None."""

    def __init__(self, is_secret: Callable[[str], bool]) -> None:
        super().__init__()
        self._is_secret = is_secret

    def __missing__(self, raw: bytes) -> tuple[bytes, str] | None:
        escape, name = _key(raw)
        key = self[raw] = (escape, name) if name and self._is_secret(name) else None
        return key


def _around(data: bytes, colon: int, keys: _Keys, found: list[Named]) -> bool:
    """Put the string behind a secret's name into `found`; whether what stands there is something else, and secret."""
    end = colon if data[colon - 1] in _QUOTES else _before_blanks(data, colon)
    quote = _QUOTES.get(data[end - 1])
    if quote is None:
        return False
    begin = data.rfind(quote, end - _LONGEST_KEY if end > _LONGEST_KEY else 0, end - 1)
    key = keys[data[begin + 1 : end - 1]] if begin >= 0 else None
    if key is None:
        return False
    escape, name = key
    if escape:
        if not data.endswith(escape, 0, begin):
            return False
        quote = escape + quote
    at = colon + 1
    if data[at : at + 1].isspace():
        at = _behind_blanks(data, at)
    if not data.startswith(quote, at):
        return data[at : at + 1] in (b"{", b"[") or keynames.is_number(name)
    start = at + len(quote)
    stop = data.find(quote, start)
    if stop < 0 or data[stop - 1] == 0x5C:
        stop = _closing(data, start, quote)
    if stop > start:
        found.append((start, stop, name))
    return False


def _before_blanks(data: bytes, end: int) -> int:
    least = max(end - 9, 1)
    while end > least and data[end - 1] in _BLANKS:
        end -= 1
    return end


def _behind_blanks(data: bytes, at: int) -> int:
    most = at + 8
    while at < most and data[at : at + 1].isspace():
        at += 1
    return at


@functools.lru_cache(maxsize=4096)
def _key(raw: bytes) -> tuple[bytes, str]:
    """The backslashes at the end of what stands between two quotes, and the name before; empty, if it is none."""
    bare = raw.rstrip(b"\\")
    return raw[len(bare) :], bare.decode() if len(raw) - len(bare) <= 7 and _NAME.fullmatch(bare) else ""


def _closing(data: bytes, start: int, quote: bytes) -> int:
    """Where the string ends: at the next quote of its own level; of a torn one, at the end of the text."""
    at = data.find(quote, start)
    while at > start and data[at - 1] == 0x5C and _is_escaped(data, at, start, len(quote)):
        at = data.find(quote, at + 1)
    return at if at >= 0 else min(len(data), start + _LONGEST)


def _is_escaped(data: bytes, at: int, start: int, level: int) -> bool:
    """Whether the quote at this level (1, 2, 4 bytes long, with its own backslashes) is part of the string.

    Each backslash that is meant there is written as `level` backslashes; an odd number of them escapes the quote.
    """
    count = 0
    while at - 1 - count >= start and data[at - 1 - count] == 0x5C:
        count += 1
    return count // level % 2 == 1


def has_url(data: bytes) -> bool:
    """Whether a URL may stand in a text; most texts are told by the slash that they lack."""
    return 0x2F in data and data.find(b"://") >= 0


def in_urls(data: bytes) -> list[Named]:
    """Values of secret parameters in every URL of a text."""
    found: list[Named] = []
    known: dict[bytes, list[Named]] = {}
    for match in _LOCATION.finditer(data):
        query = match[1]
        if query is not None:
            if query not in known:
                known[query] = _parameters(query)
            by = match.start(1)
            found += [(start + by, end + by, name) for start, end, name in known[query]]
    return found


def in_form(data: bytes) -> list[Named]:
    """The same where the whole text is a form or a query."""
    is_one = _FORM.fullmatch(data) or _RELATIVE.fullmatch(data)
    return _parameters(data) if is_one else []


def _parameters(data: bytes) -> list[Named]:
    """Those that were masked before stay as they are."""
    found = []
    for match in _PARAMETER.finditer(data):
        name = _secret_parameter(match[1])
        if name:
            at, stop = match.span(2)
            if data[at] != 0x5B or not TOKEN.match(data, at):
                found.append((at, stop, name))
    return found


@functools.lru_cache(maxsize=4096)
def _secret_parameter(raw: bytes) -> str:
    """The name of a parameter; empty, if it is no secret's."""
    name = raw.decode("ascii", "replace")
    return name if keynames.is_secret_query(name) else ""
