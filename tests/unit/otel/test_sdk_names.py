"""One test for each name of the SDK that the guard touches without a promise: it fails here first when it moves."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk import _configuration
from opentelemetry.sdk._logs import LoggerProvider, _internal
from opentelemetry.sdk._logs.export import (
    BatchLogRecordProcessor,
    InMemoryLogRecordExporter,
    SimpleLogRecordProcessor,
)
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricReader
from opentelemetry.sdk.trace import ConcurrentMultiSpanProcessor, SynchronousMultiSpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.util import BoundedList

SPAN_MULTIS = (SynchronousMultiSpanProcessor, ConcurrentMultiSpanProcessor)
LOG_MULTIS = (_internal.SynchronousMultiLogRecordProcessor, _internal.ConcurrentMultiLogRecordProcessor)


@pytest.mark.parametrize("multi", SPAN_MULTIS)
def test_span_multi_processors_hold_a_tuple_under_a_lock(multi: Callable[[], Any]) -> None:
    """`_span_processors`, `_lock`, and `add_span_processor` as the one way in."""
    made = multi()
    processor = SimpleSpanProcessor(InMemorySpanExporter())
    made.add_span_processor(processor)
    assert made._span_processors == (processor,)
    with made._lock:
        pass


@pytest.mark.parametrize("multi", LOG_MULTIS)
def test_log_multi_processors_hold_a_tuple_under_a_lock(multi: Callable[[], Any]) -> None:
    """`_log_record_processors`, `_lock`, and `add_log_record_processor` as the one way in."""
    made = multi()
    processor = SimpleLogRecordProcessor(InMemoryLogRecordExporter())
    made.add_log_record_processor(processor)
    assert made._log_record_processors == (processor,)
    with made._lock:
        pass


@pytest.mark.parametrize("multi", [*SPAN_MULTIS, *LOG_MULTIS])
def test_multi_processors_define_what_is_wrapped_themselves(multi: type) -> None:
    """The guard takes the methods out of the class's own dictionary."""
    wanted = {"add_span_processor", "on_start"} if multi in SPAN_MULTIS else {"add_log_record_processor"}
    assert wanted <= vars(multi).keys()


@pytest.mark.parametrize("provider", [TracerProvider, LoggerProvider, MeterProvider])
def test_providers_define_force_flush_themselves(provider: type) -> None:
    """And its one parameter is a timeout in milliseconds."""
    assert list(inspect.signature(vars(provider)["force_flush"]).parameters) == ["self", "timeout_millis"]


def test_batch_span_processor_holds_its_exporter_two_steps_away() -> None:
    """`_batch_processor._exporter`, which is what the worker thread reads."""
    exporter = InMemorySpanExporter()
    processor = BatchSpanProcessor(exporter)
    assert processor._batch_processor._exporter is exporter
    processor.shutdown()


def test_simple_span_processor_holds_its_exporter() -> None:
    """`span_exporter`."""
    exporter = InMemorySpanExporter()
    assert SimpleSpanProcessor(exporter).span_exporter is exporter


def test_batch_log_processor_holds_its_exporter_two_steps_away() -> None:
    """`_batch_processor._exporter`."""
    exporter = InMemoryLogRecordExporter()
    processor = BatchLogRecordProcessor(exporter)
    assert processor._batch_processor._exporter is exporter
    processor.shutdown()


def test_simple_log_processor_holds_its_exporter() -> None:
    """`_exporter`."""
    exporter = InMemoryLogRecordExporter()
    assert SimpleLogRecordProcessor(exporter)._exporter is exporter


def test_metric_reader_is_given_its_callback_by_one_method_and_keeps_it() -> None:
    """`_set_collect_callback` sets `_collect`; the method is the base class's own."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader])
    assert "_set_collect_callback" in vars(MetricReader)
    assert reader._collect == provider._measurement_consumer.collect
    provider.shutdown()


def test_dropped_counts_can_be_set_on_both_bounded_containers() -> None:
    """`dropped` of `BoundedAttributes` and `BoundedList` is a plain attribute."""
    attributes, items = BoundedAttributes(attributes={"a": "b"}), BoundedList.from_seq(None, [1])
    attributes.dropped, items.dropped = 3, 4
    assert (attributes.dropped, items.dropped) == (3, 4)


def test_the_stock_configurator_is_where_ours_looks() -> None:
    """`opentelemetry.sdk._configuration._OTelSDKConfigurator`."""
    assert callable(_configuration._OTelSDKConfigurator().configure)
