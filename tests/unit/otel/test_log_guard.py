"""Log records: what a copy keeps and loses, and how processors of the host's own fare."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider, LogRecordProcessor, ReadWriteLogRecord
from opentelemetry.sdk._logs._internal import ConcurrentMultiLogRecordProcessor, SynchronousMultiLogRecordProcessor
from opentelemetry.sdk._logs.export import (
    BatchLogRecordProcessor,
    InMemoryLogRecordExporter,
    SimpleLogRecordProcessor,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context
from tests.unit.otel.conftest import SECRET, TAKEN, Seen

from vedette import guard
from vedette.otel.guarding import ExporterGuard

TAKES_EXCEPTIONS = "exception" in inspect.signature(LogRecord.__init__).parameters  # not in SDK 1.41
CONTEXT = set_span_in_context(NonRecordingSpan(SpanContext(0xA, 0xB, False, TraceFlags(1))))


def record(**given: Any) -> LogRecord:
    fields: dict[str, Any] = {
        "timestamp": 10,
        "observed_timestamp": 11,
        "context": CONTEXT,
        "severity_text": SECRET,
        "severity_number": SeverityNumber.WARN,
        "body": {"said": [SECRET, {"deep": SECRET}]},
        "attributes": {SECRET: SECRET, "nested": {"deep": (SECRET,)}, "n": 1},
        "event_name": SECRET,
        **given,
    }
    return LogRecord(**fields)


def provider_of(*processors: LogRecordProcessor) -> LoggerProvider:
    provider = LoggerProvider(Resource({"owner": SECRET}), shutdown_on_exit=False)
    for each in processors:
        provider.add_log_record_processor(each)
    return provider


@pytest.mark.parametrize("kind", [SimpleLogRecordProcessor, BatchLogRecordProcessor])
def test_an_exported_copy_holds_the_secret_nowhere_and_keeps_the_rest(kind: Any, exporters: ExporterGuard) -> None:
    """Body, attributes, severity text, event name, scope, resource; times, ids, flags and severity stay."""
    memory = InMemoryLogRecordExporter()
    provider = provider_of(kind(memory))
    raised = {"exception": ValueError(SECRET)} if TAKES_EXCEPTIONS else {}
    provider.get_logger(SECRET, SECRET, SECRET, {"a": SECRET}).emit(record(**raised))
    provider.shutdown()
    (copy,) = memory.get_finished_logs()
    assert SECRET not in copy.to_json() + repr(copy.instrumentation_scope)
    assert copy.log_record.body == {"said": [TAKEN, {"deep": TAKEN}]}
    attributes = dict(copy.log_record.attributes)
    told = {name: attributes.pop(name, TAKEN) for name in ("exception.message", "exception.stacktrace")}
    assert all(TAKEN in each for each in told.values())
    attributes.pop("exception.type", None)
    assert attributes == {TAKEN: TAKEN, "nested": {"deep": (TAKEN,)}, "n": 1}
    inner = copy.log_record
    assert (inner.timestamp, inner.observed_timestamp, inner.severity_number) == (10, 11, SeverityNumber.WARN)
    assert (inner.trace_id, inner.span_id, inner.trace_flags) == (0xA, 0xB, TraceFlags(1))
    assert (dict(inner.context), getattr(inner, "exception", None)) == ({}, None)


@pytest.mark.filterwarnings("ignore:Log record attributes were dropped")
def test_a_copy_keeps_the_count_of_dropped_attributes(
    exporters: ExporterGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an exported copy and of the copy that an unknown processor is handed."""
    monkeypatch.setenv("OTEL_ATTRIBUTE_COUNT_LIMIT", "1")
    memory, reader = InMemoryLogRecordExporter(), Reading()
    provider = provider_of(reader, SimpleLogRecordProcessor(memory))
    provider.get_logger("t").emit(record(attributes={"a": 1, "b": 2, "c": 3}))
    assert [reader.seen[0].dropped_attributes, memory.get_finished_logs()[0].dropped_attributes] == [2, 2]


class Reading(LogRecordProcessor):
    """A host's own processor."""

    def __init__(self) -> None:
        self.seen: list[ReadWriteLogRecord] = []

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        self.seen.append(log_record)

    def shutdown(self) -> None: ...

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return True


class Enriching(Reading):
    """What the contrib baggage processor does: it writes on the record, for the processors after it."""

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        log_record.log_record.attributes["tenant"] = "blue"  # type: ignore[index] - mutable while it is emitted
        log_record.log_record.body = "rewritten"


def test_an_unknown_processor_gets_a_copy_and_what_it_writes_reaches_those_after_it(exporters: ExporterGuard) -> None:
    """Law 1: enrichment goes on working, and only what was changed is carried back."""
    reader, memory = Reading(), InMemoryLogRecordExporter()
    provider = provider_of(reader, Enriching(), SimpleLogRecordProcessor(memory))
    given = record(attributes={"note": SECRET})
    provider.get_logger("t").emit(given)
    assert reader.seen[0].log_record.body == {"said": [TAKEN, {"deep": TAKEN}]}
    assert dict(reader.seen[0].resource.attributes) == {"owner": TAKEN}
    inner = memory.get_finished_logs()[0].log_record
    assert (inner.body, dict(inner.attributes)) == ("rewritten", {"note": TAKEN, "tenant": "blue"})
    assert (given.event_name, given.context) == (SECRET, CONTEXT)


@pytest.mark.parametrize("multi", [SynchronousMultiLogRecordProcessor, ConcurrentMultiLogRecordProcessor])
def test_nested_and_concurrent_processors_are_guarded(multi: Any, exporters: ExporterGuard) -> None:
    """The two log equivalents of the span processors."""
    memory, nested = InMemoryLogRecordExporter(), multi()
    provider = provider_of(nested)
    nested.add_log_record_processor(SimpleLogRecordProcessor(memory))
    provider.get_logger("t").emit(record())
    assert memory.get_finished_logs()[0].log_record.severity_text == TAKEN


def test_what_cannot_be_redacted_is_withheld_from_exporters_and_processors(exporters: ExporterGuard) -> None:
    """Counted once a place."""
    guard.loud(False)
    reader, memory = Reading(), InMemoryLogRecordExporter()
    provider = provider_of(reader, SimpleLogRecordProcessor(memory))
    for body in ("one", "poison", "two"):
        provider.get_logger("t").emit(record(body=body))
    assert [each.log_record.body for each in memory.get_finished_logs()] == ["one", "two"]
    assert [each.log_record.body for each in reader.seen] == ["one", "two"]
    assert guard.faults() == {"otel.log": 2}


def test_existing_processors_are_found_and_released_again(exporters: ExporterGuard, seen: Seen) -> None:
    """The walk, there and back; `force_flush` drains the line while it is installed."""
    exporters.uninstall()
    memory = InMemoryLogRecordExporter()
    processor = BatchLogRecordProcessor(memory)
    provider = provider_of(processor)
    exporters.install()
    provider.get_logger("t").emit(record(body=SECRET))
    assert provider.force_flush(2000) is True
    exporters.uninstall()
    assert processor._batch_processor._exporter is memory
    assert [each.log_record.body for each in memory.get_finished_logs()] == [TAKEN]
    assert seen.flushed == [1.0]
    provider.shutdown()
