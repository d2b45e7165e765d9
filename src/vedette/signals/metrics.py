"""Metrics: counts and durations of Events (semconv 10). No content, and no dimension without a bound.

A dimension takes only facts that the conventions list for it, and at most 200 values a process; beyond it is `_OTHER`.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opentelemetry import metrics

from vedette.config import Settings
from vedette.event import Event, Kind
from vedette.names import OLD_1_41, SCHEMA_URL

OTHER = "_OTHER"
MOST = 200

_D = tuple(0.01 * 2**step for step in range(14))
_A = tuple(0.1 * 2**step for step in range(13))
_T = tuple(float(4**step) for step in range(14))
_W = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0)
_N = tuple(float(2**step) for step in range(8))
_H = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
_B = (0.0, *(float(1024 * 4**step) for step in range(11)))

_MODEL = ("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
          "server.address", "server.port")  # fmt: skip
_HTTP = ("http.request.method", "server.address", "server.port", "http.response.status_code", "network.protocol.name",
         "network.protocol.version", "error.type")  # fmt: skip
_TOOL = ("gen_ai.tool.name", "gen_ai.tool.type", "gen_ai.agent.name", "error.type")


@dataclass(frozen=True, slots=True)
class Meter:
    """One instrument: `fact` is what is recorded ("" = the duration), over `dimensions`. Counters have no buckets."""

    name: str
    unit: str
    dimensions: tuple[str, ...]
    buckets: tuple[float, ...] = ()
    fact: str = ""


_TOKENS = ("input_tokens", "output_tokens", "cache_read.input_tokens", "cache_write.input_tokens",
           "reasoning.output_tokens")  # fmt: skip
_INFERENCE = (
    Meter("gen_ai.client.inference.duration", "s", (*_MODEL, "error.type"), _D),
    Meter("gen_ai.client.inference.time_to_first_chunk", "s", _MODEL, _D, "gen_ai.response.time_to_first_chunk"),
    *(
        Meter(f"gen_ai.client.inference.usage.{name}", "{token}", _MODEL, (), f"gen_ai.usage.{name}")
        for name in _TOKENS
    ),
    *(
        Meter(f"gen_ai.client.inference.operation.{name}", "{token}", _MODEL, _T, f"gen_ai.usage.{name}")
        for name in _TOKENS[:2]
    ),
)
_BY_KIND: dict[Kind, tuple[Meter, ...]] = {
    Kind.TOOL: (Meter("gen_ai.execute_tool.duration", "s", _TOOL, _D),),
    Kind.RETRIEVAL: (Meter("gen_ai.client.operation.duration", "s", ("gen_ai.operation.name", "error.type"), _D),),
    Kind.EXCHANGE: (
        Meter("http.client.request.duration", "s", _HTTP, _H),
        Meter("http.client.request.body.size", "By", _HTTP, _B, "http.request.body.size"),
        Meter("http.client.response.body.size", "By", _HTTP, _B, "http.response.body.size"),
    ),
    Kind.PROCESS: (Meter("vedette.process.duration", "s", ("process.executable.name", "error.type"), _W),),
    Kind.CONNECTION: (Meter("vedette.connections", "{connection}", ("network.transport", "vedette.net.unwoven")),),
    Kind.AUTH: (Meter("vedette.auth.attempts", "{attempt}", ("vedette.auth.mechanism", "vedette.auth.result")),),
    Kind.FINDING: (
        Meter("vedette.findings", "{finding}",
              ("security_rule.name", "security_rule.category", "vedette.finding.severity")),
    ),
}  # fmt: skip
_EMBEDDINGS = (Meter("gen_ai.client.operation.duration", "s", (*_MODEL, "error.type"), _D),)
_AGENT = (Meter("gen_ai.invoke_agent.duration", "s", ("gen_ai.agent.name", "error.type"), _A),)
_WORKFLOW = (Meter("gen_ai.invoke_workflow.duration", "s", ("gen_ai.workflow.name", "error.type"), _W),)
_CALLS = {
    Kind.INFERENCE: Meter(
        "gen_ai.invoke_agent.inference_calls", "{inference_call}", ("gen_ai.agent.name",), _N
    ),
    Kind.TOOL: Meter("gen_ai.invoke_agent.tool_calls", "{tool_call}", ("gen_ai.agent.name",), _N),
}  # fmt: skip
_EVENTS = Meter("vedette.events", "{event}", ("vedette.kind", "vedette.outcome"))
_REDACTIONS = Meter("vedette.redactions", "{label}", ("vedette.label.kind",))


def meters(event: Event) -> tuple[Meter, ...]:
    """The instruments of one Event."""
    operation = event.facts.get("gen_ai.operation.name")
    if event.kind is Kind.INFERENCE:
        return _EMBEDDINGS if operation == "embeddings" else _INFERENCE
    if event.kind is Kind.AGENT:
        return _WORKFLOW if operation == "invoke_workflow" else _AGENT
    return _BY_KIND.get(event.kind, ())


class Metrics:
    """Instruments of scope `vedette` from the global provider, or from `provider`; made when first used."""

    def __init__(self, settings: Settings, provider: metrics.MeterProvider | None = None) -> None:
        self._meter = metrics.get_meter("vedette", schema_url=SCHEMA_URL, meter_provider=provider)
        self._renamed = OLD_1_41 if settings.semconv == "1.41" else {}
        self._made: dict[str, Any] = {}
        self._seen: dict[str, set[Any]] = {}
        self._children: OrderedDict[str, Counter[Kind]] = OrderedDict()
        self._lock = threading.Lock()

    def record(self, event: Event) -> None:
        """Count one Event. Where a foreign span was adopted, its owner's metrics stand for the convention's."""
        with self._lock:
            if not event.facts.get("vedette.adopted"):
                for meter in meters(event):
                    self._one(meter, event)
            self._agent(event)
            self._put(_EVENTS, 1, {"vedette.kind": event.kind.value, "vedette.outcome": event.result.value})
            for label, count in Counter(label.kind for label in event.labels).items():
                self._put(_REDACTIONS, count, {"vedette.label.kind": label})

    def _one(self, meter: Meter, event: Event) -> None:
        value: Any = event.duration_ns / 1e9 if meter.unit == "s" and not meter.fact else 1
        if meter.fact:
            value = event.facts.get(meter.fact)
        if value is None:
            return
        extra = {"gen_ai.token.modality": "unknown"} if ".usage." in meter.name else {}
        self._put(meter, float(value) if meter.unit == "s" else value, {**event.facts, **extra}, extra)

    def _agent(self, event: Event) -> None:
        """Calls below one agent run, told when the run ends: the cheapest loop alarm there is."""
        parent = str(event.facts.get("vedette.parent.id", ""))
        if event.kind in _CALLS and parent:
            self._children.setdefault(parent, Counter())[event.kind] += 1
            while len(self._children) > 1024:
                self._children.popitem(last=False)
        if event.kind is Kind.AGENT and "gen_ai.agent.name" in event.facts:
            below = self._children.pop(str(event.facts.get("vedette.event.id", "")), Counter())
            for kind, meter in _CALLS.items():
                self._put(meter, below[kind], event.facts)

    def _put(
        self, meter: Meter, value: float, facts: Mapping[str, Any], extra: Mapping[str, Any] | None = None
    ) -> None:
        attributes = {name: self._bounded(name, facts[name]) for name in meter.dimensions if name in facts}
        instrument = self._made.get(meter.name) or self._make(meter)
        record = instrument.record if meter.buckets else instrument.add
        record(value, {**attributes, **(extra or {})})

    def _bounded(self, name: str, value: Any) -> Any:
        seen = self._seen.setdefault(name, set())
        if value in seen:
            return value
        if len(seen) >= MOST:
            return OTHER
        seen.add(value)
        return value

    def _make(self, meter: Meter) -> Any:
        name = self._renamed.get(meter.name, meter.name)
        made: Any = (
            self._meter.create_histogram(name, unit=meter.unit, explicit_bucket_boundaries_advisory=meter.buckets)
            if meter.buckets
            else self._meter.create_counter(name, unit=meter.unit)
        )
        self._made[meter.name] = made
        return made
