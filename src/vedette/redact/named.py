"""Values that stand under a secret's name inside a text: in JSON at any level of escaping, whole or torn; in URLs; in
forms.

They are masked where they stand, whatever they say: nothing is parsed and nothing written anew, so a text that is no
JSON any more (a stream's fragments, the head of a long body) loses as little as one that is.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

from vedette.redact import keynames
from vedette.redact.span import TOKEN

Named = tuple[int, int, str]
"""(start, end, name)."""

_NAME = re.compile(rb"[A-Za-z_][0-9A-Za-z_.\-]{1,79}")
_LONGEST_KEY = 80 + 7
_LONGEST = 16 * 1024
_LOCATION = re.compile(rb"://[^\s\"'<>\\]{1,8192}")
_PARAMETER = re.compile(rb"(?:^|[?&#;])([A-Za-z_][0-9A-Za-z_.\-%\[\]]{0,79})=([^&#;\s\"'<>]+)")
_FORM = re.compile(rb"[0-9A-Za-z_.\-%\[\]]{1,80}=[^\s\"'<>{}]*(?:&[0-9A-Za-z_.\-%\[\]]{1,80}=[^\s\"'<>{}&]*){1,500}")

_RELATIVE = re.compile(rb"/[^\s\"'<>?]*\?[^\s\"'<>]+")


def in_json(data: bytes, is_secret: Callable[[str], bool], ends: frozenset[bytes] | None) -> tuple[list[Named], bool]:
    """Values of secret names, and whether one of them is no string, so that only a parser can tell where it ends.

    `ends`: the last two letters of all names that are secret, if that is known.
    """
    found: list[Named] = []
    parse = False
    colon = data.find(b":", 1)
    while colon >= 0:
        last = data[colon - 1]
        end = data[colon - 3 : colon - 1] if ends is not None and last in _QUOTES else b""
        if last in _ENDS_KEY and (ends is None or not end.isalpha() or end.lower() in ends):
            key = _key_before(data, colon)
            if key is not None and is_secret(key[1]):
                parse = _value_behind(data, colon, *key, found) or parse
        colon = data.find(b":", colon + 1)
    return found, parse


_QUOTES = frozenset(b"\"'")
_ENDS_KEY = frozenset(b"\"' \t\n\r\f\v")


def _value_behind(data: bytes, colon: int, quote: bytes, name: str, found: list[Named]) -> bool:
    """Put the string behind a key into `found`; whether what stands there is something else, and secret."""
    at = colon + 1
    while at < colon + 9 and data[at : at + 1].isspace():
        at += 1
    if not data.startswith(quote, at):
        return data[at : at + 1] in (b"{", b"[") or keynames.normal(name) in keynames.NUMBERS
    start = at + len(quote)
    end = _closing(data, start, quote)
    if end > start:
        found.append((start, end, name))
    return False


def _key_before(data: bytes, colon: int) -> tuple[bytes, str] | None:
    """The quote, as it is escaped there, and the name of a JSON key that ends before a colon; None if none does."""
    end = colon
    while end > colon - 9 and data[end - 1 : end].isspace():
        end -= 1
    quote = data[end - 1 : end]
    if quote not in (b'"', b"'"):
        return None
    begin = data.rfind(quote, max(end - 2 - _LONGEST_KEY, 0), end - 1)
    escape, name = _key(data[begin + 1 : end - 1])
    if begin < 0 or not name or not data.endswith(escape, 0, begin):
        return None
    return escape + quote, name


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


def in_urls(data: bytes) -> Iterator[Named]:
    """Values of secret parameters in every URL of a text."""
    for match in _LOCATION.finditer(data):
        start, end = match.span()
        query = min((at for mark in (b"?", b"#") if (at := data.find(mark, start, end)) >= 0), default=-1)
        if query >= 0:
            yield from _parameters(data, query, end)


def in_form(data: bytes) -> Iterator[Named]:
    """The same where the whole text is a form or a query."""
    if _FORM.fullmatch(data) or _RELATIVE.fullmatch(data):
        yield from _parameters(data, 0, len(data))


def _parameters(data: bytes, start: int, end: int) -> Iterator[Named]:
    for match in _PARAMETER.finditer(data, start, end):
        name = match.group(1).decode("ascii", "replace")
        if keynames.is_secret_query(name) and not TOKEN.match(data, match.start(2)):  # masked before
            yield *match.span(2), name
