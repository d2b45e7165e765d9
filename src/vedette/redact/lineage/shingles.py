"""Fingerprints of five words in a row, keyed, by which a text is known again in any wrapping (detection.md 3)."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import re
import zlib
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

WORDS = 5
SIZE = 8
_WORD = re.compile(rb"[a-z0-9]+")
_SAMPLED = 64 * 1024
_CAP = 256 * 1024
_RUNS = 20
_INFLATED = 4 * 1024 * 1024
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){24,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_\-]{40,}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def shingles(text: bytes, key: bytes) -> set[bytes]:
    """Of a text; above 64 KiB one in eight, chosen by what they say, so that both sides choose the same."""
    words = _WORD.findall(text[:_CAP].lower())
    started = hashlib.blake2b(key=key, digest_size=SIZE)
    found = set()
    for at in range(len(words) - WORDS + 1):
        state = started.copy()
        state.update(b" ".join(words[at : at + WORDS]))
        found.add(state.digest())
    return {each for each in found if each[0] < 32} if len(text) > _SAMPLED else found


def of_outbound(body: bytes, key: bytes) -> set[bytes]:
    """Of a body and of everything it may be wrapped in, two layers deep."""
    found: set[bytes] = set()
    layer = [body[:_CAP]]
    for _ in range(3):
        for each in layer:
            found |= shingles(each, key)
        layer = [view for each in layer for view in _views(each)][:_RUNS]
    return found


def _views(data: bytes) -> Iterator[bytes]:
    """What it says once one wrapping is undone."""
    if b"%" in data:
        yield unquote_to_bytes(data.replace(b"+", b" "))
    if b"\\" in data:
        yield re.sub(rb"\\[nrt\"'/\\]", b" ", data)
    yield from _inflated(data)
    for match in list(_HEX.finditer(data))[:_RUNS]:
        yield bytes.fromhex(match.group().decode())
    for match in list(_BASE64.finditer(data))[:_RUNS]:
        yield from _unbased(match.group().translate(_URL_SAFE))


def _unbased(run: bytes) -> Iterator[bytes]:
    """At all four alignments: a chunk of base64 may begin anywhere."""
    for skip in range(4):
        part = run[skip:]
        part = part[: len(part) // 4 * 4]
        try:
            text = base64.b64decode(part)
        except binascii.Error:
            continue
        yield text
        yield from _inflated(text)


def _inflated(data: bytes) -> Iterator[bytes]:
    """Of gzip and zlib, also where the end is missing."""
    if data[:2] == b"\x1f\x8b" or data[:1] == b"\x78":
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(wbits=47).decompress(data, _INFLATED)
