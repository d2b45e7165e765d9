"""Which streams this process ships: its own, and, while it is the keeper, those of dead writers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from vedette.guard import guard
from vedette.trail.files.keeper import HOST, Keeper, writer_is_dead
from vedette.trail.format.spool import HEADER_SIZE, segment_files
from vedette.trail.shipping import place as places
from vedette.trail.shipping.backlog import Backlog
from vedette.trail.shipping.item import Project
from vedette.trail.shipping.ways import Ways

ADOPT_EVERY = 10.0
LIVE_EVERY = 0.2
SAVE_EVERY = 1.0


class Streams:
    """The backlogs, the own one first. Changed by one thread at a time; reading is safe from any."""

    def __init__(
        self,
        folder: Path,
        project: Project,
        own: Callable[[], str | None],
        ways: Ways,
    ) -> None:
        self._folder = folder
        self._project = project
        self._own = own
        self._ways = ways
        self._keeper = Keeper(folder, live=ways.live)
        self._adopted: dict[Path, Backlog] = {}
        self._look_at = 0.0
        self.mine: Backlog | None = None

    def __iter__(self) -> Iterator[Backlog]:
        return iter([*([self.mine] if self.mine else []), *self._adopted.values()])

    @property
    def waiting(self) -> bool:
        return any(each.waiting for each in self)

    @property
    def away(self) -> bool:
        """Whether the own stream's next batch waits for another try: new records change nothing then."""
        return self.mine is not None and self.mine.retrying

    def look(self) -> None:
        """Find the own stream when it begins, and, every ten seconds, those whose writer has died."""
        with guard("ship.look"):
            self._find_mine()
        if time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + (LIVE_EVERY if self._ways.live else ADOPT_EVERY)
            with guard("ship.adopt"):
                self._adopt()

    def _find_mine(self) -> None:
        own = self._own()
        if own is None or (self.mine is not None and self.mine.folder.name == own):
            return
        folder = self._folder / "streams" / own
        if segment_files(folder):
            self.mine = Backlog(folder, self._project, dead=False, oldest=self._ways.oldest)

    def _adopt(self) -> None:
        mine = self.mine.folder if self.mine else None
        orphans = [folder for folder in self._keeper.orphans() if folder != mine]
        kept = {folder: each for folder, each in self._adopted.items() if folder in orphans}
        for folder in orphans:
            dead = folder.name != HOST and (not self._ways.live or writer_is_dead(folder))
            if folder in kept:
                kept[folder].dead = dead
                continue
            with guard("ship.adopt"):
                kept[folder] = Backlog(folder, self._project, dead=dead, oldest=self._ways.oldest)
                kept[folder].adopt()
        self._adopted = kept

    def rewind(self, folder: Path, segment: int, n: int) -> None:
        """Send a stream again from the beginning of a segment, by whoever ships it."""
        for backlog in self:
            if backlog.folder == folder:
                backlog.rewind(segment, n)
                backlog.save(now=True)
                return
        place = replace(places.load(folder), segment=segment, offset=HEADER_SIZE, n=n)
        places.save(folder, place)
        self._keeper.forget(folder)
        self._look_at = 0.0

    def hurry(self) -> None:
        """Look for orphans now, and try again what waits, unless the collector named a time."""
        self._look_at = 0.0
        for backlog in self:
            backlog.hurry()

    def idle_for(self) -> float:
        """Seconds until there may be something to do without a new record."""
        now = time.monotonic()
        dues = [each.due for each in self if each.retrying]
        if any(each.unsaved for each in self):
            dues.append(now + SAVE_EVERY)
        return max(min([self._look_at, *dues]) - now, 0.0)

    def save(self, *, now: bool = False) -> None:
        for backlog in self:
            with guard("ship.save"):
                backlog.save(now=now)

    def release(self) -> None:
        """Be the keeper no more."""
        self._keeper.release()
        self._adopted = {}
