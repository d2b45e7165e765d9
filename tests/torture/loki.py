"""The rules of time that Loki has for each stream, as a collector that refuses what breaks them (trail.md 10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vedette.trail.answer import Answer
from vedette.trail.item import Item

HOUR = 3600 * 10**9
AHEAD = 600 * 10**9
OLDEST = 7 * 24 * HOUR


@dataclass
class Loki:
    """Takes items as the shipper sends them. `now` is the backend's own, true clock in ns; `refused` says why."""

    now: Callable[[], int]
    bodies: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    away: bool = False
    _newest: dict[str, int] = field(default_factory=dict)

    def send(self, items: Sequence[Item]) -> Answer:
        if self.away:
            return Answer("503")
        bad = [why for item in items if (why := self._refusal(item))]
        self.refused += bad
        return Answer("400") if bad else Answer("200")

    def _refusal(self, item: Item) -> str:
        now, stream = self.now(), str(item.attributes.get("vedette.stream.id"))
        newest = self._newest.get(stream, 0)
        if item.time_ns > now + AHEAD:
            return "ahead"
        if item.time_ns < now - OLDEST:
            return "too old"
        if item.time_ns < newest - HOUR:
            return "an hour behind the newest"
        if item.time_ns == newest:
            return "equal stamps: order is lost"
        self._newest[stream] = max(newest, item.time_ns)
        self.bodies.append(item.body)
        return ""
