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
_BLANKS = re.compile(rb"\s{0,8}")
_LONGEST = 16 * 1024
_LOCATION = re.compile(rb"://[^\s\"'<>\\]{1,8192}")
_PARAMETER = re.compile(rb"(?:^|[?&#;])([A-Za-z_][0-9A-Za-z_.\-%\[\]]{0,79})=([^&#;\s\"'<>]+)")
_FORM = re.compile(rb"[0-9A-Za-z_.\-%\[\]]{1,80}=[^\s\"'<>{}]*(?:&[0-9A-Za-z_.\-%\[\]]{1,80}=[^\s\"'<>{}&]*){1,500}")

_RELATIVE = re.compile(rb"/[^\s\"'<>?]*\?[^\s\"'<>]+")


def in_json(data: bytes, is_secret: Callable[[str], bool]) -> tuple[list[Named], bool]:
    """Values of secret names, and whether one of them is no string, so that only a parser can tell where it ends."""
    found: list[Named] = []
    parse = False
    colon = data.find(b":", 1)
    while colon >= 0:
        key = _key_before(data, colon) if data[colon - 1] in _ENDS_KEY else None
        if key is not None and is_secret(key[1]):
            quote, name = key
            at = _after_blanks(data, colon + 1)
            if data.startswith(quote, at):
                start = at + len(quote)
                end = _closing(data, start, quote)
                if end > start:
                    found.append((start, end, name))
            elif data[at : at + 1] in (b"{", b"[") or keynames.normal(name) in keynames.NUMBERS:
                parse = True
        colon = data.find(b":", colon + 1)
    return found, parse


_ENDS_KEY = frozenset(b"\"' \t\n\r\f\v")


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


def _after_blanks(data: bytes, at: int) -> int:
    match = _BLANKS.match(data, at)
    return match.end() if match else at


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
