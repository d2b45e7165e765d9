"""The rules of time that Loki has for each stream, as a collector that refuses what breaks them (trail.md 10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vedette.trail.shipping.answer import Answer
from vedette.trail.shipping.item import Item

HOUR = 3600 * 10**9
AHEAD = 600 * 10**9
OLDEST = 7 * 24 * HOUR


@dataclass
class Loki:
    """Takes items as the shipper sends them, all or nothing. `refused` says why.

    `now` is the backend's own, true clock in ns; `host` that of the host, which the answer's date can be compared with.
    """

    now: Callable[[], int]
    host: Callable[[], int]
    bodies: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    away: bool = False
    _newest: dict[str, int] = field(default_factory=dict)

    def send(self, items: Sequence[Item]) -> Answer:
        if self.away:
            return Answer("503")
        skew = (self.now() - self.host()) / 10**9
        newest = dict(self._newest)
        bad = [why for item in items if (why := self._refusal(item, newest))]
        self.refused += bad
        if bad:
            return Answer("400", skew=skew)
        self._newest = newest
        self.bodies += [item.body for item in items]
        return Answer("200", skew=skew)

    def _refusal(self, item: Item, seen: dict[str, int]) -> str:
        now, stream = self.now(), str(item.attributes.get("vedette.stream.id"))
        newest = seen.get(stream, 0)
        if item.time_ns > now + AHEAD:
            return "ahead"
        if item.time_ns < now - OLDEST:
            return "too old"
        if item.time_ns < newest - HOUR:
            return "an hour behind the newest"
        if item.time_ns == newest:
            return "equal stamps: order is lost"
        seen[stream] = max(newest, item.time_ns)
        return ""
