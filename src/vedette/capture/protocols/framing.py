"""Server-sent events on bytes (WHATWG HTML, 9.2). Pure; a prefix of the bytes gives a prefix of the events.

Lines end at CR, LF or CRLF and are split before they are decoded: `str.splitlines` also breaks at U+2028, U+2029 and
U+0085, which JSON strings may carry raw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"
_DATA = re.compile(rb"(?:\A|\xbf|[\r\n])data:")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event. `cut`: the input ended before its blank line."""

    event: str
    data: bytes
    cut: bool = False


def server_events(stream: bytes) -> list[ServerEvent]:
    """The events of a stream that carry data. Comments and fields other than `event` and `data` are left out."""
    events: list[ServerEvent] = []
    name, data = "", list[bytes]()
    for line in _lines(stream.removeprefix(BOM)):
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


def _lines(stream: bytes) -> list[bytes]:
    """The lines, of which the last may be cut."""
    lines = _unified(stream).split(b"\n")
    return lines if lines[-1] else lines[:-1]


def rejoined(head: bytes, tail: bytes) -> bytes:
    """A stream whose middle was not kept: the events that the gap begins and ends in are given up."""
    return head + b"\n\n" + _unified(tail).partition(b"\n\n")[2] if tail else head


def is_event_stream(body: bytes) -> bool:
    """Whether these bytes are events. The bytes decide, for gateways mislabel and an error may come as plain JSON."""
    return not body.lstrip().startswith((b"{", b"[")) and _DATA.search(body) is not None


def _unified(stream: bytes) -> bytes:
    return stream.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in stream else stream
