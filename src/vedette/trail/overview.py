"""How a trail stands: its streams, what waits for the collector, gaps, keeper and anchors. Reads; changes nothing.

Cheap but for the first look at gaps: files are searched for the word before any frame is parsed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vedette.trail.files.follow import groups, header, more, size
from vedette.trail.files.keeper import writer_is_dead
from vedette.trail.files.lock import held
from vedette.trail.files.rest import Locked
from vedette.trail.format.spool import CHECKPOINT, ENVELOPE, HEADER_SIZE, BadSegment, segment_files, stream_folders
from vedette.trail.hosting.anchored import Newest, state
from vedette.trail.shipping import place as places
from vedette.trail.shipping.place import Place
from vedette.trail.writing.room import usage

_GAP = b'"vedette.gap.state"'


@dataclass(frozen=True, slots=True)
class StreamState:
    """One stream. `state`: running, closed, or ended (its process died; the keeper seals it).

    `waiting` records are not acknowledged by the collector; the oldest is from `oldest_ns` (0 = none waits, or nobody
    can tell). `lost` counts records that a closed gap says could not be written; `gap_open`: one is still open.
    `newest_ns` is when its file was last written. Times are wall-clock ns.
    """

    ordinal: int
    stream: str
    state: str
    records: int
    waiting: int
    oldest_ns: int
    parked: int
    lost: int
    gap_open: bool
    newest_ns: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole trail. `shipped`: a collector has acknowledged something, or one is configured."""

    folder: Path
    used: int
    streams: tuple[StreamState, ...]
    kept: bool
    host_records: int
    anchor: Newest | None
    failing: dict[str, str]
    shipped: bool

    @property
    def waiting(self) -> int:
        return sum(each.waiting for each in self.streams) if self.shipped else 0

    @property
    def oldest_ns(self) -> int:
        return min((each.oldest_ns for each in self.streams if each.oldest_ns), default=0) if self.shipped else 0


def overview(trail: Path, host_log: Path, *, shipping: bool) -> Overview:
    """How the trail in `trail` stands now. `shipping`: a collector is configured. `OSError` as it comes."""
    folders = [folder for folder in stream_folders(trail) if segment_files(folder)]
    known = state(host_log)
    return Overview(
        folder=trail,
        used=usage(trail),
        streams=tuple(_stream(folder) for folder in folders),
        kept=held(trail / "keeper.lock"),
        host_records=_records(host_log),
        anchor=known.newest,
        failing=known.failing,
        shipped=shipping or any((folder / "acked").exists() for folder in folders),
    )


def _records(folder: Path) -> int:
    try:
        return size(folder)
    except BadSegment:
        return 0


def _stream(folder: Path) -> StreamState:
    found = header(folder)
    dead = writer_is_dead(folder)
    place = places.load(folder)
    records = _records(folder)
    lost, gap_open = _gaps(folder)
    waiting = max(records - place.n, 0)
    return StreamState(
        ordinal=int(folder.name),
        stream=found.stream.hex() if found else "",
        state=_state(folder, dead=dead),
        records=records,
        waiting=waiting,
        oldest_ns=_oldest(folder, place, dead=dead) if waiting else 0,
        parked=sum(1 for _ in (folder / "rejected").glob("*.json")),
        lost=lost,
        gap_open=gap_open,
        newest_ns=segment_files(folder)[-1].stat().st_mtime_ns,
    )


def _state(folder: Path, *, dead: bool) -> str:
    """Closed, if the last checkpoint announces no key: nothing can follow it."""
    if not dead:
        return "running"
    last = None
    try:
        for group in groups(folder, int(segment_files(folder)[-1].stem), HEADER_SIZE, dead=True):
            last = group if group.type == CHECKPOINT else last
        note = str(json.loads(last.payload).get("note", "")) if last else "\nnext "
    except (Locked, ValueError, AttributeError):
        return "ended"
    return "ended" if "\nnext " in note else "closed"


def _oldest(folder: Path, place: Place, *, dead: bool) -> int:
    try:
        if not more(folder, place.segment, place.offset):
            return 0
        after = (each for each in groups(folder, place.segment, place.offset, dead=dead) if each.type == ENVELOPE)
        first = next(after, None)
        return int(json.loads(first.payload)["t"]) if first else 0
    except (Locked, ValueError, KeyError, TypeError):
        return 0


def _gaps(folder: Path) -> tuple[int, bool]:
    """Records that were lost to gaps, and whether one is still open."""
    lost, is_open = 0, False
    for facts in _gap_facts(folder):
        is_open = facts.get("vedette.gap.state") == "open"
        count = facts.get("vedette.gap.count", 0)
        lost += count if isinstance(count, int) and not is_open else 0
    return lost, is_open


def _gap_facts(folder: Path) -> Iterator[dict[str, Any]]:
    """The facts of all gap records. In an encrypted segment none can be searched for, so each is opened."""
    for path in segment_files(folder):
        if _GAP not in path.read_bytes():
            continue
        for group in groups(folder, int(path.stem), HEADER_SIZE, dead=True):
            if group.segment != int(path.stem):
                break
            if group.type == ENVELOPE and _GAP in group.payload:
                yield json.loads(group.payload).get("a", {})


def age(moment_ns: int) -> float:
    """Seconds since a wall-clock moment, never below 0."""
    return max(time.time_ns() - moment_ns, 0) / 1e9
