"""What content a trail keeps: how much of each stream, from when to when, and how much of it is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vedette.trail.custody.holds import Holds
from vedette.trail.files.finding import Envelope, Spot, in_stream
from vedette.trail.files.identities import OURS, Keys
from vedette.trail.format.spool import stream_folders


@dataclass(slots=True)
class Kept:
    """The content of one stream. `first` and `last` are the times of its oldest and newest record, wall-clock ns."""

    stream: str
    ordinal: int
    fields: int = 0
    size: int = 0
    held: int = 0
    first: int = 2**63
    last: int = 0


def kept(trail: Path, keys: Keys = OURS) -> Iterator[Kept]:
    """The streams that have content, by ordinal. Raises `Locked`, `BadHolds`."""
    holds = Holds(trail)
    for folder in stream_folders(trail):
        found = Kept("", int(folder.name))
        for spot in in_stream(folder, _all, keys=keys):
            if not spot.loose:
                _count(found, spot, held=holds.of(spot.envelope) is not None)
        if found.fields:
            yield found


def _all(envelope: Envelope) -> bool:
    return True


def _count(found: Kept, spot: Spot, *, held: bool) -> None:
    moment = int(spot.envelope["t"])
    found.stream = spot.stream
    found.fields += 1
    found.size += spot.size
    found.held += held
    found.first, found.last = min(found.first, moment), max(found.last, moment)
