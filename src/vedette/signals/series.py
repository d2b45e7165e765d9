"""Series: an instrument over one set of dimension values, made once, so that an Event costs no dictionary of its own.

A dimension takes only the facts that the conventions list for it, and at most 200 values a process; beyond it is
`_OTHER`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opentelemetry.metrics import Meter

from vedette.event import Fact
from vedette.signals import instruments
from vedette.signals.facts import OTHER
from vedette.signals.instruments import Instrument

Facts = Mapping[str, Fact]
Group = tuple[Instrument, ...]
Put = Callable[..., None]

MOST = 200
"""Distinct values of one dimension."""

MOST_BOUND = 2048
"""Sets of dimension values whose series are kept; past it they are made anew, as they are asked for."""


@dataclass(slots=True, eq=False)
class Series:
    """`put` is the instrument's `add` or `record`; `owed` what a counter has not been told yet, None = nothing."""

    instrument: Instrument
    put: Put
    dimensions: dict[str, Fact]
    owed: float | None = None


class Binder:
    """Makes series of one meter, and their instruments. `renamed` gives an instrument an older name."""

    def __init__(self, meter: Meter, renamed: Mapping[str, str]) -> None:
        self._meter = meter
        self._renamed = renamed
        self._made: dict[str, Put] = {}
        self._seen: dict[str, set[Fact]] = {}
        self._facts: dict[str, tuple[str, ...]] = {}
        self._bound: dict[tuple[Fact | None, ...], list[Series]] = {}

    def series(self, group: Group, facts: Facts) -> list[Series]:
        """Those of `group`, known by its first, over these facts; without what an adopted span's owner measures."""
        if not group:
            return []
        first = group[0].name
        names = self._facts.get(first)
        if names is None:
            dimensions = dict.fromkeys(name for each in group for name in each.dimensions)
            names = self._facts[first] = ("vedette.adopted", *dimensions)
        key = (first, *map(facts.get, names))
        found = self._bound.get(key)
        if found is None:
            if len(self._bound) >= MOST_BOUND:
                self._bound.clear()
            found = self._bound[key] = self._bind(group, facts)
        return found

    def _bind(self, group: Group, facts: Facts) -> list[Series]:
        owned = _owned(str(facts.get("vedette.adopted", "")))
        named = [(self._renamed.get(each.name, each.name), each) for each in group]
        return [self._one(name, each, facts) for name, each in named if name not in owned]

    def _one(self, name: str, instrument: Instrument, facts: Facts) -> Series:
        dimensions = {each: self._bounded(each, facts[each]) for each in instrument.dimensions if each in facts}
        if name != instrument.name and instrument.token_type:
            dimensions["gen_ai.token.type"] = instrument.token_type
        put = self._made.get(name)
        if put is None:
            put = self._made[name] = self._make(name, instrument)
        return Series(instrument, put, dimensions)

    def _bounded(self, dimension: str, value: Fact) -> Fact:
        seen = self._seen.setdefault(dimension, set())
        if value not in seen:
            if len(seen) >= MOST:
                return OTHER
            seen.add(value)
        return value

    def _make(self, name: str, instrument: Instrument) -> Put:
        if not instrument.buckets:
            return self._meter.create_counter(name, instrument.unit).add
        return self._meter.create_histogram(
            name, instrument.unit, explicit_bucket_boundaries_advisory=instrument.buckets
        ).record


def _owned(scope: str) -> frozenset[str]:
    return next((names for prefix, names in instruments.OWNED.items() if scope.startswith(prefix)), frozenset())
