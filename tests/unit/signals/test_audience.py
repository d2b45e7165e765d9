"""Nothing is told where nobody listens, and whoever comes later hears what happens from then on."""

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.unit.signals.measured import Measured, event, points_of

from vedette.config import load
from vedette.event import Kind
from vedette.signals.audience import is_collected, is_heard
from vedette.signals.metrics import MOST_OWED, Metrics


def test_a_provider_without_a_reader_is_not_told() -> None:
    """The SDK's private names that this rests on: were they gone, all would be measured, and this test would fail."""
    assert is_collected(MeterProvider([InMemoryMetricReader()]))
    assert not is_collected(MeterProvider())


def test_a_span_without_a_processor_is_not_told() -> None:
    bare, heard = TracerProvider(), TracerProvider()
    heard.add_span_processor(SimpleSpanProcessor(InMemorySpanExporter()))
    assert not is_heard(bare.get_tracer("x").start_span("x"))
    assert is_heard(heard.get_tracer("x").start_span("x"))


def test_an_sdk_that_we_do_not_know_is_told() -> None:
    """What cannot be asked counts as heard."""
    unknown = type("Provider", (MeterProvider,), {"__init__": lambda self: None})()
    assert is_collected(unknown)


def test_counters_are_told_when_a_reader_collects(measured: Measured) -> None:
    """Every time it does, with what came since; and of a long run also before."""
    for number in (1, 2):
        measured.metrics.record(event(Kind.TOOL))
        measured.metrics.record(event(Kind.TOOL))
        assert points_of(measured.collected()["vedette.events"])[0][1] == 2 * number


def test_counters_are_told_though_nobody_collects(measured: Measured) -> None:
    """Once in so many Events, and when the line stops; the next one goes on where it ended."""
    for _ in range(MOST_OWED + 3):
        measured.metrics.record(event(Kind.TOOL))
    after = Metrics(load({})[0], measured.provider)  # whom the reader asks from now on
    assert points_of(measured.collected()["vedette.events"])[0][1] == MOST_OWED
    measured.metrics.settle()
    after.record(event(Kind.TOOL))
    assert points_of(measured.collected()["vedette.events"])[0][1] == MOST_OWED + 4
