"""Carries one batch and does what its answer asks for (`answer.py` has the table).

Parking everything would be loss in disguise: after eight refused records in a row, all with one status, a fresh record
is sent. If that one is taken, the eight were bad; if not, the collector is set up wrongly and nothing more is parked.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vedette.guard import guard
from vedette.trail.format.spool import stream_folders
from vedette.trail.shipping.answer import NO_CLIENT, THROTTLED, WORDS, Action, Answer
from vedette.trail.shipping.backlog import Backlog
from vedette.trail.shipping.batch import MOST
from vedette.trail.shipping.item import Project
from vedette.trail.shipping.send import Send
from vedette.trail.shipping.ways import THREAD

TRIES = 5
PARKS = 8
GROW = 32

logger = logging.getLogger("vedette")


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that the collector refused for good; it lies in `rejected/` of its stream. `uid` is `<stream>-<n>`."""

    uid: str
    status: str


class Carrier:
    """One step at a time. Not thread-safe. `counts`: accepted, retried, parked, doubtful log records.

    `fresh` as in `Ways`.
    """

    def __init__(
        self,
        trail: Path,
        send: Send,
        project: Project,
        parked: Callable[[Parked], None],
        fresh: Callable[[], str | None] = THREAD.fresh,
    ) -> None:
        self._fresh = fresh
        self._trail = trail
        self._send = send
        self._project = project
        self._parked = parked
        self._row: Counter[str] = Counter()
        self._said = ""
        self.counts: Counter[str] = Counter()
        self._do = {
            Action.ACCEPT: self._accept,
            Action.BISECT: self._bisect,
            Action.RETRY: self._retry,
            Action.FEW: self._few,
            Action.CONFIGURATION: self._configuration,
        }

    def carry(self, backlog: Backlog) -> bool:
        """Send the next batch of `backlog` and settle it; False if nothing waits."""
        batch = backlog.next_batch()
        if not batch:
            return False
        answer = self._send(batch)
        if backlog.redate(answer):
            return True
        self._do[answer.action](backlog, answer)
        return True

    def _accept(self, backlog: Backlog, answer: Answer) -> None:
        count = len(backlog.next_batch())
        self.counts["accepted"] += count
        self.counts["doubtful"] += count * answer.doubtful
        backlog.settle()
        backlog.limit = min(backlog.limit + GROW, MOST)
        self._row.clear()
        if self._said:
            logger.warning("vedette: the collector takes the trail again")
            self._said = ""

    def _bisect(self, backlog: Backlog, answer: Answer) -> None:
        if len(backlog.next_batch()) > 1:
            backlog.halve()
        elif self._row[answer.status] < PARKS or self._fresh_is_taken():
            self._park(backlog, answer)
        else:
            self._configuration(backlog, answer)

    def _park(self, backlog: Backlog, answer: Answer) -> None:
        self._row = Counter({answer.status: self._row[answer.status] + 1})
        self.counts["parked"] += 1
        item = backlog.park(answer)
        with guard("ship.parked"):
            self._parked(Parked(item.uid, answer.status))

    def _fresh_is_taken(self) -> bool:
        """Send a fresh heartbeat out of turn, or the newest record where no stream is ours: duplicates collapse."""
        own = self._fresh()
        folder = self._trail / "streams" / own if own else stream_folders(self._trail)[-1]
        items = Backlog(folder, self._project, dead=False).probe()
        taken = bool(items) and self._send(items).action is Action.ACCEPT
        if taken:
            self._row.clear()
        return taken

    def _retry(self, backlog: Backlog, answer: Answer) -> None:
        if answer.status in THROTTLED:
            backlog.limit = max(backlog.limit // 2, 1)
            if len(backlog.next_batch()) > backlog.limit:
                backlog.halve()
        self.counts["retried"] += len(backlog.next_batch())
        backlog.later(Action.RETRY, answer)
        self._say(answer, "it is tried again")

    def _few(self, backlog: Backlog, answer: Answer) -> None:
        self.counts["retried"] += len(backlog.next_batch())
        if backlog.later(Action.RETRY, answer) >= TRIES:
            self._bisect(backlog, answer)

    def _configuration(self, backlog: Backlog, answer: Answer) -> None:
        backlog.later(Action.CONFIGURATION, answer)
        ours = f" ({answer.message})" if answer.status == NO_CLIENT else ""
        self._say(answer, f"check endpoint, headers and protocol{ours}")

    def _say(self, answer: Answer, what: str) -> None:
        """Once for each new status; never the collector's own words, which may quote what it was sent."""
        if answer.status != self._said:
            self._said = answer.status
            told = WORDS.get(answer.status, f"answered {answer.status}")
            logger.warning("vedette: the collector %s: %s; records wait on disk", told, what)
