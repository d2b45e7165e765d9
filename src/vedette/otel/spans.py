"""Spans: the redacted copy, and the places of the SDK where spans pass. Imported when `opentelemetry.sdk.trace` is.

Covered: name, attributes (keys and values), events, links, status, resource, scope, tracestate. Times, ids, flags, kind
and dropped counts stay. `instrumentation_info`, deprecated since 1.11 and never exported by OTLP, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from opentelemetry.sdk.trace import (
    ConcurrentMultiSpanProcessor,
    Event,
    ReadableSpan,
    SynchronousMultiSpanProcessor,
    TracerProvider,
)
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.util import BoundedList
from opentelemetry.trace import Link, Status

from vedette.guard import guard
from vedette.otel.chain import Chain, GuardedProcessor, Slot, carry_back, state
from vedette.otel.copies import Copier
from vedette.otel.flushing import draining
from vedette.otel.ties import Point, Ties

ROOM = "otel.span"
MULTIS = (SynchronousMultiSpanProcessor, ConcurrentMultiSpanProcessor)
KNOWN = (
    Slot(BatchSpanProcessor, ("_batch_processor", "_exporter")),
    Slot(SimpleSpanProcessor, ("span_exporter",)),
)


def copy_span(copier: Copier, span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=copier.text(span.name),
        context=copier.context(span.context) if span.context else None,
        parent=copier.context(span.parent) if span.parent else None,
        resource=copier.resource(span.resource),
        attributes=copier.attributes(span.attributes, span.dropped_attributes),
        events=_bounded([_event(copier, each) for each in span.events], span.dropped_events),
        links=_bounded([_link(copier, each) for each in span.links], span.dropped_links),
        kind=span.kind,
        status=Status(span.status.status_code, copier.maybe(span.status.description)),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=copier.scope(span.instrumentation_scope),
    )


def _event(copier: Copier, event: Event) -> Event:
    attributes = copier.attributes(event.attributes, event.dropped_attributes)
    return Event(copier.text(event.name), attributes, event.timestamp)


def _link(copier: Copier, link: Link) -> Link:
    return Link(copier.context(link.context), copier.attributes(link.attributes, link.dropped_attributes))


def _bounded(items: Iterable[Any], dropped: int) -> BoundedList[Any]:
    bounded = BoundedList.from_seq(None, items)
    bounded.dropped = dropped
    return bounded


def copies(ties: Ties) -> Callable[[Sequence[ReadableSpan]], list[ReadableSpan]]:
    def redacted(batch: Sequence[ReadableSpan]) -> list[ReadableSpan]:
        return Copier(ties.redactor()).each(batch, copy_span, ROOM)

    return redacted


class GuardedSpanProcessor(GuardedProcessor):
    """Hands over a copy of the ended span; what the processor raises is the host's."""

    def on_end(self, span: ReadableSpan) -> None:
        copied = None
        with guard(ROOM):
            copied = copy_span(Copier(self._self_ties.redactor()), span)
        if copied is None:
            return
        before = state(copied)
        self.__wrapped__.on_end(copied)
        with guard(ROOM):
            carry_back(before, copied, span)


class Spans(Chain):
    """The guard's hold on spans."""

    def __init__(self, ties: Ties) -> None:
        super().__init__(
            ties,
            multis=MULTIS,
            held="_span_processors",
            add="add_span_processor",
            receives="on_end",
            known=KNOWN,
            guarded=GuardedSpanProcessor,
            redacted=copies(ties),
        )

    def points(self) -> Iterable[Point]:
        yield from super().points()
        for multi in MULTIS:
            yield Point(multi, "on_start", self._starting)
        yield Point(TracerProvider, "force_flush", draining(self._ties))

    def _starting(self, original: Callable[..., Any], multi: Any, *args: Any, **named: Any) -> Any:
        """Ours first: an exception of the host's `on_start` ends the chain."""
        with guard("otel.adopt"):
            self._ties.adopt(args[0] if args else named["span"])
        return original(multi, *args, **named)


SIGNAL = Spans
