"""Check characters inside secrets, and encodings that have to come out."""

from __future__ import annotations

import base64
import binascii
import string
import zlib

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def crc32_base62(text: str) -> bool:
    """GitHub, npm and their like: the last six characters are the CRC-32 of those between prefix and them."""
    body = text[text.find("_") + 1 :]
    check = zlib.crc32(body[:-6].encode("latin-1"))
    return body[-1:] == _BASE62[check % 62] and _base62(check) == body[-6:]  # the last character tells most apart


def _base62(number: int) -> str:
    found = ""
    while number:
        number, rest = divmod(number, 62)
        found = _BASE62[rest] + found
    return found.rjust(6, "0")


def basic64(text: str) -> bool:
    """Base64 of `user:password` (RFC 7617)."""
    decoded = _decoded(text)
    return decoded is not None and ":" in decoded and decoded.isprintable()


def jwt(text: str) -> bool:
    """A header that is JSON with an algorithm (RFC 7515)."""
    decoded = _decoded(text.partition(".")[0])
    return (
        decoded is not None
        and decoded.startswith("{")
        and ('"alg"' in decoded or '"enc"' in decoded or '"typ"' in decoded)
    )


def _decoded(text: str) -> str | None:
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
