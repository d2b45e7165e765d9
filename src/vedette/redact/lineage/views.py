"""What a body says once its wrappings are undone: URL, backslashes, hex, base64, gzip and zlib, two layers deep.

Bounded: 256 KiB a view, 20 runs and 20 views a layer, 1 MiB of views a body.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import string
import zlib
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote_to_bytes

CAP = 256 * 1024
_ALL = 1024 * 1024
_DEPTH = 3
_MOST = 20
_LEAST, _LEAST_HEX = 40, 48
_BASE64 = f"{string.ascii_letters}{string.digits}+/-_".encode()
_RUNS = bytes(each if each in _BASE64 else ord(" ") for each in range(256))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){24,}")
_UNICODE = re.compile(rb"\\u([0-9A-Fa-f]{4})")
_QUOTED = re.compile(rb"%[0-9A-Fa-f]{2}")
_ESCAPES = ((b"\\n", b" "), (b"\\r", b" "), (b"\\t", b" "), (b"\\", b""), (b"\0", b"\\"))
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r"))
_LOOK = 256


def layers(body: bytes) -> Iterator[bytes]:
    """The body, and the texts within it."""
    body = body[:CAP]
    layer, room = [unescaped(body) if _is_text(body) else body], _ALL
    for _ in range(_DEPTH):
        for each in layer:
            if len(each) <= room:
                room -= len(each)
                yield each
        texts = (view[:CAP] for each in layer for view in _views(each) if _is_text(view))
        layer = list(islice(texts, _MOST))


def unescaped(data: bytes) -> bytes:
    r"""Without one level of the backslashes of JSON: a blank for `\n`, a letter for `\u00e9`."""
    if b"\\" not in data:
        return data
    data = _UNICODE.sub(_letter, data.replace(b"\\\\", b"\0"))
    for mark, meant in _ESCAPES:
        data = data.replace(mark, meant)
    return data


def _letter(match: re.Match[bytes]) -> bytes:
    return chr(int(match.group(1), 16)).encode("utf-8", "surrogatepass")


def _is_text(data: bytes) -> bool:
    """Whether it can hold words: base64 read at the wrong alignment cannot. A cut letter or two may be."""
    head = data[:_LOOK]
    wrong = len(head) - len(head.translate(None, _CONTROL))
    if not head.isascii():
        wrong += head.decode("utf-8", "replace").count("\ufffd")
    return wrong <= 2 + len(head) // 20


def _views(data: bytes) -> Iterator[bytes]:
    """What it says once one wrapping is undone."""
    if _QUOTED.search(data):
        yield unquote_to_bytes(data.replace(b"+", b" "))
    if b"\\" in data:
        yield unescaped(data)
    yield from _inflated(data)
    for run in _runs(data):
        yield from _of_run(run)


def _runs(data: bytes) -> list[bytes]:
    """Runs that may be hex or base64; few words are as long."""
    return [run for run in data.translate(_RUNS).split() if len(run) >= _LEAST][:_MOST]


def _of_run(run: bytes) -> Iterator[bytes]:
    if len(run) >= _LEAST_HEX:
        for match in _HEX.finditer(run):
            yield from _decoded(bytes.fromhex(match.group().decode()))
    yield from _unbased(run.translate(_URL_SAFE))


def _unbased(run: bytes) -> Iterator[bytes]:
    """At all four alignments: a chunk of base64 may begin anywhere."""
    for skip in range(4):
        part = run[skip : skip + (len(run) - skip) // 4 * 4]
        with contextlib.suppress(binascii.Error):
            yield from _decoded(base64.b64decode(part))


def _decoded(data: bytes) -> Iterator[bytes]:
    """As it is, of UTF-16 (PowerShell's -EncodedCommand) the letters, of what is compressed what it holds."""
    yield data.replace(b"\0", b"") if 3 * data.count(b"\0") > len(data) else data
    yield from _inflated(data)


def _inflated(data: bytes) -> Iterator[bytes]:
    """Of gzip and zlib, also where the end is missing."""
    if data[:2] == b"\x1f\x8b" or data[:1] == b"\x78":
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(wbits=47).decompress(data, CAP)
