"""Spans: what a copy keeps, what it loses, and where the guard takes hold."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import (
    ConcurrentMultiSpanProcessor,
    ReadableSpan,
    Span,
    SpanLimits,
    SpanProcessor,
    SynchronousMultiSpanProcessor,
    TracerProvider,
)
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from tests.unit.otel.conftest import SECRET, TAKEN, Seen, StandIn

from vedette import guard
from vedette.otel.copies import Copier
from vedette.otel.guarding import ExporterGuard
from vedette.otel.spans import copy_span
from vedette.otel.ties import Ties

MEMORY = InMemorySpanExporter


def finished(**limits: int) -> ReadableSpan:
    """One ended span that holds the secret everywhere."""
    provider = TracerProvider(
        resource=Resource({"owner": SECRET}, SECRET), span_limits=SpanLimits(**limits), shutdown_on_exit=False
    )
    memory = MEMORY()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    far = SpanContext(1, 2, True, TraceFlags(1), TraceState([("a", SECRET), ("b", "c")]))
    tracer = provider.get_tracer(SECRET, SECRET, SECRET, {SECRET: SECRET})
    span = tracer.start_span(SECRET, kind=SpanKind.CLIENT, links=[Link(far, {"n": SECRET}), Link(far)], start_time=10)
    span.set_attributes({"a": 1, "b": 2.5, SECRET: SECRET, "list": (SECRET, "x"), "server.address": "192.0.2.1"})
    span.add_event(SECRET, {SECRET: SECRET}, 11)
    span.add_event("second", {"a": "b"}, 12)
    span.set_status(Status(StatusCode.ERROR, SECRET))
    span.end(20)
    return memory.get_finished_spans()[0]


def provider_of(*processors: SpanProcessor, **kwargs: Any) -> TracerProvider:
    provider = TracerProvider(shutdown_on_exit=False, **kwargs)
    for each in processors:
        provider.add_span_processor(each)
    return provider


def test_a_copy_holds_the_secret_nowhere_and_keeps_what_is_not_text() -> None:
    """Field by field: texts are redacted; ids, times, kind, flags and numbers are the original's."""
    span = finished()
    copy = copy_span(Copier(StandIn()), span)
    assert SECRET not in repr((copy.to_json(), copy.instrumentation_scope))
    assert (copy.resource.schema_url, dict(copy.resource.attributes)) == (TAKEN, {"owner": TAKEN})
    assert copy.name == TAKEN
    assert dict(copy.attributes) == {
        "a": 1, "b": 2.5, TAKEN: TAKEN, "list": (TAKEN, "x"), "server.address": "192.0.2.1"
    }  # fmt: skip
    assert [(each.name, dict(each.attributes), each.timestamp) for each in copy.events] == [
        (TAKEN, {TAKEN: TAKEN}, 11),
        ("second", {"a": "b"}, 12),
    ]
    assert [dict(each.attributes) for each in copy.links] == [{"n": TAKEN}, {}]
    assert dict(copy.links[0].context.trace_state) == {"a": TAKEN, "b": "c"}
    assert copy.links[0].context == SpanContext(1, 2, True, TraceFlags(1), copy.links[0].context.trace_state)
    assert (copy.status.status_code, copy.status.description) == (StatusCode.ERROR, TAKEN)
    assert (copy.kind, copy.start_time, copy.end_time) == (SpanKind.CLIENT, 10, 20)
    assert (copy.context, copy.parent) == (span.context, span.parent)


def test_a_copy_keeps_the_counts_of_what_was_dropped() -> None:
    """Attributes, events, links, and the attributes of each event and link."""
    limits = {"max_span_attributes": 2, "max_events": 1, "max_links": 1, "max_event_attributes": 0}
    span = finished(**limits, max_link_attributes=0)
    copy = copy_span(Copier(StandIn()), span)
    assert (copy.dropped_attributes, copy.dropped_events, copy.dropped_links) == (3, 1, 1)
    assert (copy.dropped_attributes, copy.dropped_events, copy.dropped_links) == (
        span.dropped_attributes,
        span.dropped_events,
        span.dropped_links,
    )
    assert copy.events[0].dropped_attributes == span.events[0].dropped_attributes == 1


def test_a_secret_in_a_tracestate_key_takes_the_entry_with_it() -> None:
    """A token is no lawful key: the entry is left out, the others stay."""
    state = TraceState([(f"v-{SECRET}", "x"), ("b", "c")])
    context = Copier(StandIn()).context(SpanContext(1, 2, False, TraceFlags(1), state))
    assert dict(context.trace_state) == {"b": "c"}


def test_what_cannot_be_redacted_is_withheld_and_counted_and_the_rest_goes_on(exporters: ExporterGuard) -> None:
    """Fail closed, one span at a time."""
    guard.loud(False)
    memory = MEMORY()
    provider = provider_of(BatchSpanProcessor(memory))
    for name in ("one", "poison", "two"):
        provider.get_tracer("t").start_span(name).end()
    provider.shutdown()
    assert [span.name for span in memory.get_finished_spans()] == ["one", "two"]
    assert guard.faults() == {"otel.span": 1}


class Scrubber(SpanProcessor):
    """A host's own: it edits the snapshot, which the processors after it are to see."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.seen.append(span.name)
        span._name = f"{span.name} scrubbed"
        span._attributes = {"only": "this"}


class Sending(BatchSpanProcessor):
    """A vendor's: it looks at the span before it hands it on."""

    def on_end(self, span: ReadableSpan) -> None:
        self.raw = span.name
        super().on_end(span)


def test_an_unknown_processor_gets_a_copy_and_its_edits_reach_those_after_it(exporters: ExporterGuard) -> None:
    """Law 1: a host's scrubber goes on scrubbing what is exported."""
    scrubber, memory = Scrubber(), MEMORY()
    provider = provider_of(scrubber, SimpleSpanProcessor(memory))
    provider.get_tracer("t").start_span(SECRET).end()
    assert scrubber.seen == [TAKEN]
    (span,) = memory.get_finished_spans()
    assert (span.name, dict(span.attributes)) == (f"{TAKEN} scrubbed", {"only": "this"})


def test_a_known_processor_that_receives_in_its_own_way_is_not_trusted(exporters: ExporterGuard) -> None:
    """A subclass with an `on_end` of its own is handed a copy, not only its exporter."""
    processor = Sending(MEMORY())
    provider = provider_of(processor)
    provider.get_tracer("t").start_span(SECRET).end()
    provider.shutdown()
    assert processor.raw == TAKEN


def test_what_an_unknown_processor_raises_is_the_hosts(exporters: ExporterGuard) -> None:
    """As without us, `end` raises."""

    class Broken(SpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            raise ConnectionError("the host's")

    with pytest.raises(ConnectionError, match="the host's"):
        provider_of(Broken()).get_tracer("t").start_span("x").end()
    assert guard.faults() == {}


@pytest.mark.parametrize("multi", [SynchronousMultiSpanProcessor, ConcurrentMultiSpanProcessor])
def test_nested_and_concurrent_processors_are_guarded(multi: Any, exporters: ExporterGuard) -> None:
    """A multi processor inside a private provider."""
    memory, nested = MEMORY(), multi()
    provider = provider_of(nested, active_span_processor=multi())
    nested.add_span_processor(span_processor=SimpleSpanProcessor(memory))
    provider.get_tracer("t").start_span(SECRET).end()
    assert [span.name for span in memory.get_finished_spans()] == [TAKEN]


def test_what_existed_before_is_found_and_what_waits_in_its_queue_is_redacted(exporters: ExporterGuard) -> None:
    """The walk: private providers, batch and unknown processors."""
    exporters.uninstall()
    memory, scrubber = MEMORY(), Scrubber()
    batch = BatchSpanProcessor(memory)
    provider = provider_of(batch, scrubber)
    provider.get_tracer("t").start_span(SECRET).end()
    exporters.install()
    provider.get_tracer("t").start_span(SECRET).end()
    provider.force_flush()
    assert [span.name for span in memory.get_finished_spans()] == [f"{SECRET} scrubbed".replace(SECRET, TAKEN)] * 2
    assert scrubber.seen == [SECRET, TAKEN]
    provider.shutdown()


def test_the_exporters_own_attributes_and_shutdown_are_untouched(exporters: ExporterGuard) -> None:
    """Everything but `export` is the exporter's: identity for `isinstance`, its attributes, its shutdown."""
    memory = MEMORY()
    processor = SimpleSpanProcessor(memory)
    provider = provider_of(processor)
    assert isinstance(processor.span_exporter, MEMORY)
    assert processor.span_exporter == memory
    provider.shutdown()
    assert memory._stopped is True


def test_uninstall_restores_every_class_and_every_exporter(exporters: ExporterGuard) -> None:
    """Nothing of ours stays: attributes of classes, exporters, wrapped processors."""
    memory, scrubber, nested = MEMORY(), Scrubber(), SynchronousMultiSpanProcessor()
    batch = BatchSpanProcessor(memory)
    provider = provider_of(batch, scrubber, nested)
    assert type(provider._active_span_processor._span_processors[1]) is not Scrubber
    exporters.uninstall()
    assert batch._batch_processor._exporter is memory
    assert [type(each) for each in provider._active_span_processor._span_processors] == [
        BatchSpanProcessor,
        Scrubber,
        SynchronousMultiSpanProcessor,
    ]
    for owner, name in ((SynchronousMultiSpanProcessor, "add_span_processor"), (TracerProvider, "force_flush")):
        assert vars(owner)[name].__module__ == "opentelemetry.sdk.trace"
        assert not hasattr(vars(owner)[name], "__wrapped__")
    provider.shutdown()


def test_each_span_that_starts_is_offered_for_adoption_before_the_hosts_processors(
    exporters: ExporterGuard, seen: Seen
) -> None:
    """And a host's `on_start` that raises cannot keep it from us."""

    class Broken(SpanProcessor):
        def on_start(self, span: Span, parent_context: Any = None) -> None:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        provider_of(Broken()).get_tracer("t").start_span("x")
    assert [span.name for span in seen.adopted] == ["x"]


def test_faults_in_what_the_runtime_gave_never_reach_the_host(exporters: ExporterGuard) -> None:
    """Law 1: adoption, flush and the report of a change each raise; the host's spans go on."""
    guard.loud(False)
    exporters.uninstall()

    def fault(*_: Any) -> Any:
        raise ZeroDivisionError

    faulty = ExporterGuard(Ties(redactor=StandIn, flush=fault, adopt=fault, changed=fault))
    faulty.install()
    memory = MEMORY()
    provider = provider_of(SimpleSpanProcessor(memory))
    provider.get_tracer("t").start_span("x").end()
    assert provider.force_flush() is True
    faulty.uninstall()
    assert [span.name for span in memory.get_finished_spans()] == ["x"]
    assert guard.faults() == {"otel.adopt": 1, "otel.flush": 1, "otel.changed": 1}


def test_force_flush_drains_the_line_first_in_at_most_half_the_time(exporters: ExporterGuard, seen: Seen) -> None:
    """Positional, named and default timeout."""
    provider = provider_of()
    assert provider.force_flush() is True
    assert provider.force_flush(1000) is True
    assert provider.force_flush(timeout_millis=500) is True
    assert seen.flushed == [15.0, 0.5, 0.25]


def test_each_added_processor_is_told_and_the_report_names_it(exporters: ExporterGuard, seen: Seen) -> None:
    """What the coverage record is made of."""
    provider = provider_of(SimpleSpanProcessor(MEMORY()), Scrubber())
    assert seen.changed == 2
    report = exporters.report()["opentelemetry.sdk.trace"]
    assert {"InMemorySpanExporter", "Scrubber"} <= set(report["guarded"])
    bare = Scrubber()
    provider._active_span_processor._span_processors += (bare,)
    assert exporters.report()["opentelemetry.sdk.trace"]["bare"] == ["Scrubber"]
