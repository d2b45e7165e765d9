"""Segment files, byte by byte: a 128-byte header, then frames; all integers little-endian (docs/trail-format.md).

A frame is `u32 crc || u32 length || u8 type || u8 flags || u16 0 || payload`; the CRC-32 covers everything behind it.
Reading stops at the first frame that is all zero (the reserved tail of a live file), torn, or wrong; what lies before
is whole.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zlib import crc32

HEADER_SIZE = 128
MAGIC = b"VDTTRL1\n"
ENVELOPE, CONTENT, CHECKPOINT, KEY = 1, 2, 3, 4
ENCRYPTED, ERASED = 1, 2
PLAIN, AES_256_GCM = 0, 1
MAX_PAYLOAD = 8 * 1024 * 1024

_HEADER = struct.Struct("<8sHBBI16sIIQq32s8s28x")
_FRAME = struct.Struct("<IIBBH")
_CRC = struct.Struct("<I")
_AFTER_CRC = struct.Struct("<IBBH")

pack_crc, pack_head = _CRC.pack, _AFTER_CRC.pack
"""The two parts before a payload: its CRC, and size, type, flags, 0. For those who join a frame with others at once."""

Tail = Literal["clean", "zero", "torn"]


class BadSegment(ValueError):
    """A file that is no segment of ours, with the reason."""


@dataclass(frozen=True, slots=True)
class Header:
    """`stream` is raw, 16 bytes; `first` the sequence number of the first record; `created` in ns of the wall clock.

    `before` is the leaf hash of the record before the first, or the genesis hash. `cipher` is `AES_256_GCM` where the
    frames are encrypted, and `mark` then tells which key frame belongs to it: 8 bytes of its payload's hash.
    """

    stream: bytes
    ordinal: int
    segment: int
    first: int
    created: int
    before: bytes
    cipher: int = PLAIN
    mark: bytes = bytes(8)

    def pack(self) -> bytes:
        place = (self.stream, self.ordinal, self.segment, self.first, self.created, self.before)
        body = _HEADER.pack(MAGIC, 1, 1, self.cipher, 0, *place, self.mark)
        return body + struct.pack("<I", crc32(body))

    @classmethod
    def unpack(cls, data: bytes) -> Header:
        if len(data) < HEADER_SIZE or data[:8] != MAGIC:
            raise BadSegment("no segment header")
        body = bytes(data[: HEADER_SIZE - 4])
        if struct.unpack_from("<I", data, HEADER_SIZE - 4)[0] != crc32(body):
            raise BadSegment("the segment header is damaged")
        _, version, check, cipher, _, stream, ordinal, segment, first, created, before, mark = _HEADER.unpack(body)
        if (version, check) != (1, 1):
            raise BadSegment(f"segment version {version} with check {check} is not known here")
        if cipher not in (PLAIN, AES_256_GCM):
            raise BadSegment(f"the segment is encrypted with cipher {cipher}, which is not known here")
        return cls(stream, ordinal, segment, first, created, before, cipher, mark)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `offset` is where it begins, `end` where the next one does."""

    type: int
    flags: int
    payload: bytes
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class Segment:
    header: Header
    frames: list[Frame]
    end: int
    tail: Tail


def encode_frame(kind: int, payload: bytes, flags: int = 0) -> bytes:
    size = len(payload)
    if size > MAX_PAYLOAD:
        raise ValueError(f"a frame holds at most {MAX_PAYLOAD} bytes, not {size}")
    head = pack_head(size, kind, flags, 0)
    return b"".join((pack_crc(crc32(payload, crc32(head))), head, payload))


def frame_head(length: int, kind: int, flags: int) -> bytes:
    """The eight bytes between the CRC of a frame and its payload."""
    return _AFTER_CRC.pack(length, kind, flags, 0)


def scan(data: bytes, offset: int = HEADER_SIZE) -> Iterator[Frame]:
    """The frames from `offset` on, up to the first that is zero, torn or wrong."""
    while (frame := frame_at(data, offset)) is not None:
        yield frame
        offset = frame.end


def plain_frames(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Type, flags and payload of each frame in `data`, which we made and nobody can have damaged."""
    at = 0
    while at < len(data):
        _, length, kind, flags, _ = _FRAME.unpack_from(data, at)
        start = at + _FRAME.size
        at = start + length
        yield kind, flags, data[start:at]


def frame_at(data: bytes, offset: int) -> Frame | None:
    """The frame at `offset` if it checks, or if it is content whose erasure was cut off half way."""
    start = offset + _FRAME.size
    if start > len(data):
        return None
    crc, length, kind, flags, zero = _FRAME.unpack_from(data, offset)
    end = start + length
    if (not crc and not length) or end > len(data) or length > MAX_PAYLOAD:
        return None
    if crc32(data[offset + 4 : end]) != crc and not (_erasing(kind, flags, zero) and _follows(data, end)):
        return None
    return Frame(kind, flags, bytes(data[start:end]), offset, end)


def _erasing(kind: int, flags: int, zero: int) -> bool:
    """Whether a head says: content that is erased. The flag is set, durably, before the payload is touched."""
    return kind == CONTENT and flags in (ERASED, ERASED | ENCRYPTED) and not zero


def _follows(data: bytes, at: int) -> bool:
    """Whether a frame may end at `at`: the end of the data, zeros, a frame that checks, or one more that is erased."""
    while at + _FRAME.size <= len(data):
        crc, length, kind, flags, zero = _FRAME.unpack_from(data, at)
        end = at + _FRAME.size + length
        if (not crc and not length) or (end <= len(data) and crc32(data[at + 4 : end]) == crc):
            return True
        if not _erasing(kind, flags, zero):
            return end > len(data) and kind in (ENVELOPE, CONTENT, CHECKPOINT, KEY) and length <= MAX_PAYLOAD
        at = end
    return True


def read_segment(path: Path) -> Segment:
    """A whole segment file. Raises `BadSegment` for a header that cannot be trusted, `OSError` as it comes."""
    data = path.read_bytes()
    header = Header.unpack(data)
    frames = list(scan(data))
    end = frames[-1].end if frames else HEADER_SIZE
    return Segment(header, frames, end, _tail(data, end))


def _tail(data: bytes, end: int) -> Tail:
    rest = data[end:]
    if not rest:
        return "clean"
    return "torn" if rest.strip(b"\x00") else "zero"


def stream_folders(trail: Path) -> list[Path]:
    """The folders of all streams, by ordinal."""
    streams = trail / "streams"
    if not streams.is_dir():
        return []
    return sorted(each for each in streams.iterdir() if each.name.isdecimal() and each.is_dir())


def segment_files(stream: Path) -> list[Path]:
    """The segments of one stream, in order."""
    return sorted(stream.glob("[0-9]*.seg"))
