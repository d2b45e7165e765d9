"""Content encodings, each event flushed as it is written, and the ways in which they lie."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from tests.standin.case import Case
from tests.standin.payloads import Shape, resized

from vedette.cli.standin.wire import Response

GZIP, ZLIB, RAW = 31, 15, -15  # window bits: what zlib puts around the deflated data
TAIL = 12  # bytes cut off a truncated body: more than gzip's checksum and size

Encode = Callable[[list[bytes]], Iterator[bytes]]


def _library(*names: str) -> ModuleType | None:
    """The first of several modules that is installed."""
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def _deflate(window: int) -> Encode:
    def encode(parts: list[bytes]) -> Iterator[bytes]:
        encoder = zlib.compressobj(wbits=window)
        for part in parts:
            yield encoder.compress(part) + encoder.flush(zlib.Z_SYNC_FLUSH)
        yield encoder.flush()

    return encode


def _brotli(library: Any) -> Encode:
    def encode(parts: list[bytes]) -> Iterator[bytes]:
        encoder = library.Compressor()
        for part in parts:
            yield encoder.process(part) + encoder.flush()
        yield encoder.finish()

    return encode


def _zstd(library: Any) -> Encode:
    def encode(parts: list[bytes]) -> Iterator[bytes]:
        encoder = library.ZstdCompressor().compressobj()
        for part in parts:
            yield encoder.compress(part) + encoder.flush(library.COMPRESSOBJ_FLUSH_BLOCK)
        yield encoder.flush()

    return encode


def _encoded(label: str, *encoders: Encode) -> Shape:
    """The body through the encoders, in order, under a label that may be wrong."""

    def shape(response: Response, case: Case) -> Response:
        parts = list(response.parts)
        for encode in encoders:
            parts = list(encode(parts))
        labelled = replace(response, headers={**response.headers, "content-encoding": label})
        return resized(labelled, [part for part in parts if part])  # an empty chunk would end the body

    return shape


def _truncated(response: Response, case: Case) -> Response:
    encoded = b"".join(_encoded("gzip", _deflate(GZIP))(response, case).parts)
    return replace(resized(response, [encoded[:-TAIL]]), headers={**response.headers, "content-encoding": "gzip"})


def _bomb(response: Response, case: Case) -> Response:
    """A small body that unpacks to `size` bytes of JSON: about one to a thousand."""
    padded = b'{"bomb":"%b"}' % (b"0" * case.number("size", 32 << 20))
    return _encoded("gzip", _deflate(GZIP))(resized(response, [padded]), case)


BROTLI = _library("brotli", "brotlicffi")
ZSTD = _library("zstandard")

ENCODINGS: Mapping[str, Shape] = {
    "gzip": _encoded("gzip", _deflate(GZIP)),
    "deflate": _encoded("deflate", _deflate(ZLIB)),
    "deflate-raw": _encoded("deflate", _deflate(RAW)),
    "gzip-mislabelled": _encoded("gzip"),
    "deflate-mislabelled": _encoded("deflate", _deflate(GZIP)),
    "gzip-truncated": _truncated,
    "bomb": _bomb,
    **({"zstd": _encoded("zstd", _zstd(ZSTD))} if ZSTD else {}),
    **({"br": _encoded("br", _brotli(BROTLI))} if BROTLI else {}),
    **({"gzip-br": _encoded("gzip, br", _deflate(GZIP), _brotli(BROTLI))} if BROTLI else {}),
}
