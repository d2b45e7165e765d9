"""What one Event measures: pure, from its facts to instruments and values."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping

from vedette.event import Event, Fact, Kind
from vedette.signals import instruments
from vedette.signals.facts import OTHER, typed
from vedette.signals.instruments import Instrument
from vedette.signals.naming import MEMORY, serves_mcp

Facts = Mapping[str, Fact]
Measure = tuple[Instrument, float, Facts]
"""An instrument, its value, and the facts that its dimensions are taken from."""

_VERSION = re.compile(r"[\d.]+\Z")
_MODALITIES = ("text", "image", "audio")


def conventional(event: Event, facts: Facts) -> Iterator[Measure]:
    """The durations, sizes and tokens of one operation."""
    found = _instruments(event, facts)
    for instrument in found:
        value = _value(instrument, event, facts)
        if value is not None:
            yield instrument, value, _known_program(facts)
    if found is instruments.INFERENCE:
        yield from _usage(facts)


def own(event: Event) -> Iterator[Measure]:
    """What we count of every Event: that it was, what was taken out of it, and how late it came here."""
    yield instruments.EVENTS, 1, {"vedette.kind": event.kind.value, "vedette.outcome": event.result.value}
    for kind, count in Counter(label.kind for label in event.labels).items():
        yield instruments.REDACTIONS, count, {"vedette.label.kind": kind}
    if event.begin_ns:
        late = time.time_ns() - event.begin_ns - event.duration_ns
        yield instruments.LINE, max(late, 0) / 1e9, {}


def _instruments(event: Event, facts: Facts) -> tuple[Instrument, ...]:
    operation = facts.get("gen_ai.operation.name")
    if "mcp.method.name" in facts:
        served = serves_mcp(str(facts.get("vedette.source", "")))
        return instruments.MCP_SERVER if served else instruments.MCP_CLIENT
    if event.kind is Kind.INFERENCE:
        return instruments.CLIENT if operation in ("embeddings", "fetch_response") else instruments.INFERENCE
    if event.kind is Kind.AGENT:
        return {"invoke_agent": instruments.AGENT, "invoke_workflow": instruments.WORKFLOW}.get(str(operation), ())
    return instruments.CLIENT if operation in MEMORY else instruments.BY_KIND.get(event.kind, ())


def _value(instrument: Instrument, event: Event, facts: Facts) -> float | None:
    if not instrument.fact:
        return event.duration_ns / 1e9 if instrument.unit == "s" else 1
    value = typed(instrument.fact, facts.get(instrument.fact, ""))
    return value if isinstance(value, int | float) else None


def _known_program(facts: Facts) -> Facts:
    """A program by its well-known name, without a version: `python3.13` is `python`."""
    program = facts.get("process.executable.name")
    if program is None:
        return facts
    name = _VERSION.sub("", str(program))
    return {**facts, "process.executable.name": name if name in instruments.EXECUTABLES else OTHER}


def _usage(facts: Facts) -> Iterator[Measure]:
    """Tokens by modality, what no modality accounts for as `unknown`; 0 for a call that failed before it told any."""
    for instrument in instruments.USAGE:
        parts = {each: int(facts.get(_of_modality(instrument.fact, each), 0)) for each in _MODALITIES}
        parts["unknown"] = max(int(facts.get(instrument.fact, 0)) - sum(parts.values()), 0)
        counted = {modality: count for modality, count in parts.items() if count}
        if not counted and instrument in instruments.USAGE[:2]:
            counted = {"unknown": 0}
        for modality, count in counted.items():
            yield instrument, count, {**facts, "gen_ai.token.modality": modality}


def _of_modality(fact: str, modality: str) -> str:
    """`gen_ai.usage.input_tokens` -> `gen_ai.usage.audio.input_tokens`."""
    return fact.replace("gen_ai.usage.", f"gen_ai.usage.{modality}.")
