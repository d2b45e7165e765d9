"""Metrics: the redacted copy, made where a reader collects. Imported when `opentelemetry.sdk.metrics` is.

Covered: resource, scope, names, descriptions, units, attributes of points, filtered attributes of exemplars (a View
drops an attribute from the point, the exemplar still carries it). Push, pull and in-memory readers all collect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from weakref import WeakSet

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    Metric,
    MetricReader,
    MetricsData,
    ResourceMetrics,
    ScopeMetrics,
)

from vedette.guard import guard
from vedette.otel.chain import instances
from vedette.otel.copies import Copier
from vedette.otel.flushing import draining
from vedette.otel.ties import Point, Ties

ROOM = "otel.metric"


def copy_metrics(copier: Copier, data: MetricsData) -> MetricsData:
    return replace(data, resource_metrics=copier.each(data.resource_metrics, _of_resource, ROOM))


def _of_resource(copier: Copier, of: ResourceMetrics) -> ResourceMetrics:
    return replace(
        of,
        resource=copier.resource(of.resource),
        scope_metrics=copier.each(of.scope_metrics, _of_scope, ROOM),
        schema_url=copier.text(of.schema_url),
    )


def _of_scope(copier: Copier, of: ScopeMetrics) -> ScopeMetrics:
    scope = copier.scope(of.scope) or of.scope
    return replace(
        of, scope=scope, metrics=copier.each(of.metrics, _metric, ROOM), schema_url=copier.text(of.schema_url)
    )


def _metric(copier: Copier, metric: Metric) -> Metric:
    data: Any = metric.data
    return replace(
        metric,
        name=copier.text(metric.name),
        description=copier.maybe(metric.description),
        unit=copier.maybe(metric.unit),
        data=replace(data, data_points=copier.each(data.data_points, _point, ROOM)),
    )


def _point(copier: Copier, point: Any) -> Any:
    exemplars = copier.each(point.exemplars, _exemplar, ROOM)
    return replace(point, attributes=dict(copier.attributes(point.attributes)), exemplars=exemplars)


def _exemplar(copier: Copier, exemplar: Any) -> Any:
    return replace(exemplar, filtered_attributes=dict(copier.attributes(exemplar.filtered_attributes)))


class GuardedCollect:
    """What a reader calls to collect: the SDK's own, and a copy of what it gives. None = nothing to hand on."""

    def __init__(self, collect: Callable[..., MetricsData | None], ties: Ties) -> None:
        self.collect = collect
        self._ties = ties

    def __call__(self, *args: Any, **kwargs: Any) -> MetricsData | None:
        data = self.collect(*args, **kwargs)
        if data is None:
            return None
        with guard(ROOM):
            return copy_metrics(Copier(self._ties.redactor()), data)
        return None


class Metrics:
    """The guard's hold on metric readers."""

    def __init__(self, ties: Ties) -> None:
        self._ties = ties
        self._readers: WeakSet[MetricReader] = WeakSet()

    def points(self) -> Iterable[Point]:
        yield Point(MetricReader, "_set_collect_callback", self._setting)
        yield Point(MeterProvider, "force_flush", draining(self._ties))

    def _setting(self, original: Callable[..., Any], reader: Any, func: Any) -> Any:
        """`func` is None when a reader is taken away from its provider."""
        done = original(reader, self._guarded(func))
        with guard("otel.changed"):
            self._readers.add(reader)
            self._ties.changed()
        return done

    def _guarded(self, collect: Any) -> Any:
        return (
            collect if collect is None or isinstance(collect, GuardedCollect) else GuardedCollect(collect, self._ties)
        )

    def protect_existing(self) -> None:
        """Readers that were there before the guard came: found once, known ever after."""
        self._readers.update(instances((MetricReader,)))
        for reader in tuple(self._readers):
            reader._collect = self._guarded(reader._collect)

    def release_all(self) -> None:
        for reader in tuple(self._readers):
            if isinstance(reader._collect, GuardedCollect):
                reader._collect = reader._collect.collect

    def report(self) -> dict[str, list[str]]:
        """Names of the readers that are guarded and of those that are bare; unregistered ones collect nothing."""
        names: dict[str, list[str]] = {"guarded": [], "bare": []}
        for reader in tuple(self._readers):
            if reader._collect is not None:
                state = "guarded" if isinstance(reader._collect, GuardedCollect) else "bare"
                names[state].append(type(reader).__name__)
        return names


SIGNAL = Metrics
