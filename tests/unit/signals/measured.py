"""Our Metrics on a provider of the real SDK, and what its reader collects."""

from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint

from vedette.config import load
from vedette.event import Actor, Event, Kind, Result
from vedette.signals.metrics import Metrics

BEGIN = 1_800_000_000_000_000_000
Points = dict[str, list[tuple[dict[str, Any], Any]]]


class Measured:
    """Our Metrics on a provider of their own, and what its reader collects."""

    def __init__(self, semconv: str = "latest") -> None:
        self.reader = InMemoryMetricReader()
        self.provider = MeterProvider([self.reader])
        self.metrics = Metrics(load({}, semconv=semconv)[0], self.provider)

    def collected(self) -> dict[str, Any]:
        data = self.reader.get_metrics_data()
        scopes = [scope for resource in data.resource_metrics for scope in resource.scope_metrics] if data else []
        return {metric.name: metric for scope in scopes for metric in scope.metrics}

    def points(self) -> Points:
        """Name -> (dimensions, sum of a counter or (count, sum) of a histogram), without what every Event counts."""
        always = ("vedette.events", "vedette.line.duration", "vedette.faults")
        return {name: points_of(each) for name, each in self.collected().items() if name not in always}


def points_of(metric: Any) -> list[tuple[dict[str, Any], Any]]:
    return [(dict(point.attributes), _value(point)) for point in metric.data.data_points]


def _value(point: NumberDataPoint | HistogramDataPoint) -> Any:
    return point.value if isinstance(point, NumberDataPoint) else (point.count, point.sum)


def event(
    kind: Kind, facts: dict[str, Any] | None = None, result: Result = Result.OK, ms: int = 1500, agent: str = ""
) -> Event:
    return Event(
        kind=kind,
        name="",
        result=result,
        begin_ns=BEGIN,
        duration_ns=ms * 10**6,
        facts=facts or {},
        actor=Actor(user="[id:k.1]", agent=agent),
    )


HTTP = {"http.request.method": "POST", "server.address": "a.example", "server.port": 443}
