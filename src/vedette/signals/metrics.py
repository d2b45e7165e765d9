"""Metrics: counts and durations of Events (semconv 10). No content, and no dimension without a bound.

A dimension takes only the facts that the conventions list for it, and at most 200 values a process; beyond it is
`_OTHER`. Recorded on the line; a host's thread that walks the line itself may come at the same time.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from opentelemetry import metrics

from vedette.config import Settings
from vedette.event import Event, Fact, Kind
from vedette.guard import faults
from vedette.names import OLD_1_41, SCHEMA_URL
from vedette.signals import instruments
from vedette.signals.facts import OTHER, told
from vedette.signals.instruments import Instrument
from vedette.signals.naming import MEMORY, serves_mcp
from vedette.signals.observed import Read, observe
from vedette.signals.scope import SCOPE, VERSION
from vedette.signals.tally import Tally

MOST = 200
_VERSIONED = re.compile(r"[\d.]+\Z")
_MODALITIES = ("text", "image", "audio")

Facts = Mapping[str, Fact]
Measure = tuple[Instrument, float, Facts]
"""An instrument, its value, and the facts that its dimensions are taken from."""


class Metrics:
    """Instruments of scope `vedette` from the global provider, or from `provider`; made when first used."""

    def __init__(self, settings: Settings, provider: metrics.MeterProvider | None = None) -> None:
        self._meter = metrics.get_meter(SCOPE, VERSION, provider, SCHEMA_URL)
        self._renamed = OLD_1_41 if settings.semconv == "1.41" else {}
        self._made: dict[str, Callable[..., None]] = {}
        self._seen: dict[str, set[Fact]] = {}
        self._tally = Tally()
        self._lock = threading.Lock()
        self.observe("vedette.faults", faults)

    def observe(self, name: str, read: Read) -> None:
        """Let `read` answer for one of `observed.OBSERVED` whenever it is collected."""
        observe(self._meter, name, read)

    def record(self, event: Event) -> None:
        """Count one Event, measure what it measures. What an adopted span's owner measures itself is left to it."""
        facts = told(event)
        owned = _owned(str(facts.get("vedette.adopted", "")))
        with self._lock:
            for instrument, value, of in (*_conventional(event, facts), *self._calls(event, facts), *_own(event)):
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


def _of(event: Event, facts: Facts) -> tuple[Instrument, ...]:
    """The instruments of the conventions, and our own of the same sort, that one Event speaks to."""
    operation = facts.get("gen_ai.operation.name")
    if "mcp.method.name" in facts:
        served = serves_mcp(str(facts.get("vedette.source", "")))
        return instruments.MCP_SERVER if served else instruments.MCP_CLIENT
    if event.kind is Kind.INFERENCE:
        return instruments.CLIENT if operation in ("embeddings", "fetch_response") else instruments.INFERENCE
    if event.kind is Kind.AGENT:
        return {"invoke_agent": instruments.AGENT, "invoke_workflow": instruments.WORKFLOW}.get(str(operation), ())
    return instruments.CLIENT if operation in MEMORY else instruments.BY_KIND.get(event.kind, ())


def _conventional(event: Event, facts: Facts) -> Iterator[Measure]:
    found = _of(event, facts)
    for instrument in found:
        value = _value(instrument, event, facts)
        if value is not None:
            yield instrument, value, _named(facts)
    if found is instruments.INFERENCE:
        yield from _usage(facts)


def _value(instrument: Instrument, event: Event, facts: Facts) -> float | None:
    if instrument.fact:
        value: Any = facts.get(instrument.fact)
        return value if value is None or instrument.unit != "s" else float(value)
    return event.duration_ns / 1e9 if instrument.unit == "s" else 1


def _named(facts: Facts) -> Facts:
    """A program by its well-known name, without a version: `python3.13` is `python`."""
    program = facts.get("process.executable.name")
    if program is None:
        return facts
    name = _VERSIONED.sub("", str(program))
    return {**facts, "process.executable.name": name if name in instruments.EXECUTABLES else OTHER}


def _usage(facts: Facts) -> Iterator[Measure]:
    """Tokens by modality, what no modality accounts for as `unknown`; 0 for a call that failed before it told any."""
    for instrument in instruments.USAGE:
        total = int(facts.get(instrument.fact, 0))
        parts = {each: int(facts.get(_of_modality(instrument.fact, each), 0)) for each in _MODALITIES}
        parts["unknown"] = max(total - sum(parts.values()), 0)
        required = instrument in instruments.USAGE[:2] and not any(parts.values())
        for modality, count in parts.items():
            if count or (required and modality == "unknown"):
                yield instrument, count, {**facts, "gen_ai.token.modality": modality}


def _of_modality(fact: str, modality: str) -> str:
    """`gen_ai.usage.input_tokens` -> `gen_ai.usage.audio.input_tokens`."""
    return fact.replace("gen_ai.usage.", f"gen_ai.usage.{modality}.")


def _own(event: Event) -> Iterator[Measure]:
    yield instruments.EVENTS, 1, {"vedette.kind": event.kind.value, "vedette.outcome": event.result.value}
    if event.kind is Kind.FINDING:  # its labels are those of its evidence, and it took no time
        return
    for kind, count in Counter(label.kind for label in event.labels).items():
        yield instruments.REDACTIONS, count, {"vedette.label.kind": kind}
    if event.begin_ns:
        late = time.time_ns() - event.begin_ns - event.duration_ns
        yield instruments.LINE, max(late, 0) / 1e9, {}
