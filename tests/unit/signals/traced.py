"""Our Spans on a provider of the real SDK, and what it exports."""

from collections.abc import Mapping
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Sampler

from vedette.config import load
from vedette.event import Call, Event, Kind, Result
from vedette.signals.spans import Spans

BEGIN = 1_800_000_000_000_000_000


class Traced:
    """A provider of its own with what it exported, and our Spans on it."""

    def __init__(self, sampler: Sampler = ALWAYS_ON, limits: SpanLimits | None = None, semconv: str = "latest") -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(sampler=sampler, span_limits=limits)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.spans = Spans(load({}, semconv=semconv)[0], self.provider)

    def walked(self, call: Call, event: Event) -> ReadableSpan:
        self.spans.start(call)
        self.spans.finish(call.span, event)
        return self.exporter.get_finished_spans()[-1]


def call(kind: Kind, source: str = "", **facts: Any) -> Call:
    return Call(kind, "", source, facts=dotted(facts), event_id="00000000000000aa", begin_ns=BEGIN)


def event(kind: Kind, result: Result = Result.OK, content: Mapping[str, str] | None = None, **facts: Any) -> Event:
    return Event(
        kind=kind,
        name="",
        result=result,
        begin_ns=BEGIN,
        duration_ns=2_000_000,
        facts={"vedette.event.id": "00000000000000aa", **dotted(facts)},
        content=content or {},
    )


def dotted(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("__", "."): value for name, value in facts.items()}
