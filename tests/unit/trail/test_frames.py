"""The search for the next frame behind damage."""

from __future__ import annotations

from vedette.trail.format.spool import ENVELOPE, encode_frame
from vedette.trail.sources.frames import _resume


def test_what_looks_like_a_frame_of_gigabytes_does_not_end_the_search() -> None:
    garbage = b"\xff" * 24 + b"\xff\xff\xff\xff" + b"\x01\x00\x00\x00" + b"\xff" * 24
    whole = encode_frame(ENVELOPE, b'{"n":1}')
    assert _resume(garbage + whole, 0) == len(garbage)
