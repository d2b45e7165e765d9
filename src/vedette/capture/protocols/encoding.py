"""Content encodings (RFC 9110, 8.4): undone on the line, incrementally, with the output bounded.

A client only offers what it can decode, so the decoder for `br` or `zstd` is there where one is needed: it is used if
the host has imported it, and never imported on its behalf. What cannot be decoded is None.
"""

from __future__ import annotations

import sys
import zlib
from typing import Any

BOUND = 16 * 1024 * 1024
_WBITS = {"gzip": (47,), "x-gzip": (47,), "deflate": (15, -15)}


def decoded(body: bytes, encodings: str) -> bytes | None:
    """`body` without its encodings (`gzip, br`: undone from the right); truncated input gives what there is."""
    for name in reversed([each.strip().lower() for each in encodings.split(",") if each.strip()]):
        undone = body if name == "identity" else _one(body, name)
        if undone is None:
            return None
        body = undone
    return body


def _one(body: bytes, name: str) -> bytes | None:
    for wbits in _WBITS.get(name, ()):
        try:
            return zlib.decompressobj(wbits).decompress(body, BOUND)
        except zlib.error:
            continue
    return _lent(body, name)


def _lent(body: bytes, name: str) -> bytes | None:
    """By a decoder of the host's. They raise their own errors for bytes that are not theirs."""
    brotli: Any = sys.modules.get("brotli") or sys.modules.get("brotlicffi")
    zstandard: Any = sys.modules.get("zstandard")
    try:
        if name == "br" and brotli is not None:
            whole: bytes = brotli.Decompressor().process(body)
            return whole[:BOUND]
        if name == "zstd" and zstandard is not None:
            piece: bytes = zstandard.ZstdDecompressor().decompressobj().decompress(body)
            return piece[:BOUND]
    except (getattr(brotli, "error", ValueError), getattr(zstandard, "ZstdError", ValueError)):
        return None
    return None
