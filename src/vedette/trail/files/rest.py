"""Encryption at rest (`VEDETTE_AT_REST`): the frames of a segment under a key of their own, wrapped to each recipient.

Guarantee: who takes the disk or a backup and no identity key reads sizes, types and times of change, nothing else. It
protects neither against root nor against the process itself. Recovery needs no key: the CRC is over the ciphertext;
verification is unchanged: the leaf is over the plaintext. Format: docs/trail-format.md.
Nonce discipline: AES-256-GCM with a count of all encryptions under this key, in memory and only growing, so that a
failed write at one offset is never repeated with the same nonce. A segment is written by one process, and by one only.
"""

from __future__ import annotations

import importlib
import itertools
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from errno import EACCES
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

from vedette.trail.files.identities import Keys, Recipients, wrapped
from vedette.trail.format.spool import (
    AES_256_GCM,
    ENCRYPTED,
    ERASED,
    HEADER_SIZE,
    KEY,
    BadSegment,
    Frame,
    Header,
    encode_frame,
    frame_at,
    frame_head,
    plain_frames,
)

_COUNT = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_ZEROS = bytes(4)
_TAG = 16
_MOST_WRAPPED = 64 * 1024


class Locked(PermissionError):
    """An encrypted segment that no key at hand opens."""

    def __init__(self, path: Path) -> None:
        super().__init__(EACCES, "encrypted at rest, and no key at hand opens it; set VEDETTE_AT_REST_KEY", str(path))

    def __str__(self) -> str:
        return f"{self.filename}: {self.strerror}"


@cache
def aead() -> tuple[Any, type[Exception]]:
    """AESGCM and its error. Late on purpose: only trails that are encrypted pay for it (law 7)."""
    aead = importlib.import_module("cryptography.hazmat.primitives.ciphers.aead")
    return aead.AESGCM, importlib.import_module("cryptography.exceptions").InvalidTag


def _about(header: Header) -> bytes:
    """What ties a frame, and the wrapped key, to its segment."""
    return header.stream + struct.pack("<I", header.segment)


class Cipher:
    """The frames of one segment on their way to disk. `Unavailable` where `cryptography` cannot wrap the key."""

    __slots__ = ("_about", "_key", "_next", "_wrapped")

    def __init__(self, recipients: Recipients, header: Header) -> None:
        secret = os.urandom(32)
        self._about = _about(header)
        self._wrapped = wrapped(secret, recipients, self._about)
        self._key = aead()[0](secret)
        self._next = itertools.count()

    def begin(self, header: Header) -> bytes:
        """The header of an encrypted segment and its key frame."""
        told = replace(header, cipher=AES_256_GCM, mark=_mark(self._wrapped))
        return told.pack() + encode_frame(KEY, self._wrapped)

    def seal(self, data: bytes) -> bytes:
        """`data`, a run of plain frames, with each payload encrypted under a nonce that never comes again.

        The frames are our own, made a moment ago: their CRC is not checked again.
        """
        parts: list[bytes] = []
        encrypt, about = self._key.encrypt, self._about
        for kind, flags, payload in plain_frames(data):
            count = _COUNT.pack(next(self._next))
            head = frame_head(_COUNT.size + len(payload) + _TAG, kind, flags | ENCRYPTED)
            sealed = encrypt(_ZEROS + count, payload, about + head)
            begin = head + count
            parts += (_CRC.pack(crc32(sealed, crc32(begin))), begin, sealed)
        return b"".join(parts)


def _mark(payload: bytes) -> bytes:
    return sha256(payload).digest()[:8]


def opened(frames: Iterable[Frame], path: Path, keys: Keys) -> Iterator[Frame]:
    """The frames of the segment `path`, plain, at the offsets they have; key frames are left out.

    Raises `Locked`. A frame that its key does not open is left out like a damaged one: the chain names what is missing.
    """
    opener: _Opener | None = None
    for frame in frames:
        if frame.type == KEY:
            continue
        if not frame.flags & ENCRYPTED or frame.flags & ERASED:
            yield frame
            continue
        opener = opener or _Opener(path, keys)
        plain = opener.plain(frame)
        if plain is not None:
            yield plain


class _Opener:
    """Opens the frames of one segment."""

    def __init__(self, path: Path, keys: Keys) -> None:
        with path.open("rb") as file:
            data = file.read(HEADER_SIZE + _MOST_WRAPPED)
        header, payload = _keyed(data)
        secret = keys.unwrapped(payload, _about(header)) if header else None
        if header is None or secret is None:
            raise Locked(path)
        aesgcm, self._invalid = aead()
        self._key = aesgcm(secret)
        self._about = _about(header)

    def plain(self, frame: Frame) -> Frame | None:
        count, sealed = frame.payload[: _COUNT.size], frame.payload[_COUNT.size :]
        head = frame_head(len(frame.payload), frame.type, frame.flags)
        try:
            payload = self._key.decrypt(_ZEROS + count, sealed, self._about + head)
        except (self._invalid, ValueError):
            return None
        return replace(frame, payload=payload, flags=frame.flags & ~ENCRYPTED)


def _keyed(data: bytes) -> tuple[Header | None, bytes]:
    """The header and the payload of its key frame; no header if they do not belong together."""
    try:
        header = Header.unpack(data)
    except BadSegment:
        return None, b""
    frame = frame_at(data, HEADER_SIZE)
    if frame is None or frame.type != KEY or _mark(frame.payload) != header.mark:
        return None, b""
    return header, frame.payload
