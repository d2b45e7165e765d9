"""Log records: the redacted copy, and the SDK's places where they pass. Imported when `opentelemetry.sdk._logs` is.

Covered: body, attributes (keys and values), severity text, event name, resource, scope. The copy's context is empty (it
holds the living span and the baggage), and so is its `exception`, which the SDK has written into the attributes before.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from opentelemetry._logs import LogRecord
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.context import Context
from opentelemetry.sdk._logs import LoggerProvider, ReadableLogRecord, ReadWriteLogRecord
from opentelemetry.sdk._logs._internal import (
    ConcurrentMultiLogRecordProcessor,
    SynchronousMultiLogRecordProcessor,
)
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource

from vedette.guard import guard
from vedette.otel.chain import Chain, GuardedProcessor, Slot, carry_back, state
from vedette.otel.copies import Copier
from vedette.otel.flushing import draining
from vedette.otel.ties import Point, Ties

ROOM = "otel.log"
MULTIS = (SynchronousMultiLogRecordProcessor, ConcurrentMultiLogRecordProcessor)
KNOWN = (
    Slot(BatchLogRecordProcessor, ("_batch_processor", "_exporter")),
    Slot(SimpleLogRecordProcessor, ("_exporter",)),
)


def copy_log(copier: Copier, record: ReadableLogRecord) -> ReadableLogRecord:
    return ReadableLogRecord(
        log_record=_inner(copier, record.log_record, record.dropped_attributes),
        resource=copier.resource(record.resource),
        instrumentation_scope=copier.scope(record.instrumentation_scope),
        limits=record.limits,
    )


def copy_writable(copier: Copier, record: ReadWriteLogRecord) -> ReadWriteLogRecord:
    """The same for a processor of somebody's own, which may write on its copy."""
    copied = dataclasses.replace(
        record,
        log_record=_inner(copier, record.log_record, 0),
        resource=copier.resource(record.resource or Resource.get_empty()),
        instrumentation_scope=copier.scope(record.instrumentation_scope),
    )
    attributes = copied.log_record.attributes  # made anew by the constructor, which counts from 0
    if isinstance(attributes, BoundedAttributes):
        attributes.dropped = record.dropped_attributes
    return copied


def _inner(copier: Copier, record: LogRecord, dropped: int) -> LogRecord:
    copied = LogRecord(
        timestamp=record.timestamp,
        observed_timestamp=record.observed_timestamp,
        severity_text=copier.maybe(record.severity_text),
        severity_number=record.severity_number,
        body=copier.value(_plain(record.body)),
        attributes=copier.attributes(record.attributes, dropped),
        event_name=copier.maybe(record.event_name),
    )
    copied.trace_id, copied.span_id, copied.trace_flags = record.trace_id, record.span_id, record.trace_flags
    copied.context = Context()
    return copied


def _plain(body: Any) -> Any:
    """A body may be any map; the redactor withholds what is neither dict nor list."""
    return dict(body) if isinstance(body, Mapping) else body


def copies(ties: Ties) -> Callable[[Sequence[ReadableLogRecord]], list[ReadableLogRecord]]:
    def redacted(batch: Sequence[ReadableLogRecord]) -> list[ReadableLogRecord]:
        return Copier(ties.redactor()).each(batch, copy_log, ROOM)

    return redacted


class GuardedLogRecordProcessor(GuardedProcessor):
    """Hands over a copy of the record; what the processor raises is the host's."""

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        copied = None
        with guard(ROOM):
            copied = copy_writable(Copier(self._self_ties.redactor()), log_record)
        if copied is None:
            return
        before = state(copied.log_record)
        self.__wrapped__.on_emit(copied)
        with guard(ROOM):
            carry_back(before, copied.log_record, log_record.log_record)


class Logs(Chain):
    """The guard's hold on log records."""

    def __init__(self, ties: Ties) -> None:
        super().__init__(
            ties,
            multis=MULTIS,
            held="_log_record_processors",
            add="add_log_record_processor",
            receives="on_emit",
            known=KNOWN,
            guarded=GuardedLogRecordProcessor,
            redacted=copies(ties),
        )

    def points(self) -> Iterable[Point]:
        yield from super().points()
        yield Point(LoggerProvider, "force_flush", draining(self._ties))


SIGNAL = Logs
