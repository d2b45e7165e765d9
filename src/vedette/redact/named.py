"""Values that stand under a secret's name inside a text: in JSON at any level of escaping, whole or torn; in URLs; in
forms.

They are masked where they stand, whatever they say: nothing is parsed and nothing written anew, so a text that is no
JSON any more (a stream's fragments, the head of a long body) loses as little as one that is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from vedette.redact import keynames
from vedette.redact.span import TOKEN

Named = tuple[int, int, str]
"""(start, end, name)."""

_KEYS = tuple(
    re.compile(quote + rb"([A-Za-z_][0-9A-Za-z_.\-]{1,79})(\\{0,7})" + quote + rb"\s{0,8}:\s{0,8}")
    for quote in (b'"', b"'")
)
_LONGEST = 16 * 1024
_LOCATION = re.compile(rb"://[^\s\"'<>\\]{1,8192}")
_PARAMETER = re.compile(rb"(?:^|[?&#;])([A-Za-z_][0-9A-Za-z_.\-%\[\]]{0,79})=([^&#;\s\"'<>]+)")
_FORM = re.compile(rb"[0-9A-Za-z_.\-%\[\]]{1,80}=[^\s\"'<>{}]*(?:&[0-9A-Za-z_.\-%\[\]]{1,80}=[^\s\"'<>{}&]*){1,500}")

_RELATIVE = re.compile(rb"/[^\s\"'<>?]*\?[^\s\"'<>]+")


def in_json(data: bytes, is_secret: Callable[[str], bool]) -> tuple[list[Named], bool]:
    """Values of secret names, and whether one of them is no string, so that only a parser can tell where it ends."""
    found: list[Named] = []
    parse = False
    for pattern in _KEYS:
        for match in pattern.finditer(data):
            name = match.group(1).decode()
            if not is_secret(name) or not data.endswith(match.group(2), 0, match.start()):
                continue
            at = match.end()
            quote = match.group(2) + data[match.start() : match.start() + 1]
            if data.startswith(quote, at):
                start = at + len(quote)
                end = _closing(data, start, quote)
                if end > start:
                    found.append((start, end, name))
            elif data[at : at + 1] in (b"{", b"[") or keynames.normal(name) in keynames.NUMBERS:
                parse = True
    return found, parse


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
