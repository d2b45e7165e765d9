"""Content encodings (RFC 9110, 8.4): undone on the line, a little at a time, with the output bounded.

A client only offers what it can decode, so the decoder for `br` or `zstd` is there where one is needed: it is used if
the host has imported it, and never imported on its behalf. What cannot be decoded is None.
Known sad path: within one step of input a lent decoder may exceed the bound, by some megabytes at worst.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any

BOUND = 16 * 1024 * 1024
_STEP = 256

Decode = Callable[[bytes], bytes]


def decoded(body: bytes, encodings: str) -> bytes | None:
    """`body` without its encodings (`gzip, br`: undone from the right); of truncated input, what there is."""
    for name in reversed([each.strip().lower() for each in encodings.split(",") if each.strip()]):
        undone = body if name == "identity" or not body else _undone(body, name)
        if undone is None:
            return None
        body = undone
    return body


def _undone(body: bytes, name: str) -> bytes | None:
    results = (_fed(decode, body) for decode in _decoders(name))
    return next((result for result in results if result is not None), None)


def _fed(decode: Decode, body: bytes) -> bytes | None:
    pieces, size = [], 0
    for at in range(0, len(body), _STEP):
        try:
            pieces.append(decode(body[at : at + _STEP]))
        except Exception:  # noqa: BLE001 - each lender raises its own error for bytes that are not its own
            return b"".join(pieces) or None
        size += len(pieces[-1])
        if size >= BOUND:
            break
    return b"".join(pieces)[:BOUND]


def _decoders(name: str) -> Iterator[Decode]:
    """The decoders to try; for `deflate` with and without the wrapping of zlib, for both are sent."""
    if name in ("gzip", "x-gzip"):
        yield zlib.decompressobj(31).decompress
    elif name == "deflate":
        yield zlib.decompressobj(15).decompress
        yield zlib.decompressobj(-15).decompress
    elif name == "br":
        yield from (lender.Decompressor().process for lender in _lenders("brotli"))
        yield from (lender.Decompressor().decompress for lender in _lenders("brotlicffi"))
    elif name == "zstd":
        yield from (lender.ZstdDecompressor().decompressobj().decompress for lender in _lenders("zstandard"))
        yield from (
            lender.ZstdDecompressor().decompress for lender in _lenders("compression.zstd", "backports.zstd", "pyzstd")
        )


def _lenders(*names: str) -> Iterator[Any]:
    return (sys.modules[name] for name in names if name in sys.modules)
