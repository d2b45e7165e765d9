"""What one Event measures: pure, from its facts to instruments and values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vedette.event import Event, Kind
from vedette.signals import instruments
from vedette.signals.facts import OTHER, typed
from vedette.signals.instruments import Instrument
from vedette.signals.naming import MEMORY, serves_mcp
from vedette.signals.series import Facts, Group

_VERSION = re.compile(r"[\d.]+\Z")
_AGENT: Mapping[str, Group] = {"invoke_agent": instruments.AGENT, "invoke_workflow": instruments.WORKFLOW}


def _of_modality(fact: str, modality: str) -> str:
    """`gen_ai.usage.input_tokens` -> `gen_ai.usage.audio.input_tokens`."""
    return fact.replace("gen_ai.usage.", f"gen_ai.usage.{modality}.")


_TOKENS = tuple(each.fact for each in instruments.USAGE)
_MODAL = {modality: tuple(_of_modality(fact, modality) for fact in _TOKENS) for modality in ("text", "image", "audio")}
_BY_MODALITY = frozenset(fact for facts in _MODAL.values() for fact in facts)


def group_of(event: Event, facts: Facts) -> Group:
    """The instruments of the conventions that this operation is measured by."""
    operation = facts.get("gen_ai.operation.name")
    if "mcp.method.name" in facts:
        served = serves_mcp(str(facts.get("vedette.source", "")))
        return instruments.MCP_SERVER if served else instruments.MCP_CLIENT
    if event.kind is Kind.INFERENCE:
        return instruments.CLIENT if operation in ("embeddings", "fetch_response") else instruments.INFERENCE
    if event.kind is Kind.AGENT:
        return _AGENT.get(str(operation), ())
    return instruments.CLIENT if operation in MEMORY else instruments.BY_KIND.get(event.kind, ())


def value_of(instrument: Instrument, event: Event, facts: Facts) -> float | None:
    """What `instrument` measures of it; None = the operation says nothing of that, or redaction took it out."""
    if not instrument.fact:
        return event.duration_ns / 1e9 if instrument.unit == "s" else 1
    value = typed(instrument.fact, facts.get(instrument.fact, ""))
    return value if isinstance(value, int | float) else None


def known_program(facts: Facts) -> Facts:
    """A program by its well-known name, without a version: `python3.13` is `python`."""
    program = facts.get("process.executable.name")
    if program is None:
        return facts
    name = _VERSION.sub("", str(program))
    return {**facts, "process.executable.name": name if name in instruments.EXECUTABLES else OTHER}


def usage(facts: Facts) -> Iterator[tuple[str, dict[str, int | None]]]:
    """Tokens by modality and by fact of `instruments.USAGE`; what no modality accounts for is `unknown`; None = none.

    A call that failed before it told any has used 0 of the first two.
    """
    totals = [int(facts.get(each, 0)) for each in _TOKENS]
    rest = totals
    if not facts.keys().isdisjoint(_BY_MODALITY):
        for modality, names in _MODAL.items():
            counts = [int(facts.get(name, 0)) for name in names]
            rest = [left - count for left, count in zip(rest, counts, strict=True)]
            yield modality, {fact: count or None for fact, count in zip(_TOKENS, counts, strict=True)}
    yield "unknown", {fact: _unknown(place, rest[place], totals[place]) for place, fact in enumerate(_TOKENS)}


def _unknown(place: int, left: int, total: int) -> int | None:
    return left if left > 0 or (place < 2 and left == total == 0) else None
