"""Metrics: counts and durations of Events (semconv 10). No content, and no dimension without a bound.

Recorded on the line; a host's thread that walks the line itself may come at the same time. Counters are told when a
reader collects, for it asks our observable ones first; and nothing is measured while nobody would collect it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

from opentelemetry import metrics

from vedette import locks
from vedette.config import Settings
from vedette.event import Event, Kind
from vedette.guard import faults
from vedette.names import OLD_1_41, SCHEMA_URL
from vedette.signals import instruments
from vedette.signals.audience import is_collected
from vedette.signals.facts import told
from vedette.signals.ledger import Ledger, pay
from vedette.signals.measures import group_of, known_program, usage, value_of
from vedette.signals.observed import Read, observe
from vedette.signals.scope import SCOPE, VERSION
from vedette.signals.series import Binder, Facts
from vedette.signals.tally import Tally

MOST_OWED = 1024
"""Events after which counters are told although nobody has collected: a provider need not be the SDK's."""

_EVENTS, _REDACTIONS, _LINE = (instruments.EVENTS,), (instruments.REDACTIONS,), (instruments.LINE,)


class Metrics:
    """Instruments of scope `vedette` from the global provider, or from `provider`; made when first used."""

    def __init__(self, settings: Settings, provider: metrics.MeterProvider | None = None) -> None:
        self._provider = provider
        self._meter = metrics.get_meter(SCOPE, VERSION, provider, SCHEMA_URL)
        self._binder = Binder(self._meter, OLD_1_41 if settings.semconv == "1.41" else {})
        self._ledger = Ledger()
        self._untold = 0
        self._tally = Tally()
        self._lock = locks.lock()
        self.observe("vedette.faults", self._faults)

    def observe(self, name: str, read: Read) -> None:
        """Let `read` answer for one of `observed.OBSERVED` whenever it is collected."""
        observe(self._meter, name, read)

    def record(self, event: Event) -> None:
        """Measure one Event. What the owner of an adopted span measures under the same name is left to it."""
        facts = told(event)
        with self._lock:
            calls = self._tally.see(event)
            if not is_collected(self._provider):
                return
            self._measure(event, facts)
            self._count(event)
            if calls is not None:
                self._count_calls(calls, facts)
            due = self._ledger.due()
            self._untold += 1
        pay(due)
        if self._untold >= MOST_OWED:
            self.settle()

    def settle(self) -> None:
        """Tell the counters what they are owed; outside the lock, for a provider may hold one of its own."""
        with self._lock:
            owed = self._ledger.owed()
            self._untold = 0
        pay(owed)

    def _faults(self) -> Mapping[str, float]:
        """Asked by every reader before it collects."""
        self.settle()
        return faults()

    def _measure(self, event: Event, facts: Facts) -> None:
        """The durations, sizes and tokens of one operation."""
        group = group_of(event, facts)
        for series in self._binder.series(group, known_program(facts)):
            self._ledger.enter(series, value_of(series.instrument, event, facts))
        if group is instruments.INFERENCE:
            for modality, counts in usage(facts):
                for series in self._binder.series(instruments.USAGE, {**facts, "gen_ai.token.modality": modality}):
                    self._ledger.enter(series, counts[series.instrument.fact])

    def _count(self, event: Event) -> None:
        """What we count of every Event: that it was, what was taken out of it, and how late it came here."""
        series, enter = self._binder.series, self._ledger.enter_all
        enter(series(_EVENTS, {"vedette.kind": event.kind.value, "vedette.outcome": event.result.value}), 1)
        if event.labels:
            for kind, count in Counter(label.kind for label in event.labels).items():
                enter(series(_REDACTIONS, {"vedette.label.kind": kind}), count)
        if event.begin_ns:
            late = time.time_ns() - event.begin_ns - event.duration_ns
            enter(series(_LINE, {}), max(late, 0) / 1e9)

    def _count_calls(self, calls: Counter[Kind], facts: Facts) -> None:
        for kind, instrument in instruments.CALLS.items():
            self._ledger.enter_all(self._binder.series((instrument,), facts), calls[kind])
