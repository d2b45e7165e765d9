"""OpenAI embeddings: vectors that depend on nothing but the text."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import Any

from vedette.cli.standin.turn import count
from vedette.cli.standin.wire import Request, Response, document

DIMENSIONS = 8


def embed(request: Request) -> Response:
    """One vector an input, as floats or, as most SDKs ask, as base64 of little-endian float32."""
    body = request.json()
    given = body["input"]
    inputs = [given] if isinstance(given, str) else given
    encoding, dimensions = body.get("encoding_format", "float"), body.get("dimensions", DIMENSIONS)
    data = [_embedding(i, str(text), dimensions, encoding) for i, text in enumerate(inputs)]
    tokens = sum(count(str(text)) for text in inputs)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return document({"object": "list", "data": data, "model": body.get("model"), "usage": usage})


def vector(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """The vector of a text: the bytes of its digest, each scaled to -1…1."""
    digest = hashlib.shake_128(text.encode()).digest(dimensions)
    return [byte / 127.5 - 1 for byte in digest]


def _embedding(index: int, text: str, dimensions: int, encoding: str) -> dict[str, Any]:
    floats = vector(text, dimensions)
    packed = base64.b64encode(struct.pack(f"<{dimensions}f", *floats)).decode()
    return {"object": "embedding", "index": index, "embedding": packed if encoding == "base64" else floats}
