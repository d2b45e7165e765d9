"""Metrics: counts and durations of Events (semconv 10). No content, and no dimension without a bound.

A dimension takes only the facts that the conventions list for it, and at most 200 values a process; beyond it is
`_OTHER`. Recorded on the line; a host's thread that walks the line itself may come at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from opentelemetry import metrics

from vedette import locks
from vedette.config import Settings
from vedette.event import Event, Fact
from vedette.guard import faults
from vedette.names import OLD_1_41, SCHEMA_URL
from vedette.signals import instruments
from vedette.signals.facts import OTHER, told
from vedette.signals.instruments import Instrument
from vedette.signals.measures import Facts, Measure, conventional, own
from vedette.signals.observed import Read, observe
from vedette.signals.scope import SCOPE, VERSION
from vedette.signals.tally import Tally

MOST = 200
"""Distinct values of one dimension."""


class Metrics:
    """Instruments of scope `vedette` from the global provider, or from `provider`; made when first used."""

    def __init__(self, settings: Settings, provider: metrics.MeterProvider | None = None) -> None:
        self._meter = metrics.get_meter(SCOPE, VERSION, provider, SCHEMA_URL)
        self._renamed = OLD_1_41 if settings.semconv == "1.41" else {}
        self._made: dict[str, Callable[..., None]] = {}
        self._seen: dict[str, set[Fact]] = {}
        self._tally = Tally()
        self._lock = locks.lock()
        self.observe("vedette.faults", faults)

    def observe(self, name: str, read: Read) -> None:
        """Let `read` answer for one of `observed.OBSERVED` whenever it is collected."""
        observe(self._meter, name, read)

    def record(self, event: Event) -> None:
        """Measure one Event. What the owner of an adopted span measures under the same name is left to it."""
        facts = told(event)
        owned = _owned(str(facts.get("vedette.adopted", "")))
        with self._lock:
            for instrument, value, of in (*conventional(event, facts), *self._calls(event, facts), *own(event)):
                name = self._renamed.get(instrument.name, instrument.name)
                if name not in owned:
                    self._put(name, instrument, value, of)

    def _calls(self, event: Event, facts: Facts) -> Iterator[Measure]:
        counts = self._tally.see(event)
        if counts is not None:
            yield from ((instrument, counts[kind], facts) for kind, instrument in instruments.CALLS.items())

    def _put(self, name: str, instrument: Instrument, value: float, facts: Facts) -> None:
        dimensions = {each: self._bounded(each, facts[each]) for each in instrument.dimensions if each in facts}
        if name != instrument.name and instrument.token_type:
            dimensions["gen_ai.token.type"] = instrument.token_type
        put = self._made.get(name)
        if put is None:
            put = self._made[name] = self._make(name, instrument)
        put(value, dimensions)

    def _bounded(self, dimension: str, value: Fact) -> Fact:
        seen = self._seen.setdefault(dimension, set())
        if value not in seen:
            if len(seen) >= MOST:
                return OTHER
            seen.add(value)
        return value

    def _make(self, name: str, instrument: Instrument) -> Callable[..., None]:
        if not instrument.buckets:
            return self._meter.create_counter(name, instrument.unit).add
        return self._meter.create_histogram(
            name, instrument.unit, explicit_bucket_boundaries_advisory=instrument.buckets
        ).record


def _owned(scope: str) -> frozenset[str]:
    return next((names for prefix, names in instruments.OWNED.items() if scope.startswith(prefix)), frozenset())
