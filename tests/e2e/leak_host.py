"""A host that plants a secret on every surface of OpenTelemetry; run as a program by `test_leak_matrix.py`.

`BOOT` says who builds the providers, and when Vedette starts: `sdk` (never: the control), `auto` (whoever
`opentelemetry-instrument` finds), `late` (after the providers), `early` (before them), `exporters` (never, but the
declarative file names our exporters). `OWN` adds private providers: `simple`, `foreign` (an own processor), `pull`.
"""

from __future__ import annotations

import inspect
import json
import logging
import os
import sys

SURFACES = (
    "span-json", "span-status-provider", "url-query", "span-name", "span-value", "span-key", "event-name",
    "event-value", "link-value", "exception", "span-status", "metric-value", "log-body", "log-nested", "log-exception",
    "resource", "scope-name", "scope-attribute", "scope-schema", "tracestate", "log-event-name", "severity-text",
    "metric-description", "metric-name", "metric-unit", "exemplar", "stdlib-logging",
)  # fmt: skip


def ssn(surface: str) -> str:
    """A number that is a lawful US social security number, another one for each surface."""
    return f"{120 + SURFACES.index(surface)}-45-{6701 + SURFACES.index(surface)}"


def token(surface: str) -> str:
    """What GitHub's personal access tokens look like."""
    return "ghp_" + f"{SURFACES.index(surface):02d}" + "aB3d" * 8 + "Xy"


def secret(surface: str) -> str:
    return f"ssn {ssn(surface)} key {token(surface)}"


PULLED: list = []
"""Readers that nobody pushes from: what they hold is printed, as a scrape would read it."""


class ProviderError(Exception):
    pass


class Forwarding:
    """A span and log processor of the host's own making: it holds an exporter and sends at once."""

    def __init__(self, exporter: object) -> None:
        self.exporter = exporter

    def on_start(self, span: object, parent_context: object = None) -> None:
        pass

    def _on_ending(self, span: object) -> None:
        pass

    def on_end(self, span: object) -> None:
        self.exporter.export([span])

    def on_emit(self, log_record: object) -> None:
        self.exporter.export([log_record])

    def enabled(self, **kwargs: object) -> bool:
        return True

    def shutdown(self) -> None:
        self.exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return True


def build() -> None:
    from opentelemetry.sdk._configuration import _OTelSDKConfigurator

    _OTelSDKConfigurator().configure()


def boot(how: str) -> None:
    from vedette.otel import opening

    if how == "early":
        opening.start()
    build()
    if how == "late":
        opening.start()


def own_providers(kind: str) -> tuple[list, list, list]:
    """Providers that nobody else knows of: (tracer, logger, meter providers)."""
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import SynchronousMultiSpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    if kind == "pull":
        PULLED.append(InMemoryMetricReader())
        return [], [], [MeterProvider(metric_readers=PULLED, views=views())]
    spans, logs = TracerProvider(), LoggerProvider()
    if kind == "simple":
        nested = SynchronousMultiSpanProcessor()
        spans.add_span_processor(nested)
        nested.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
        logs.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter()))
    else:
        spans.add_span_processor(Forwarding(OTLPSpanExporter()))
        logs.add_log_record_processor(Forwarding(OTLPLogExporter()))
    return [spans], [logs], []


def views() -> list:
    from opentelemetry.sdk.metrics.view import View

    return [View(instrument_name="exemplary", attribute_keys={"kept"})]


def plant_spans(provider: object) -> None:
    from opentelemetry.trace import (
        Link,
        NonRecordingSpan,
        SpanContext,
        Status,
        StatusCode,
        TraceFlags,
        TraceState,
        set_span_in_context,
    )

    tracer = provider.get_tracer(
        f"scope {secret('scope-name')}",
        schema_url=f"https://schemas.test/{ssn('scope-schema')}/{token('scope-schema')}",
        attributes={"about": secret("scope-attribute")},
    )
    state = TraceState([("vendor", secret("tracestate"))])
    far = SpanContext(0x1234, 0x5678, True, TraceFlags(1), state)
    span = tracer.start_span(
        f"lookup {secret('span-name')}",
        context=set_span_in_context(NonRecordingSpan(far)),
        links=[Link(far, {"note": secret("link-value")})],
    )
    said = json.dumps([{"role": "user", "parts": [{"type": "text", "content": secret("span-json")}]}])
    span.set_attribute("gen_ai.input.messages", said)
    query = f"q={ssn('url-query')}&api_key={token('url-query')}"
    span.set_attribute("url.full", f"https://api.test/v1?{query}")
    span.set_attribute("note", secret("span-value"))
    span.set_attribute(f"user {secret('span-key')}", "x")
    span.add_event(secret("event-name"), {"note": secret("event-value")})
    span.record_exception(ProviderError(secret("exception")))
    span.set_status(Status(StatusCode.ERROR, f"applied {secret('span-status')}"))
    span.end()
    try:
        with tracer.start_as_current_span("chat"):
            raise ProviderError(f"invalid prompt: {secret('span-status-provider')}")
    except ProviderError:
        pass


def plant_logs(provider: object) -> None:
    from opentelemetry._logs import LogRecord, SeverityNumber

    logger = provider.get_logger("host")
    error = ProviderError(secret("log-exception"))
    takes_exceptions = "exception" in inspect.signature(LogRecord.__init__).parameters  # not in SDK 1.41
    raised = {"exception": error} if takes_exceptions else {}
    said = {} if takes_exceptions else {"exception.message": str(error)}
    logger.emit(
        body={"messages": [{"content": secret("log-body")}]},
        attributes={"nested": {"deep": [secret("log-nested")]}, **said},
        severity_number=SeverityNumber.INFO,
        severity_text=secret("severity-text"),
        event_name=f"said {secret('log-event-name')}",
        **raised,
    )


def plant_metrics(providers: list) -> None:
    from opentelemetry import trace

    for provider in providers:
        meter = provider.get_meter("host")
        name = f"m/{ssn('metric-name')}/{token('metric-name')}"
        counter = meter.create_counter(name, unit=secret("metric-unit")[:63], description=secret("metric-description"))
        counter.add(1, {"note": secret("metric-value")})
        with trace.get_tracer("host").start_as_current_span("sampled"):
            meter.create_histogram("exemplary").record(3.5, {"kept": "yes", "user.email": secret("exemplar")})


def bridge(provider: object) -> None:
    """The standard library's logging, through the SDK's own handler."""
    from opentelemetry.sdk._logs import LoggingHandler

    log = logging.getLogger("host.client")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    log.addHandler(LoggingHandler(logger_provider=provider))
    log.debug("Request options: %s", {"json_data": secret("stdlib-logging")})


def main() -> None:
    how, own = os.environ["BOOT"], os.environ.get("OWN", "")
    if how in ("sdk", "exporters"):
        build()
    elif how != "auto":
        boot(how)
    from opentelemetry import metrics, trace
    from opentelemetry._logs import get_logger_provider

    tracers, loggers, meters = own_providers(own) if own else ([], [], [])
    tracers += [trace.get_tracer_provider()] if own in ("", "pull") else []
    loggers += [get_logger_provider()] if own in ("", "pull") else []
    meters += [metrics.get_meter_provider()]
    for each in tracers:
        plant_spans(each)
    for each in loggers:
        plant_logs(each)
        bridge(each)
    plant_metrics(meters)
    for provider in (*tracers, *loggers, *meters):
        provider.force_flush()
    for reader in PULLED:
        print(reader.get_metrics_data())
    sys.stdout.flush()


if __name__ == "__main__":
    main()
