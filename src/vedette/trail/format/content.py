"""Content as log records of its own, cut into parts that every backend takes.

All `d` in the order of `i`, joined, are the content.

Laws: the parts joined are the content; no body is above 192 KiB after JSON escaping; cuts lie between code points.
"""

from __future__ import annotations

from bisect import bisect_right

from vedette.trail.format.envelope import b64u, encode

PART = 192 * 1024


def bodies(stream: str, n: int, field: str, salt: bytes, text: str) -> list[str]:
    """The bodies of one content field of record `n`; its commitment is over all parts joined."""
    head = {"f": field, "n": n, "s": stream, "salt": b64u(salt), "v": 1, "y": "content"}
    room = PART - len(encode({**head, "d": "", "i": 10**6, "k": 10**6}))
    pieces = parts(text, room)
    return [encode({**head, "d": each, "i": i, "k": len(pieces)}).decode() for i, each in enumerate(pieces)]


def parts(text: str, room: int) -> list[str]:
    """`text` in pieces that, escaped as JSON, take at most `room` bytes each; `room` is at least 6, a control's."""
    pieces, begin = [], 0
    while begin < len(text):
        reach = range(1, min(room, len(text) - begin) + 1)
        fitting = bisect_right(reach, room, key=lambda size: escaped(text[begin : begin + size]))
        pieces.append(text[begin : begin + fitting])
        begin += fitting
    return pieces or [""]


def escaped(text: str) -> int:
    """Bytes of `text` inside the quotes of a JSON string."""
    return len(encode(text)) - 2
