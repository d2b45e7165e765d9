"""Whether anybody will read what we tell: without a reader, a measurement goes through the whole SDK for nothing."""

from __future__ import annotations

from typing import Any

from opentelemetry import metrics
from opentelemetry.trace import Span


def is_collected(provider: metrics.MeterProvider | None) -> bool:
    """Whether measurements of this provider (None: the global one) are kept; the SDK's without a reader drops them.

    The API has no such question, so the SDK's own state is looked at; another SDK, or a newer one, counts as read.
    """
    found: Any = metrics.get_meter_provider() if provider is None else provider
    consumer = getattr(found, "_measurement_consumer", None)
    return consumer is None or bool(getattr(consumer, "_reader_storages", True))


def is_heard(span: Span) -> bool:
    """Whether any processor will see what this span tells; without one, it is there for its ids alone."""
    return bool(getattr(getattr(span, "_span_processor", None), "_span_processors", True))
