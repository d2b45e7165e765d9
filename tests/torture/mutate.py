"""Mutations of a verifier's input: bytes, lines, members of lines, frames; all from a seeded generator."""

from __future__ import annotations

import json
import random
import struct
import zlib
from typing import Any

from tests.trail_forge import canonical

Chance = random.Random

ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2, 2**31, 2**53 - 1, 2**53, 2**64, -(2**53), 1.5, "", "x", "0", "\x00", "é",
    "\ud800", [], {}, [[]], {"a": {}}, "A" * 43, "f" * 32, "intent", "outcome", "lifecycle",
    "checkpoint", "content", "sealed",
)  # fmt: skip


def some_bytes(data: bytes, chance: Chance) -> bytes:
    """A few bytes flipped, cut, doubled, or put somewhere else."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(made) + 1)
        size = chance.choice((0, 1, 1, 2, 8, 64))
        new = chance.choice(
            (b"", bytes([chance.randrange(256)]), bytes(made[at : at + size]) * 2, _slice(made, chance))
        )
        made[at : at + size] = new
    return bytes(made)


def _slice(data: bytearray, chance: Chance) -> bytes:
    at = chance.randrange(len(data) + 1)
    return bytes(data[at : at + chance.choice((1, 4, 32))])


def some_lines(lines: list[str], chance: Chance) -> list[str]:
    """Lines left out, doubled, moved, cut, or with a member changed and canonical again."""
    made = list(lines)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(made)) if made else 0
        match chance.randrange(8) if made else 7:
            case 0:
                del made[at]
            case 1:
                made.insert(chance.randrange(len(made)), made[at])
            case 2:
                made.append(made.pop(at))
            case 3:
                made[at] = some_bytes(made[at].encode("utf-8", "replace"), chance).decode("utf-8", "replace")
            case 4:
                made.insert(at, member(made[at], chance))
            case _ if made:
                made[at] = member(made[at], chance)
            case _:
                made.append("{}")
    return made


def member(line: str, chance: Chance) -> str:
    """One member of a line another value: odd, of another line's kind, or its own, bent."""
    try:
        value = json.loads(line)
        name = chance.choice([*value, "zz", "y", "c", "a", "of"])
        value[name] = _bent(value.get(name), chance)
        return canonical(value).encode("utf-8", "replace").decode()
    except (ValueError, TypeError, AttributeError):
        return line + " "


def _bent(value: Any, chance: Chance) -> Any:
    if chance.random() < 0.4:
        return chance.choice(ODD)
    if isinstance(value, dict) and value:
        name = chance.choice(list(value))
        return {**value, name: _bent(value[name], chance)}
    if isinstance(value, list) and value:
        return [_bent(each, chance) if at == 0 else each for at, each in enumerate(value)]
    if type(value) is int:
        return value + chance.choice((-1, 1, 2**20, 2**40))
    if isinstance(value, str) and value:
        return some_bytes(value.encode("utf-8", "replace"), chance).decode("utf-8", "replace")
    return chance.choice(ODD)


def some_frames(data: bytes, chance: Chance) -> bytes:
    """A segment with bytes changed; half the time the checksum of the frame, or the header, is made right again."""
    if chance.random() < 0.4:
        return some_bytes(data, chance)
    if chance.random() < 0.2:
        return _headed(bytearray(data), chance)
    frames = _frames(data)
    at = chance.randrange(len(frames))
    match chance.randrange(8):
        case 0:
            del frames[at]
        case 1:
            frames.insert(chance.randrange(len(frames)), frames[at])
        case 2:
            frames.append(frames.pop(at))
        case 3:
            frames[at] = _sealed(bytes(4) + bytes([chance.randrange(7), chance.randrange(8)]) + frames[at][10:])
        case 4:
            frames[at:] = [_sealed(bytes(4) + bytes([1, 0, 0, 0]) + bytes(chance.randrange(200))), *frames[at:]]
        case 5:
            return data[:128] + b"".join(frames[:at]) + bytes(chance.choice((1, 11, 12, 4096))) + b"".join(frames[at:])
        case _:
            frames[at] = _sealed(some_bytes(frames[at][4:], chance))
    return data[:128] + b"".join(frames)


def _headed(data: bytearray, chance: Chance) -> bytes:
    """A field of the header another value, and a checksum that fits it."""
    at = chance.choice((8, 10, 11, 12, 16, 31, 32, 36, 40, 47, 48, 56, 88, 96))
    data[at] = chance.randrange(256)
    struct.pack_into("<I", data, 124, zlib.crc32(data[:124]))
    return bytes(data)


def _frames(data: bytes) -> list[bytes]:
    found, at = [], 128
    while at < len(data):
        end = at + 12 + struct.unpack_from("<I", data, at + 4)[0]
        found.append(data[at:end])
        at = end
    return found


def _sealed(rest: bytes) -> bytes:
    """A frame with the length and the checksum that its bytes need."""
    if len(rest) < 8:
        return rest
    rest = struct.pack("<I", len(rest) - 8) + rest[4:]
    return struct.pack("<I", zlib.crc32(rest)) + rest
