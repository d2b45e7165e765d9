"""How far a stream has been shipped: the `acked` file. Losing it costs duplicates, never records."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from vedette.trail.spool import HEADER_SIZE


@dataclass(frozen=True, slots=True)
class Place:
    """Everything before `offset` of segment `segment` has been acknowledged."""

    segment: int = 0
    offset: int = HEADER_SIZE
    done: bool = False


def load(stream: Path) -> Place:
    try:
        saved = json.loads((stream / "acked").read_text())
        return Place(int(saved["segment"]), int(saved["offset"]), bool(saved["done"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Place()


def save(stream: Path, place: Place) -> None:
    """Write-temp, fsync, rename."""
    scratch = stream / ".acked"
    text = json.dumps({"segment": place.segment, "offset": place.offset, "done": place.done})
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    scratch.rename(stream / "acked")
