"""The keeper: holds `keeper.lock`, writes what it sees of all streams into the host log, seals what the dead left.

Guarantee: what a stream had signed ten seconds ago stands in the host log, or nobody keeps it and `vedette status` says
so. Best a process of its own under another user (`vedette keeper`), which then alone holds the host key; otherwise a
thread of whichever process took the lock. Nothing here is on the host's path.
Sad path: a disk that is full is tried again each round; nothing that was sealed is lost.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from vedette.guard import guard
from vedette.trail.files.identity import Identity
from vedette.trail.files.lock import taken
from vedette.trail.files.rest import Locked
from vedette.trail.format.spool import stream_folders
from vedette.trail.hosting.anchoring import Anchoring
from vedette.trail.hosting.hostlog import HostLog
from vedette.trail.hosting.met import Met, met
from vedette.trail.hosting.watch import Watch

EVERY = 10.0
"""Seconds between two heads of one stream at least; its first one comes at once, for it may certify its birth."""
QUIET = 60.0
NOTED = 900.0
"""Seconds between two times that what was met is written down."""


class Keeping:
    """The keeper of one trail, or one who waits to be. Not thread-safe.

    `host_log` is the folder of the host log; `who.host` is the key that signs it.
    """

    def __init__(self, trail: Path, host_log: Path, who: Identity, anchoring: Anchoring) -> None:
        self._trail = trail
        self._folder = host_log
        self._who = who
        self._anchoring = anchoring
        self._lock: int | None = None
        self._log: HostLog | None = None
        self._watches: dict[Path, Watch] = {}
        self._due: dict[Path, float] = {}
        self._met = Met()
        self._noted = time.monotonic()

    @property
    def keeps(self) -> bool:
        """Whether this is the keeper."""
        return self._log is not None

    def round(self) -> None:
        """Look at all streams once: write down what is new, seal it, show it to the anchors. `OSError` as it comes."""
        log = self._opened()
        if log is None:
            return
        news = self._look(log)
        if log.idle >= QUIET:
            log.heartbeat(len(self._watches))
            news = True
        if news:
            log.seal()
        if time.monotonic() - self._noted > NOTED:
            self._noted = time.monotonic()
            self._note_down()
        if not self._anchoring.due():
            self._anchor(log)

    def _anchor(self, log: HostLog) -> None:
        with guard("keeper.anchor"):
            if self._anchoring.show(log, log.grown()):
                log.seal()

    def _opened(self) -> HostLog | None:
        """The host log, once the lock is ours; None while another keeps it, or where the key is not here."""
        if self._log is None and self._who.host is not None:
            self._lock = taken(self._trail / "keeper.lock")
            if self._lock is not None:
                try:
                    self._log = HostLog(self._folder, self._who.trail_id, self._who.host)
                    self._remember()
                finally:
                    if self._log is None:
                        self._release()
        return self._log

    def _remember(self) -> None:
        """What earlier keepers wrote down: which streams have ended, and which were met."""
        self._met = met(self._folder)
        for folder in stream_folders(self._trail):
            ordinal = int(folder.name)
            if ordinal in self._met.heads.keys() - self._met.done:
                self._watches[folder] = Watch(folder, self._met.heads[ordinal])

    def _note_down(self) -> None:
        """What was met, so that the next keeper need not read the whole log."""
        with guard("keeper.met"), suppress(OSError):
            self._met.save(self._folder, (int(folder.name) for folder in stream_folders(self._trail)))

    def _look(self, log: HostLog) -> bool:
        news = False
        now = time.monotonic()
        for folder in stream_folders(self._trail):
            if int(folder.name) not in self._met.done and self._due.get(folder, 0.0) <= now:
                with (
                    guard("keeper.look"),
                    suppress(Locked),
                ):  # encrypted, and not for us: its own process vouches for it
                    watch = self._watches.get(folder) or Watch(folder)
                    news |= self._watch(log, watch)
                    if watch.stream:
                        self._watches[folder], self._due[folder] = watch, now + EVERY
        return news

    def _watch(self, log: HostLog, watch: Watch) -> bool:
        """Its death is asked first: a stream that is dead by then does not change any more."""
        dead = watch.dead
        heads = watch.news()
        for head in heads:
            log.head(head)
            self._met.heads[head.ordinal] = head.index
        if dead and watch.stream and not watch.closed:
            log.recovered(watch.remains())
        if watch.closed or (dead and watch.stream):
            self._met.done.add(watch.ordinal)
            self._watches.pop(watch.folder, None)
            self._due.pop(watch.folder, None)
        return bool(heads) or dead

    def stop(self) -> None:
        """A last look, and let go: another may keep the log at once."""
        self._due.clear()
        try:
            with suppress(OSError):
                self.round()
            if self._log is not None:
                self._log.close()
                self._note_down()
        finally:
            self._log = None
            self._release()

    def abandon(self) -> None:
        """In a forked child: the log and the lock are the parent's."""
        if self._log is not None:
            self._log.abandon()
            self._log = None
        self._release()

    def _release(self) -> None:
        descriptor, self._lock = self._lock, None
        if descriptor is not None:
            os.close(descriptor)
