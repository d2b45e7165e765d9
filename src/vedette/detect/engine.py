"""The rules' engine: every Event past every rule. A rule that fails is counted and stops no other."""

from __future__ import annotations

from collections.abc import Sequence

from vedette import locks
from vedette.detect.memory import Memory
from vedette.detect.rule import Rule
from vedette.detect.rules import RULES
from vedette.event import Event, Kind, Phase
from vedette.guard import guard

_UNSEEN = frozenset({Kind.FINDING, Kind.LIFECYCLE})


class Engine:
    """Used by the line's thread, and by host threads when they walk the line themselves."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self._rules = rules
        self._memory = Memory()
        self._lock = locks.lock()

    def see(self, event: Event) -> list[Event]:
        """The findings that `event` completes. Intents are skipped, their outcome comes; findings do not find."""
        if event.kind in _UNSEEN or event.phase is Phase.INTENT:
            return []
        found: list[Event] = []
        with self._lock:
            for rule in self._rules:
                with guard(f"detect.{rule.id}"):
                    found.extend(rule.see(event, self._memory))
        return found
