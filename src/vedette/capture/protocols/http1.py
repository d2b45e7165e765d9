"""HTTP/1.1 framing as http.client leaves it on the wire (RFC 9112): heads, and bodies in chunks."""

from __future__ import annotations

import re
from itertools import islice

from vedette.event import Pairs

_CHUNK = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")
_TRIES = 8


def split_head(message: bytes) -> tuple[Pairs, bytes]:
    """Headers and body of a request as it was sent; no headers if the head is not whole."""
    head, blank, body = message.partition(b"\r\n\r\n")
    if not blank:
        return (), b""
    pairs = (line.decode("latin-1").partition(":") for line in head.split(b"\r\n")[1:])
    return tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body


def dechunk(body: bytes) -> bytes:
    """The payload of a chunked body; of a cut one, what arrived."""
    return _chunks(body, 0)[0]


def dechunk_tail(tail: bytes) -> bytes:
    """The payload in the end of a chunked body that begins anywhere in a chunk.

    The first line from which chunk follows chunk to the last one is where chunks begin; without any, all is payload.
    """
    starts = [match.start() for match in islice(re.finditer(rb"\r\n(?=[0-9a-fA-F])", tail), _TRIES)]
    tried = [(start, *_chunks(tail, start + 2)) for start in starts]
    for start, payload, ended in tried:
        if ended:
            return tail[:start] + payload
    return next((tail[:start] + payload for start, payload, _ in tried if payload), tail)


def _chunks(body: bytes, at: int) -> tuple[bytes, bool]:
    """The payload from a chunk's size line on, and whether the last chunk was reached."""
    pieces: list[bytes] = []
    while line := _CHUNK.match(body, at):
        size = int(line[1], 16)
        if not size:
            return b"".join(pieces), True
        pieces.append(body[line.end() : line.end() + size])
        at = line.end() + size + 2
    return b"".join(pieces), False
