"""Content on its way into the trail: each field framed and committed to, outside the trail's lock.

Guarantee: what is committed to can be shown later, and only then be tested: the salt is fresh for each field of each
record, because content is often guessable. `VEDETTE_CONTENT=none` writes the commitment and no content.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from vedette.trail.format.envelope import commitment, content_payload
from vedette.trail.format.spool import CONTENT, encode_frame

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


def shed(content: Mapping[str, str]) -> Content:
    """No room for content: sizes alone, `["", size]`."""
    sizes: Commitments = {field: ["", len(text.encode("utf-8", "replace"))] for field, text in content.items()}
    return Content(b"", sizes, 0)


def committed(content: Mapping[str, str], *, keep: bool) -> Content:
    """`content` as frames and commitments; without `keep` the commitments stand alone."""
    if not content:
        return NOTHING
    frames: list[bytes] = []
    commitments: Commitments = {}
    mended = 0
    salts = os.urandom(16 * len(content))
    for at, (field, text) in enumerate(content.items()):
        payload, changed = content_payload(field, text, salts[16 * at : 16 * at + 16])
        mended += changed
        size = len(payload) - 17 - len(field)
        if size > MAX_CONTENT:
            commitments[field] = ["", size]
            continue
        commitments[field] = [commitment(payload), size]
        if keep:
            frames.append(encode_frame(CONTENT, payload))
    return Content(b"".join(frames), commitments, mended)
