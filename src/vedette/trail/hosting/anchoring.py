"""Shows the host log to its anchors as it grows, keeps what they answer, and remembers it for the streams.

An anchor that is away is asked again, less and less often, and never keeps anybody waiting: records go on, and `verify`
says `anchor-stale`. One that has seen another history is told of in the log itself, as a finding.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vedette.event import Event, Fact, Kind
from vedette.guard import guard
from vedette.trail.hosting.anchored import Newest, State, remember, state
from vedette.trail.hosting.anchors import anchor
from vedette.trail.hosting.anchors.anchor import Anchor, Failed, Forked, Statement
from vedette.trail.hosting.growth import Growth
from vedette.trail.hosting.hostlog import HostLog

LONGEST = 600.0
"""Seconds after which an anchor that is away is asked again, at most."""


@dataclass(slots=True)
class _Turn:
    """One anchor: when it is asked next, and why the last try failed."""

    anchor: Anchor
    due: float = 0.0
    failures: int = 0
    reason: str = ""
    seen: int = 0


class Anchoring:
    """The anchors of one host log. Not thread-safe. Raises `BadAnchor` for an entry that names none."""

    def __init__(self, entries: Sequence[str], period: float) -> None:
        self._turns = [_Turn(anchor(each)) for each in entries]
        self._period = period
        self._newest: Newest | None = None

    def due(self) -> float:
        """Seconds until an anchor may be asked."""
        return max(min((each.due for each in self._turns), default=float("inf")) - time.monotonic(), 0.0)

    def show(self, log: HostLog, growth: Growth) -> bool:
        """Ask those whose time has come for a log that grew; whether one answered. Call `seal` afterwards."""
        asked = [turn for turn in self._turns if turn.due <= time.monotonic() and turn.seen < growth.size]
        answered = [turn for turn in asked if self._ask(turn, log, growth)]
        for turn in answered:
            turn.seen = log.size  # what they answered stands in the log, and is no news
        if asked:
            with guard("anchors.state"):
                self._remember(log.folder)
        return bool(answered)

    def _ask(self, turn: _Turn, log: HostLog, growth: Growth) -> bool:
        turn.due = time.monotonic() + self._period
        try:
            statement = turn.anchor.attest(growth)
        except Failed as error:
            self._failed(turn, error, log)
            return False
        self._keep(turn, statement, log, growth)
        return True

    def _failed(self, turn: _Turn, error: Failed, log: HostLog) -> None:
        turn.failures += 1
        turn.due = time.monotonic() + min(self._period * 2 ** min(turn.failures, 16), max(LONGEST, self._period))
        if isinstance(error, Forked) and turn.reason != str(error):
            log.append(_fork(turn.anchor, str(error)))
        turn.reason = str(error)

    def _keep(self, turn: _Turn, statement: Statement, log: HostLog, growth: Growth) -> None:
        turn.failures, turn.reason = 0, ""
        facts: dict[str, Fact] = {
            "vedette.anchor.kind": statement.kind,
            "vedette.anchor.name": statement.name,
            "vedette.anchor.size": growth.size,
            "vedette.anchor.hash": statement.hash,
        }
        log.anchored(facts, statement.encoded())
        self._newest = Newest(statement.kind, statement.name, statement.hash, growth.size, time.time_ns())

    def _remember(self, folder: Path) -> None:
        newest = self._newest or state(folder).newest
        failing = {f"{each.anchor.kind}:{each.anchor.name}": each.reason for each in self._turns if each.reason}
        remember(folder, State(newest, failing))


def _fork(seen_by: Anchor, reason: str) -> Event:
    facts: dict[str, Fact] = {
        "security_rule.name": "fork-of-log",
        "security_rule.category": "audit",
        "security_rule.ruleset.name": "vedette",
        "vedette.finding.severity": "critical",
        "vedette.finding.action": "observed",
        "vedette.anchor.kind": seen_by.kind,
        "vedette.anchor.name": seen_by.name,
    }
    message = {"vedette.finding.message": f"{reason}: whoever holds the host key has shown two histories"}
    return Event(kind=Kind.FINDING, name="fork-of-log", begin_ns=time.time_ns(), facts=facts, content=message)
