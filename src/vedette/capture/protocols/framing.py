"""Streams on bytes: server-sent events and HTTP/1.1 framing. Pure functions; a prefix of the bytes gives a prefix.

Lines end at CR, LF or CRLF and are split before they are decoded: `str.splitlines` also breaks at U+2028, U+2029 and
U+0085, which JSON strings may carry raw.
"""

from __future__ import annotations

from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event (WHATWG HTML, 9.2). `cut`: the input ended before its blank line."""

    event: str
    data: bytes
    cut: bool = False


def server_events(stream: bytes) -> list[ServerEvent]:
    """The events of a stream. Comments and fields other than `event` and `data` are left out."""
    lines = stream.removeprefix(BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    events: list[ServerEvent] = []
    name, data = "", list[bytes]()
    for line in lines:
        if not line:
            if data:
                events.append(ServerEvent(name, b"\n".join(data)))
            name, data = "", []
        elif line.startswith(b"data:"):
            data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif line.startswith(b"event:"):
            name = line[6:].strip().decode("utf-8", "replace")
    if data:
        events.append(ServerEvent(name, b"\n".join(data), cut=True))
    return events


def split_head(message: bytes) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """Headers and body of an HTTP/1.1 request as it was sent (RFC 9112); no headers if the head is not whole."""
    head, blank, body = message.partition(b"\r\n\r\n")
    if not blank:
        return (), b""
    pairs = (line.decode("latin-1").partition(":") for line in head.split(b"\r\n")[1:])
    return tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body


def dechunk(body: bytes) -> bytes:
    """The payload of a chunked body (RFC 9112, 7.1); of a cut one, what arrived."""
    pieces, at = [], 0
    while True:
        line_end = body.find(b"\r\n", at)
        if line_end < 0:
            break
        try:
            size = int(body[at:line_end].partition(b";")[0], 16)
        except ValueError:
            break
        if size <= 0:
            break
        pieces.append(body[line_end + 2 : line_end + 2 + size])
        at = line_end + 4 + size
    return b"".join(pieces)
