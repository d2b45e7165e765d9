"""What content is older than its time: looked for segment by segment, so that a year of it is never in memory at once.

What was found through is noted in `retention.json` of the trail's folder; losing that file costs another look.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from vedette.trail.custody.holds import Holds
from vedette.trail.custody.seals import Seal, Seals
from vedette.trail.files.finding import Envelope, Spot, in_file
from vedette.trail.files.folder import replace
from vedette.trail.files.identities import OURS, Keys
from vedette.trail.files.keeper import writer_is_dead
from vedette.trail.format.spool import HEADER_SIZE, BadSegment, Header, segment_files, stream_folders

MOST = 20_000
"""So many content frames at a time, and what is left of a segment: some ten megabytes of memory."""

_FILE = "retention.json"


@dataclass(slots=True)
class Due:
    """What is to go. `stays` numbers, for each stream, records that were seen and keep their content.

    `through` is, for each stream, the newest segment that has nothing left to go, then or ever. `more`: not all was
    looked at.
    """

    through: dict[str, int]
    spots: list[Spot] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)
    stays: dict[str, list[int]] = field(default_factory=dict)
    more: bool = False

    def __bool__(self) -> bool:
        return bool(self.spots or self.seals)

    def runs(self) -> Iterator[tuple[str, int, int]]:
        """Stream, first and last number of each run of records in which no content is left."""
        told = sorted({(spot.stream, spot.n) for spot in self.spots if not spot.loose})
        for stream, group in groupby(told, key=lambda place: place[0]):
            yield from _runs(stream, [n for _, n in group], sorted(self.stays.get(stream, ())))

    def note(self, trail: Path) -> None:
        """Write down what is through."""
        replace(trail / _FILE, json.dumps(self.through).encode())


def _runs(stream: str, goes: Sequence[int], stays: Sequence[int]) -> Iterator[tuple[str, int, int]]:
    first = last = goes[0]
    for n in goes[1:]:
        if bisect_left(stays, n) > bisect_left(stays, last):
            yield stream, first, last
            first = n
        last = n
    yield stream, first, last


def due(trail: Path, before: int, keys: Keys = OURS) -> Due:
    """What is older than `before`, in wall-clock ns, and not held. Raises `Locked`, `BadHolds`."""
    found, holds = Due(_noted(trail)), Holds(trail)
    look = _Look(found, holds, before, keys)
    found.more = not all(look.stream(stream) for stream in stream_folders(trail))
    seals = Seals(trail)
    found.seals = [seal for seal in seals if seals.used_ns(seal) < before and not holds.of(seal.about)]
    return found


class _Look:
    """Looks through all segments that may hold something old."""

    def __init__(self, found: Due, holds: Holds, before: int, keys: Keys) -> None:
        self._found = found
        self._holds = holds
        self._before = before
        self._keys = keys
        self._through = True

    def stream(self, stream: Path) -> bool:
        """Whether there is room to look at another one."""
        live = not writer_is_dead(stream)
        files = segment_files(stream)
        self._through = True
        for path in files:
            if len(self._found.spots) >= MOST:
                return False
            if int(path.stem) > self._found.through.get(stream.name, -1) and _created(path) < self._before:
                self._segment(path, final=not (live and path == files[-1]))
        return True

    def _segment(self, path: Path, *, final: bool) -> None:
        self._found.spots += in_file(path, self._takes, keys=self._keys, final=final)
        self._through = self._through and final
        if self._through:
            self._found.through[path.parent.name] = int(path.stem)

    def _takes(self, envelope: Envelope) -> bool:
        """Whether a record's content is to go; if not, its segment is looked at again."""
        takes = int(envelope["t"]) < self._before and not self._holds.of(envelope)
        if not takes:
            self._through = False
            self._found.stays.setdefault(str(envelope["s"]), []).append(int(envelope["n"]))
        return takes


def _created(path: Path) -> int:
    """When a segment was begun; 0 where its header is damaged: then it is looked at."""
    try:
        with path.open("rb") as file:
            return Header.unpack(file.read(HEADER_SIZE)).created
    except (BadSegment, FileNotFoundError):
        return 0


def _noted(trail: Path) -> dict[str, int]:
    try:
        found: Mapping[str, int] = json.loads((trail / _FILE).read_bytes())
        return {str(name): int(number) for name, number in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
