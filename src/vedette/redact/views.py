"""What a text says once its escapes are undone, with the way back to the bytes that said it.

A secret behind an escaped newline has a letter `n` glued to it, and one in a URL is percent-encoded: the rules look at
what is meant, and what is masked is what stands there. All nesting levels of JSON's escapes are undone at once.
"""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from vedette.redact.span import Span

_ESCAPE = re.compile(rb"\\\\{0,7}[nrt\"'/]")
_COLOUR = re.compile(rb"\x1b\[[0-9;]{0,32}[A-Za-z]")
_MEANT_BY = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b'"': b'"', b"'": b"'", b"/": b"/"}
_UNDONE = {b"\\" * level + by: b" " * level + meant for level in range(1, 9) for by, meant in _MEANT_BY.items()}
_UNICODE = re.compile(rb"\\{1,4}u([0-9A-Fa-f]{4})")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_RUN = 40
_IN_RUN = bytes(
    0x61 if chr(each).isascii() and (chr(each).isalnum() or chr(each) in "+/-_") else 0x20 for each in range(256)
)
_HEX = re.compile(rb"[0-9a-f]+|[0-9A-F]+|[0-9]+")
LONGEST_BASE64 = 64 * 1024


class View:
    """`data` is what is meant; `raw(at)` the place in the original of a place in it.

    `pieces` tells where the pieces stand that became one byte each; it is asked only if something was found.
    """

    __slots__ = ("_escaped", "_pieces", "_raws", "_views", "data")

    def __init__(self, data: bytes, pieces: Callable[[], Iterator[tuple[int, int]]] | None = None) -> None:
        self.data = data
        self._pieces = pieces
        self._views: list[int] = []
        self._raws: list[int] = []
        self._escaped: bytes | None = None

    def raw(self, at: int) -> int:
        if self._pieces is None:
            return at
        if not self._views:
            self._views, self._raws = _places(self._pieces())
        piece = bisect_right(self._views, at) - 1
        return self._raws[piece] + at - self._views[piece]

    def mapped(self, spans: list[Span]) -> list[Span]:
        """Spans of the view as spans of the original; none begins or ends inside an escape."""
        if self._pieces is not None:
            spans = [span._replace(start=self.raw(span.start), end=self.raw(span.end)) for span in spans]
        if self._escaped is None:
            return spans
        return [
            span._replace(start=self._before_escape(span.start), end=self._before_escape(span.end)) for span in spans
        ]

    def _before_escape(self, start: int) -> int:
        """Where the escape begins whose letter is at `start`; `start`, if the letter stands for itself."""
        at = start
        while at and self._escaped and self._escaped[at - 1] == 0x5C:
            at -= 1
        return at if (start - at) % 2 else start


def unescaped(data: bytes) -> View:
    r"""`\n` as a blank and a line feed, `\"` as a blank and a quote, at any level: same length, so the same places.

    A terminal's colours become blanks. `\uXXXX` becomes one byte: itself where it is ASCII, else one that is no letter.
    """
    original = data
    data = _ESCAPE.sub(lambda match: _UNDONE[match[0]], data)
    if b"\x1b[" in data:
        data = _COLOUR.sub(lambda match: b" " * len(match.group()), data)
    view = _substituted(data, _UNICODE, _code_point) if b"\\u" in data else View(data)
    view._escaped = original
    return view


def _code_point(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16)
    if 0xFF01 <= code <= 0xFF5E:  # full-width forms of ASCII
        code -= 0xFEE0
    return bytes((code,)) if code < 128 else b"\xff"


def percent(data: bytes) -> View | None:
    """With percent-escapes undone; None where there are none."""
    if b"%" not in data or _PERCENT.search(data) is None:
        return None
    return _substituted(data, _PERCENT, lambda match: _BYTES[match[1]])


_HEX_DIGITS = "0123456789abcdefABCDEF"
_BYTES = {(high + low).encode(): bytes((int(high + low, 16),)) for high in _HEX_DIGITS for low in _HEX_DIGITS}


def _substituted(data: bytes, pattern: re.Pattern[bytes], meant: Callable[[re.Match[bytes]], bytes]) -> View:
    return View(pattern.sub(meant, data), lambda: (match.span() for match in pattern.finditer(data)))


def _places(pieces: Iterator[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Where what is meant by each piece, and what follows it, begins in the view and in the original."""
    views, raws = [0], [0]
    shrunk = 0
    for start, end in pieces:
        view = start - shrunk
        views += (view, view + 1)
        raws += (start, end)
        shrunk = end - view - 1
    return views, raws


def blobs(data: bytes, is_known: Callable[[int, int], bool]) -> Iterator[tuple[int, int, bytes]]:
    """(start, end, text) of each run of base64 that decodes to printable text, but for those that are known."""
    for start, end in _runs(data):
        if is_known(start, end):
            continue
        if end - start <= LONGEST_BASE64 and not _HEX.fullmatch(data, start, end):
            text = decoded(data[start:end])
            if text is not None:
                yield start, end, text


def _runs(data: bytes) -> Iterator[tuple[int, int]]:
    """Runs of 40 and more characters of base64, with their padding."""
    shape = data.translate(_IN_RUN)
    start = shape.find(b"a" * _RUN)
    while start >= 0:
        end = shape.find(b" ", start)
        end = len(data) if end < 0 else end
        padded = end + len(data[end : end + 2]) - len(data[end : end + 2].lstrip(b"="))
        yield start, padded
        start = shape.find(b"a" * _RUN, end)


def decoded(run: bytes) -> bytes | None:
    """The text that a run of base64 (standard or URL alphabet, padding optional) stands for; None if it is no text."""
    plain = run.rstrip(b"=").translate(_STANDARD)
    plain = plain[: len(plain) - 1] if len(plain) % 4 == 1 else plain
    try:
        text = base64.b64decode(plain + b"=" * (-len(plain) % 4))
        return text if text.decode().isprintable() or not _CONTROL.search(text) else None
    except (binascii.Error, UnicodeDecodeError):
        return None


_STANDARD = bytes.maketrans(b"-_", b"+/")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


def meant(raw: bytes) -> bytes:
    """A value cut out of a text, without the escapes of the strings it stood in: what is hashed and remembered."""
    levels = 0
    while b"\\" in raw and levels < 3:
        raw, levels = _SIMPLE.sub(_simple, raw), levels + 1
    return raw


_SIMPLE = re.compile(rb"\\([nrtbf\"'/\\])")
_MEANT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _simple(match: re.Match[bytes]) -> bytes:
    return _MEANT.get(match.group(1), match.group(1))
