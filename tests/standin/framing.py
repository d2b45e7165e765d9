"""Misbehaviour in the bytes between the JSON: shapes of server-sent events, and where the writes are cut."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from tests.standin.case import Case
from tests.standin.payloads import EVENT, Shape, resized

from vedette.cli.standin.chat import DONE
from vedette.cli.standin.wire import Response

BOM = b"\xef\xbb\xbf"
COMMENTS = (b": ping\n\n", b": OPENROUTER PROCESSING\n\n")
NAMED = re.compile(rb"^(data|event): ", re.MULTILINE)
PING = b'event: ping\ndata: {"type":"ping"}\n\n'


def _parts(change: Callable[[list[bytes]], Iterable[bytes]]) -> Shape:
    return lambda response, case: resized(response, list(change(list(response.parts))))


def _each(change: Callable[[bytes], bytes]) -> Shape:
    return _parts(lambda parts: map(change, parts))


def _data_lines(part: bytes) -> bytes:
    """The JSON over several `data:` lines, which the reader joins with LF."""
    found = EVENT.fullmatch(part)
    if not found:
        return part
    named = found.group(1) or b""
    lines = json.dumps(json.loads(found.group(2)), indent=1, ensure_ascii=False).encode().split(b"\n")
    return named + b"".join(b"data: %b\n" % line for line in lines) + b"\n"


def _fields(parts: list[bytes]) -> Iterator[bytes]:
    """Every field the standard has, and one it does not have."""
    for number, part in enumerate(parts):
        named = b"" if part.startswith(b"event:") else b"event: message\n"
        yield b"id: %d\nretry: 1000\nunknown: 1\n%b%b" % (number, named, part)


def _between(inserted: Iterable[bytes]) -> Shape:
    before = b"".join(inserted)
    return _parts(lambda parts: [piece for part in parts for piece in (before, part)])


def _cut(cuts: Callable[[bytes, int], bool]) -> Shape:
    """One write for each stretch of the body; `cuts(body, i)` says whether a write begins at byte i."""

    def shape(response: Response, case: Case) -> Response:
        body = b"".join(response.parts)
        starts = [0, *(i for i in range(1, len(body)) if cuts(body, i))]
        ends = [*starts[1:], len(body)]
        return replace(response, parts=[body[start:end] for start, end in zip(starts, ends, strict=True)])

    return shape


def _chunked(response: Response, case: Case) -> Response:
    """A body that needs no chunks, in chunks."""
    size = case.number("size", 16)
    body = b"".join(response.parts)
    return replace(response, parts=[body[i : i + size] for i in range(0, len(body), size)], length=None)


# In the order in which they are applied: events, their fields, line ends; then come encodings, and cuts at the last.
FRAMING: Mapping[str, Shape] = {
    "sse-no-done": _parts(lambda parts: [part for part in parts if part != DONE]),
    "sse-done-twice": _parts(lambda parts: [*parts, DONE]),
    "sse-lines": _each(_data_lines),
    "sse-fields": _parts(_fields),
    "sse-comments": _between(COMMENTS),
    "sse-ping": _between([PING]),
    "sse-no-space": _each(lambda part: NAMED.sub(rb"\1:", part)),
    "sse-bom": _parts(lambda parts: [BOM + parts[0], *parts[1:]]),
    "sse-no-final-blank": _parts(lambda parts: [*parts[:-1], parts[-1].rstrip(b"\n")]),
    "sse-crlf": _each(lambda part: part.replace(b"\n", b"\r\n")),
    "sse-cr": _each(lambda part: part.replace(b"\n", b"\r")),
}
CUTS: Mapping[str, Shape] = {
    "chunked": _chunked,
    "split-utf8": _cut(lambda body, i: body[i] & 0xC0 == 0x80),  # before each continuation byte
    "split-crlf": _cut(lambda body, i: body[i - 1 : i + 1] == b"\r\n"),
    "one-byte": _cut(lambda body, i: True),
}
