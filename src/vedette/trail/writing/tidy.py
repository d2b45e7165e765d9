"""Keeps the trail below its cap as time passes: counts, says that it fills up, and lets old segments go.

Without a collector the trail is the archive, and only the cap makes the oldest segments go. With one, what it has
acknowledged stays for a day or a fifth of the cap, and goes earlier only when the trail is nearly full.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from vedette.event import Event
from vedette.trail.files.folder import Unavailable
from vedette.trail.writing import lifecycle, trim
from vedette.trail.writing.room import Level, Room

AT_ONCE, OFTEN, SELDOM = 0.05, 1.0, 60.0
CHEAP = 100
"""Counting takes a hundredth of the time at most."""

ENOUGH, CALM = 75, 70
"""Per cent of the cap: trimming stops at the one; below the other, filling up again is news."""

STAY = 24 * 3600.0
"""Seconds that an acknowledged segment stays; or until all of those take a fifth of the cap."""
SHARE = 5

logger = logging.getLogger("vedette")


class Tidy:
    """Runs on the syncer's thread. `tell` appends a record; `seal` puts it on disk under a checkpoint.

    `acknowledged` as in `trim.candidates`.
    """

    def __init__(
        self, folder: Path, acknowledged: str | None, tell: Callable[[Event], object], seal: Callable[[], object]
    ) -> None:
        self._folder = folder
        self._acknowledged = acknowledged
        self._append = tell
        self._seal = seal
        self._total = 0
        self._level = Level.FREE
        self._swept = time.monotonic()
        self._told = False

    def look(self, room: Room, total: int) -> None:
        """Count, if it is time, and do what the ladder asks for. `total` as in `Room`."""
        now = time.monotonic()
        swept = now - self._swept < SELDOM
        level = room.level(total)
        pause = AT_ONCE if level > self._level or level >= Level.TRIMMING else OFTEN
        if now - room.counted < max(pause, CHEAP * room.took):
            return
        if total == self._total and swept and level is Level.FREE:
            return
        room.count(total)
        self._total = total
        level = room.level(total)
        self._swept = self._swept if swept else now
        self._say(room, level, total)
        with suppress(Unavailable):  # not even the trim record can be written: nothing is deleted
            if level >= Level.TRIMMING:
                self._trim(room.used(total) - room.most * ENOUGH // 100, "cap")
                room.count(total)
            elif self._acknowledged and not swept:
                self._trim_acknowledged(room.most // SHARE)
                room.count(total)
        self._level = room.level(total)

    def _say(self, room: Room, level: Level, total: int) -> None:
        if room.used(total) * 100 < room.most * CALM:
            self._told = False
        elif level >= Level.FILLING and not self._told:
            self._told = True
            logger.warning("vedette: the trail takes %d %% of VEDETTE_TRAIL_MAX", room.used(total) * 100 // room.most)
            with suppress(Unavailable):  # too late: it is in the gap
                self._append(lifecycle.filling(room.used(total) * 100 // room.most, room.most))

    def _trim(self, need: int, reason: str) -> None:
        """Let the oldest go until `need` bytes came free, or nothing more may go."""
        with trim.alone(self._folder) as free:
            for path in trim.candidates(self._folder, self._acknowledged) if free else ():
                if need <= 0:
                    return
                if trim.has_records(path):  # not gone together with a later one
                    need -= trim.let_go(path, self._tell, self._reason(reason))

    def _trim_acknowledged(self, most: int) -> None:
        """Let go what is older than a day, and the oldest of what is more than `most` bytes."""
        with trim.alone(self._folder) as free:
            found = trim.candidates(self._folder, self._acknowledged) if free else []
            sizes = {path: path.stat() for path in found}
            more = sum(each.st_blocks * 512 for each in sizes.values()) - most
            for path, about in sizes.items():
                if (time.time() - about.st_mtime > STAY or more > 0) and trim.has_records(path):
                    more -= trim.let_go(path, self._tell, self._reason("age"))

    def _reason(self, why: str) -> str:
        """In the words of the format: nobody may think that a backend was asked when none was."""
        told = {None: "no collector", "acked": "acked, not reconciled"}
        return f"{why}: {told.get(self._acknowledged, 'reconciled')}"

    def _tell(self, event: Event) -> None:
        self._append(event)
        self._seal()
