"""Content on its way into the trail: each field framed and committed to, outside the trail's lock.

Guarantee: what is committed to can be shown later, and only then be tested: the salt is fresh for each field of each
record, because content is often guessable. `VEDETTE_CONTENT=none` writes the commitment and no content.
"""

from __future__ import annotations

import os
import struct
from collections import deque
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple
from zlib import crc32

from vedette.trail.format.envelope import b64u, whole
from vedette.trail.format.spool import CONTENT, pack_crc, pack_head

MAX_CONTENT = 1024 * 1024
"""Bytes that a trail keeps of one field; what is larger is shed: `["", size]` stands in the envelope."""

Commitments = dict[str, list[str | int]]
"""Field -> [commitment, size in bytes]: the `c` of an envelope."""


class Content(NamedTuple):
    """Content frames, the commitments to them, and how many strings had to be mended."""

    frames: bytes
    commitments: Commitments
    mended: int


NOTHING = Content(b"", {}, 0)

_AHEAD = 64
_apart = struct.Struct("16s" * _AHEAD)
_salts: deque[bytes] = deque()
"""Drawn ahead, each used once: a system call for each record would cost more than the hash that it salts."""


def forget_salts() -> None:
    """In a forked child: the salts drawn ahead are its parent's."""
    _salts.clear()


os.register_at_fork(after_in_child=forget_salts)


def shed(content: Mapping[str, str]) -> Content:
    """No room for content: sizes alone, `["", size]`."""
    sizes: Commitments = {field: ["", len(text.encode("utf-8", "replace"))] for field, text in content.items()}
    return Content(b"", sizes, 0)


def committed(content: Mapping[str, str], *, keep: bool) -> Content:
    """`content` as frames and commitments; without `keep` the commitments stand alone."""
    if not content:
        return NOTHING
    parts: list[bytes] = []
    commitments: Commitments = {}
    mended = 0
    for field, text in content.items():
        try:
            body = text.encode()
        except UnicodeEncodeError:
            body = whole(text).encode()
            mended += 1
        size = len(body)
        if size > MAX_CONTENT:
            commitments[field] = ["", size]
            continue
        try:
            salt = _salts.pop()
        except IndexError:
            salt = _drawn()
        payload = b"".join((salt, field.encode(), b"\x00", body))
        commitments[field] = [b64u(sha256(b"\x10" + payload).digest()), size]  # its `commitment`
        if keep:
            head = pack_head(len(payload), CONTENT, 0, 0)
            parts += (pack_crc(crc32(payload, crc32(head))), head, payload)
    return tuple.__new__(Content, (b"".join(parts), commitments, mended))  # a third of the time of its own call


def _drawn() -> bytes:
    """A salt, and more of them for later. Taking one is one step: no other thread or signal handler gets it as well."""
    salt: bytes
    salt, *others = _apart.unpack(os.urandom(_apart.size))
    _salts.extend(others)
    return salt
