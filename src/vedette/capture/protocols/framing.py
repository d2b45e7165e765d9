"""Server-sent events on bytes (WHATWG HTML, 9.2). Pure; a prefix of the bytes gives a prefix of the events.

Lines end at CR, LF or CRLF and are split before they are decoded: `str.splitlines` also breaks at U+2028, U+2029 and
U+0085, which JSON strings may carry raw.
"""

from __future__ import annotations

import re
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"
_DATA = re.compile(rb"(?:\A|\xbf|[\r\n])data:")


class ServerEvent(NamedTuple):
    """One event. `cut`: the input ended before its blank line."""

    event: str
    data: bytes
    cut: bool = False


def server_events(stream: bytes) -> list[ServerEvent]:
    """The events of a stream that carry data. Comments and fields other than `event` and `data` are left out."""
    *blocks, last = _unified(stream.removeprefix(BOM)).split(b"\n\n")
    events: list[ServerEvent] = []
    for block in blocks:
        if block.startswith(b"data: ") and b"\n" not in block:  # most are one line
            events.append(ServerEvent("", block[6:]))
        elif (event := _event(block)) is not None:
            events.append(event)
    cut = _event(last)
    return events if cut is None else [*events, cut._replace(cut=True)]


def _event(block: bytes) -> ServerEvent | None:
    """The event of the lines between two blank ones."""
    name, data = "", list[bytes]()
    for line in block.split(b"\n"):
        if line.startswith(b"data:"):
            data.append(line[6:] if line[5:6] == b" " else line[5:])
        elif line.startswith(b"event:"):
            name = line[6:].strip().decode("utf-8", "replace")
    return ServerEvent(name, b"\n".join(data)) if data else None


def rejoined(head: bytes, tail: bytes) -> bytes:
    """A stream whose middle was not kept: the events that the gap begins and ends in are given up."""
    return head + b"\n\n" + _unified(tail).partition(b"\n\n")[2] if tail else head


def is_event_stream(body: bytes) -> bool:
    """Whether these bytes are events. The bytes decide, for gateways mislabel and an error may come as plain JSON."""
    return not body.lstrip().startswith((b"{", b"[")) and _DATA.search(body) is not None


def _unified(stream: bytes) -> bytes:
    return stream.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in stream else stream
