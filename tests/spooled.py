"""Streams written by hand, frame by frame: what the shipper finds on disk, without the process that wrote it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vedette.trail.format.envelope import b64u, commitment, encode, genesis
from vedette.trail.format.merkle import leaf_hash
from vedette.trail.format.spool import CHECKPOINT, CONTENT, ENVELOPE, Header, encode_frame


class Spooled:
    """One stream; `bodies` holds what must arrive, in order. While `alive` its lock is held, as its writer would."""

    def __init__(self, trail: Path, ordinal: int = 0, *, alive: bool = False) -> None:
        self.folder = trail / "streams" / f"{ordinal:08d}"
        self.folder.mkdir(parents=True)
        self.raw = os.urandom(16)
        self.id = self.raw.hex()
        self.ordinal = ordinal
        self.bodies: list[str] = []
        self.n = self.segment = self.checkpoints = 0
        self._last = genesis(self.raw)
        self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        if alive:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._open()

    def _open(self) -> None:
        header = Header(self.raw, self.ordinal, self.segment, self.n, time.time_ns(), self._last)
        self.path.write_bytes(header.pack())

    @property
    def path(self) -> Path:
        return self.folder / f"{self.segment:06d}.seg"

    def append(self, frame: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(frame)

    def record(self, kind: str = "tool", content: Mapping[str, str] | None = None, **members: Any) -> str:
        """One record with its content, in one write; its body."""
        payloads = {field: os.urandom(16) + f"{field}\0{text}".encode() for field, text in (content or {}).items()}
        envelope = {"v": 1, "s": self.id, "n": self.n, "p": b64u(self._last), "m": "1", "t": str(time.time_ns())}
        envelope |= {"k": kind, "f": "single", "r": "ok", "a": {"gen_ai.tool.name": "weather"}, **members}
        if payloads:
            envelope["c"] = {field: [commitment(each), len(each)] for field, each in payloads.items()}
        payload = json.dumps(envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        self.append(
            b"".join(encode_frame(CONTENT, each) for each in payloads.values()) + encode_frame(ENVELOPE, payload)
        )
        self._last = leaf_hash(payload)
        self.n += 1
        self.bodies.append(payload.decode())
        return self.bodies[-1]

    def birth(self, **facts: Any) -> str:
        return self.record("lifecycle", a={"vedette.lifecycle.phase": "birth", **facts})

    def checkpoint(self) -> str:
        line = encode({"f": [], "i": self.checkpoints, "note": "a note\n", "s": self.id, "v": 1, "y": "checkpoint"})
        self.append(encode_frame(CHECKPOINT, line))
        self.checkpoints += 1
        self.bodies.append(line.decode())
        return self.bodies[-1]

    def roll(self) -> None:
        self.segment += 1
        self._open()

    def die(self) -> None:
        os.close(self._lock)

    @property
    def acked(self) -> dict[str, int]:
        return dict(json.loads((self.folder / "acked").read_text()))

    @property
    def end(self) -> int:
        return self.path.stat().st_size

    @property
    def rejected(self) -> list[dict[str, Any]]:
        return [json.loads(each.read_text()) for each in sorted(self.folder.glob("rejected/*.json"))]
