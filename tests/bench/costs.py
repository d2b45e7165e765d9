"""The cost of one call: bare, with a hand-written floor, with contrib's httpx instrumentation, with Vedette."""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry._logs import LogRecord, SeverityNumber, get_logger, set_logger_provider
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

import vedette
from tests.bench.workloads import Workload, workloads
from vedette import runtime

SERVER = Path(__file__).with_name("server.py")


@dataclass(frozen=True)
class Cost:
    """Seconds a call: on the host's thread (wall and CPU), and CPU of the whole process, flushing included."""

    thread: float
    process: float


class _NoSpans(SpanExporter):
    def export(self, spans: Any) -> SpanExportResult:
        return SpanExportResult.SUCCESS


class _NoLogs(LogRecordExporter):
    def export(self, batch: Any) -> LogRecordExportResult:
        return LogRecordExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is held."""

    def force_flush(self, timeout_millis: int = 0) -> bool:
        return True


def _providers() -> None:
    """The SDK with batch processors and exporters that drop: what floor and Vedette share."""
    tracers = TracerProvider()
    tracers.add_span_processor(BatchSpanProcessor(_NoSpans()))
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(MeterProvider([InMemoryMetricReader()]))
    loggers = LoggerProvider()
    loggers.add_log_record_processor(BatchLogRecordProcessor(_NoLogs()))
    set_logger_provider(loggers)


class Floor:
    """What anyone would write by hand around a call: one span, three metrics, three log records."""

    def __init__(self) -> None:
        self._tracer = trace.get_tracer("floor")
        meter = metrics.get_meter("floor")
        self._duration = meter.create_histogram("duration")
        self._tokens = meter.create_counter("tokens")
        self._logger = get_logger("floor")

    def around(self, run: Callable[[], Any]) -> None:
        began = time.time_ns()
        with self._tracer.start_as_current_span("chat", attributes={"model": "gpt-5", "operation": "chat"}) as span:
            self._log("intent")
            run()
            span.set_attribute("tokens", 290)
        attributes = {"model": "gpt-5", "operation": "chat"}
        self._duration.record((time.time_ns() - began) / 1e9, attributes)
        self._tokens.add(250, attributes)
        self._tokens.add(40, attributes)
        self._log("outcome")
        self._log("content")

    def _log(self, what: str) -> None:
        attributes = {"model": "gpt-5", "phase": what}
        self._logger.emit(
            LogRecord(timestamp=time.time_ns(), severity_number=SeverityNumber.INFO, body=what, attributes=attributes)
        )


@contextmanager
def _vedette(trail: Path) -> Iterator[None]:
    vedette.start(trail=trail)
    try:
        yield
    finally:
        vedette.stop()


@contextmanager
def _contrib() -> Iterator[None]:
    HTTPXClientInstrumentor().instrument()
    try:
        yield
    finally:
        HTTPXClientInstrumentor().uninstrument()


def _round(
    workload: Workload, around: Callable[[Callable[[], Any]], Any], variant: AbstractContextManager[None]
) -> Cost:
    """One round: a warm-up, then the calls with the collector off, then a flush."""
    with variant:
        around(workload.run)
        runtime.flush(5)
        gc.collect()
        gc.disable()
        process, thread = time.process_time(), time.thread_time()
        for _ in range(workload.times):
            around(workload.run)
        thread = time.thread_time() - thread
        runtime.flush(5)
        process = time.process_time() - process
        gc.enable()
    calls = workload.times * workload.operations
    return Cost(thread / calls, process / calls)


def measure(url: str, rounds: int, only: str | None = None) -> list[dict[str, Any]]:
    floor = Floor()
    return [_row(each, rounds, floor) for each in workloads(url) if only in (None, each.name)]


@contextmanager
def asked() -> Iterator[str]:
    """The server that is asked, in a process of its own, and the providers of this one; gives the server's URL."""
    _providers()
    with subprocess.Popen([sys.executable, "-I", str(SERVER)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def _row(workload: Workload, rounds: int, floor: Floor) -> dict[str, Any]:
    costs: dict[str, list[Cost]] = {"bare": [], "floor": [], "contrib": [], "vedette": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            costs["bare"].append(_round(workload, lambda run: run(), nullcontext()))
            costs["floor"].append(_round(workload, floor.around, nullcontext()))
            costs["contrib"].append(_round(workload, lambda run: run(), _contrib()))
            costs["vedette"].append(_round(workload, lambda run: run(), _vedette(Path(folder) / "trail")))
    bare = costs.pop("bare")
    added = {name: _added(each, bare) for name, each in costs.items()}
    return {"workload": workload.name, "bare_us": round(median(each.process for each in bare) * 1e6, 1), **added}


def _added(costs: list[Cost], bare: list[Cost]) -> dict[str, float]:
    """Microseconds on top of the bare call, round by round; the median of the rounds."""
    return {
        "thread_us": round(
            median((cost.thread - base.thread) * 1e6 for cost, base in zip(costs, bare, strict=True)), 1
        ),
        "process_us": round(
            median((cost.process - base.process) * 1e6 for cost, base in zip(costs, bare, strict=True)), 1
        ),
    }


def table(rows: list[dict[str, Any]]) -> str:
    lines = [_line("added per call, us", "bare", "floor", "contrib", "Vedette", "Vedette", "Vedette")]
    lines.append(_line("", "CPU", "CPU", "CPU", "CPU", "thread", "/ floor"))
    for row in rows:
        floor, ours = row["floor"]["process_us"], row["vedette"]
        cpu = (row["bare_us"], floor, row["contrib"]["process_us"], ours["process_us"], ours["thread_us"])
        ratio = f"{ours['process_us'] / floor:.2f}" if floor > 0 else "-"
        lines.append(_line(row["workload"], *(f"{each:.0f}" for each in cpu), ratio))
    return "\n".join(lines)


def _line(name: str, *cells: str) -> str:
    return f"{name:<32}" + "".join(f"{each:>9}" for each in cells)
