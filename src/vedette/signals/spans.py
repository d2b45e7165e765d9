"""Spans: opened on the host's thread, so that what happens inside nests below; told and ended on the line.

Until the line has redacted the Call, a span carries a name without content and an operation, no more.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Status, StatusCode

from vedette.config import Settings
from vedette.event import Call, Event, Result
from vedette.names import FACTS, OLD_1_41, SCHEMA, SCHEMA_URL
from vedette.signals.naming import SPANNED, span_kind, span_name

_EARLY = ("gen_ai.operation.name", "http.request.method", "server.address", "server.port", "gen_ai.tool.name")
_WITH_CONTENT = frozenset({"SPAN_ONLY", "SPAN_AND_EVENT"})
_FAILED = frozenset({Result.ERROR, Result.DENIED})
_ERROR = Status(StatusCode.ERROR)


class Spans:
    """Spans of scope `vedette` from the global provider, or from `provider`."""

    def __init__(self, settings: Settings, provider: trace.TracerProvider | None = None) -> None:
        self._tracer = trace.get_tracer("vedette", schema_url=SCHEMA_URL, tracer_provider=provider)
        self._renamed = OLD_1_41 if settings.semconv == "1.41" else {}
        self._content = os.environ.get("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "") in _WITH_CONTENT

    def start(self, call: Call) -> None:
        """Open the Call's span below the current one. With no SDK, or for a kind without a span, only take over ids."""
        if call.kind not in SPANNED:
            _inherit(call)
            return
        facts = call.facts
        early = {name: facts[name] for name in _EARLY if name in facts}
        span = self._tracer.start_span(
            span_name(call.kind, early), kind=span_kind(call.kind), attributes=early, start_time=call.begin_ns
        )
        ids = span.get_span_context()
        if ids.is_valid:
            call.span = span
            call.trace_id, call.span_id = f"{ids.trace_id:032x}", f"{ids.span_id:016x}"

    def finish(self, span: trace.Span, event: Event) -> None:
        """Tell the redacted outcome, and end the span when the operation ended."""
        if span.is_recording():
            span.update_name(span_name(event.kind, event.facts))
            span.set_attributes(dict(self._attributes(event)))
            if event.result in _FAILED:
                span.set_status(_ERROR)
        span.end(event.begin_ns + event.duration_ns)

    def _attributes(self, event: Event) -> Iterator[tuple[str, Any]]:
        """Facts with the types of the conventions; ours last, for a full span evicts its oldest."""
        names = sorted(event.facts, key=lambda name: name.startswith("vedette."))
        for name in names:
            yield self._renamed.get(name, name), typed(name, event.facts[name])
        if self._content:
            yield from event.content.items()
        for name, value in (("user.id", event.actor.user), ("session.id", event.actor.session)):
            if value:
                yield name, value
        yield "vedette.kind", event.kind.value
        yield "vedette.outcome", event.result.value
        yield "vedette.schema", SCHEMA


def typed(name: str, value: Any) -> Any:
    """A fact as the attribute that the conventions define: doubles and lists are strings in the record only."""
    kind = FACTS.get(name)
    if kind == "double":
        return float(value)
    if kind == "list":
        return tuple(str(each) for each in json.loads(value))
    return value


def _inherit(call: Call) -> None:
    ids = trace.get_current_span().get_span_context()
    if ids.is_valid:
        call.trace_id, call.span_id = f"{ids.trace_id:032x}", f"{ids.span_id:016x}"
