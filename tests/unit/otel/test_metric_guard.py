"""Metrics: redacted where a reader collects, whichever sort of reader it is."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.metrics import AlwaysOnExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import (
    InMemoryMetricReader,
    MetricExporter,
    MetricExportResult,
    MetricReader,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from tests.unit.otel.conftest import SECRET, TAKEN, Seen, StandIn

from vedette import guard
from vedette.otel.copies import Copier
from vedette.otel.guarding import ExporterGuard
from vedette.otel.metrics import copy_metrics


class Keeping(MetricExporter):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[MetricsData] = []

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any) -> MetricExportResult:
        self.got.append(metrics_data)
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return True

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None: ...


def built(*readers: MetricReader) -> MeterProvider:
    views = [
        View(instrument_name="exemplary", attribute_keys={"kept"}),
        View(instrument_name="exponential", aggregation=ExponentialBucketHistogramAggregation()),
    ]
    return MeterProvider(
        readers,
        resource=Resource({"owner": SECRET}, SECRET),
        exemplar_filter=AlwaysOnExemplarFilter(),
        views=views,
        shutdown_on_exit=False,
    )


def measure(provider: MeterProvider) -> None:
    """One of each: sum, gauge, histogram with an exemplar, exponential histogram."""
    meter = provider.get_meter(SECRET, SECRET, SECRET, {"a": SECRET})
    meter.create_counter(f"n-{SECRET}", unit=SECRET, description=SECRET).add(2, {SECRET: SECRET})
    meter.create_gauge("gauge").set(7, {"note": SECRET})
    meter.create_histogram("exemplary").record(3.5, {"kept": "yes", "user.email": SECRET})
    meter.create_histogram("exponential").record(8.0, {"note": SECRET})


def test_a_copy_holds_the_secret_nowhere_and_keeps_every_number() -> None:
    """All kinds of points, exemplars behind a view, resource and scope; numbers and times are the original's."""
    reader = InMemoryMetricReader()
    measure(built(reader))
    data = reader.get_metrics_data()
    copy = copy_metrics(Copier(StandIn()), data)
    assert SECRET in data.to_json()
    assert copy.to_json() == data.to_json().replace(SECRET, TAKEN)


def test_pull_readers_collect_copies(exporters: ExporterGuard) -> None:
    """They have no exporter that could be wrapped."""
    reader = InMemoryMetricReader()
    measure(built(reader))
    assert SECRET not in reader.get_metrics_data().to_json()


@pytest.mark.skipif(not hasattr(MeterProvider, "add_metric_reader"), reason="not in SDK 1.41")
def test_readers_added_later_collect_copies_and_can_be_removed(exporters: ExporterGuard) -> None:
    """The SDK takes the callback away by setting None."""
    provider, reader = built(), InMemoryMetricReader()
    provider.add_metric_reader(reader)
    measure(provider)
    assert SECRET not in reader.get_metrics_data().to_json()
    provider.remove_metric_reader(reader)
    assert reader._collect is None


def test_push_readers_export_copies_and_force_flush_drains_first(exporters: ExporterGuard, seen: Seen) -> None:
    """The periodic reader, flushed."""
    keeping = Keeping()
    reader = PeriodicExportingMetricReader(keeping, export_interval_millis=float("inf"))
    provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    measure(provider)
    provider.force_flush(4000)
    provider.shutdown()
    assert TAKEN in keeping.got[0].to_json()
    assert SECRET not in keeping.got[0].to_json()
    assert seen.flushed == [2.0]
    assert seen.changed == 1


def test_existing_readers_are_found_and_released_again(exporters: ExporterGuard) -> None:
    """The walk, there and back."""
    exporters.uninstall()
    reader = InMemoryMetricReader()
    provider = built(reader)
    before = reader._collect
    exporters.install()
    measure(provider)
    assert SECRET not in reader.get_metrics_data().to_json()
    assert "InMemoryMetricReader" in exporters.report()["opentelemetry.sdk.metrics"]["guarded"]
    exporters.uninstall()
    assert reader._collect == before
    assert SECRET in reader.get_metrics_data().to_json()


def test_a_point_that_cannot_be_redacted_is_withheld_alone(exporters: ExporterGuard) -> None:
    """Its metric goes on with its other points."""
    guard.loud(False)
    reader = InMemoryMetricReader()
    counter = built(reader).get_meter("m").create_counter("c")
    for note in ("one", "poison", "two"):
        counter.add(1, {"note": note})
    (metric,) = reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics
    assert [dict(point.attributes) for point in metric.data.data_points] == [{"note": "one"}, {"note": "two"}]
    assert guard.faults() == {"otel.metric": 1}
