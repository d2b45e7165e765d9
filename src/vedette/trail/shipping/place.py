"""The place up to which a stream has been acknowledged: the file `acked` of its folder; `reconciled` is its sibling.

Written beside, synced, renamed: a reader sees the old place or the new one, never half of one. Losing it costs
duplicates, never records.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from vedette.trail.files.folder import create
from vedette.trail.format.spool import HEADER_SIZE


@dataclass(frozen=True, slots=True)
class Place:
    """Everything before `offset` of segment `segment`, that is all records below `n`, is acknowledged.

    `time` is the `timeUnixNano` of the last log record: the next one must be later.
    """

    segment: int = 0
    offset: int = HEADER_SIZE
    n: int = 0
    time: int = 0


def load(stream: Path, name: str = "acked") -> Place:
    """The place of a stream; its beginning if none was saved or it cannot be read."""
    try:
        found = json.loads((stream / name).read_bytes())
        return Place(**{name: int(found[name]) for name in ("segment", "offset", "n", "time")})
    except (OSError, ValueError, TypeError, KeyError):
        return Place()


def save(stream: Path, place: Place, name: str = "acked") -> None:
    """Write the place down. An `OSError` leaves the old one."""
    replace(stream / name, json.dumps(asdict(place)).encode())


def replace(path: Path, data: bytes) -> None:
    """Put a whole, durable file where another one may be."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with suppress(FileNotFoundError):  # of a process that died here and had our number
        scratch.unlink()
    create(scratch, data)
    scratch.replace(path)
