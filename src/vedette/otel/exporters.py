"""Exporters that redact, for a declarative file: `exporter: {vedette: {inner: otlp_proto_http}}`. Public API only.

`inner` names an exporter by its entry point; all other options are its own. They hold even where the guard could not be
installed. Importing this module imports the SDK's three signals: it is imported when a file or a variable names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.util._importlib_metadata import entry_points

from vedette import runtime
from vedette.guard import guard
from vedette.otel import logs, metrics, spans
from vedette.otel.copies import Copier

INNER = "otlp_proto_http"


def _inner(signal: str, name: str, options: dict[str, Any]) -> Any:
    """The exporter that really sends; a LookupError if no installed package has one of that name."""
    for entry in entry_points(group=f"opentelemetry_{signal}_exporter", name=name):
        return entry.load()(**options)
    raise LookupError(f"no exporter {name!r} is installed for {signal}")


class VedetteSpanExporter(SpanExporter):
    """Hands redacted copies of spans to `inner`."""

    def __init__(self, inner: str = INNER, **options: Any) -> None:
        self._inner = _inner("traces", inner, options)

    def export(self, spans_: Sequence[ReadableSpan]) -> SpanExportResult:
        copied = Copier(runtime.redactor()).each(spans_, spans.copy_span, spans.ROOM)
        result: SpanExportResult = self._inner.export(copied)
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return bool(self._inner.force_flush(timeout_millis))


class VedetteLogExporter(LogRecordExporter):
    """Hands redacted copies of log records to `inner`."""

    def __init__(self, inner: str = INNER, **options: Any) -> None:
        self._inner = _inner("logs", inner, options)

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        copied = Copier(runtime.redactor()).each(batch, logs.copy_log, logs.ROOM)
        result: LogRecordExportResult = self._inner.export(copied)
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return bool(self._inner.force_flush(timeout_millis))


class VedetteMetricExporter(MetricExporter):
    """Hands redacted copies of metrics to `inner`, whose temporality and aggregation are the reader's to follow."""

    def __init__(self, inner: str = INNER, **options: Any) -> None:
        self._inner = _inner("metrics", inner, options)
        super().__init__(self._inner._preferred_temporality, self._inner._preferred_aggregation)

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any) -> MetricExportResult:
        copied = None
        with guard(metrics.ROOM):
            copied = metrics.copy_metrics(Copier(runtime.redactor()), metrics_data)
        if copied is None:
            return MetricExportResult.FAILURE
        result: MetricExportResult = self._inner.export(copied, timeout_millis=timeout_millis, **kwargs)
        return result

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return bool(self._inner.force_flush(timeout_millis))

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        self._inner.shutdown(timeout_millis=timeout_millis, **kwargs)
