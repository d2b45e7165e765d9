"""Spans: opened on the host's thread, so that what happens inside nests below; told and ended on the line.

Until the line has redacted the Call, a span carries a name without content and what a sampler may ask for, no more.
"""

from __future__ import annotations

import os
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanContext, Status, StatusCode

from vedette.config import Settings
from vedette.event import Call, Event
from vedette.names import OLD_1_41, SCHEMA, SCHEMA_URL
from vedette.signals.audience import is_heard
from vedette.signals.facts import CONVERTED, FAILED, told, typed
from vedette.signals.naming import has_span, serves_mcp, span_kind, span_name
from vedette.signals.scope import SCOPE, VERSION

_EARLY = ("gen_ai.operation.name", "http.request.method", "server.address", "server.port", "gen_ai.tool.name",
          "mcp.method.name")  # fmt: skip
_JOINED = ("mcp.method.name", "mcp.protocol.version")
_WITH_CONTENT = frozenset({"SPAN_ONLY", "SPAN_AND_EVENT"})


class Spans:
    """Spans of scope `vedette` from the global provider, or from `provider`.

    Content stands on them only where OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT says so; it is redacted.
    """

    def __init__(self, settings: Settings, provider: trace.TracerProvider | None = None) -> None:
        self._tracer = trace.get_tracer(SCOPE, VERSION, tracer_provider=provider, schema_url=SCHEMA_URL)
        self._renamed = OLD_1_41 if settings.semconv == "1.41" else {}
        said = os.environ.get("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "")
        self._content = said.upper() in _WITH_CONTENT

    def start(self, call: Call) -> None:
        """Open the Call's span below the current one, and take over its ids.

        With no SDK there is none, nor for a kind without one: the Call then has the ids of the current span, if any.
        """
        outer = trace.get_current_span()
        around = outer.get_span_context()
        if not has_span(call.kind, call.facts) or _joins(outer, call):
            _place(call, around)
            return
        early = {name: call.facts[name] for name in _EARLY if call.facts.get(name)}
        span = self._tracer.start_span(
            span_name(call.kind, early),
            kind=span_kind(call.kind, call.facts, call.source),
            attributes=early,
            start_time=call.begin_ns,
        )
        ids = span.get_span_context()
        if ids.is_valid and ids.span_id != around.span_id:  # a no-op tracer hands back the current one
            call.span = span
        _place(call, ids)

    def finish(self, span: Span, event: Event) -> None:
        """Tell the redacted outcome and end the span when the operation ended; it ends whatever the telling does."""
        try:
            if span.is_recording() and is_heard(span):
                self._tell(span, event)
        finally:
            span.end(event.begin_ns + event.duration_ns)

    def _tell(self, span: Span, event: Event) -> None:
        facts = told(event)
        span.update_name(span_name(event.kind, facts))
        span.set_attributes(self._attributes(event, facts))
        if event.result in FAILED:
            span.set_status(Status(StatusCode.ERROR))

    def _attributes(self, event: Event, facts: dict[str, Any]) -> dict[str, Any]:
        """The conventions' first and ours last: a span that is full gives up its oldest."""
        told = dict(facts)
        for name in facts.keys() & CONVERTED:
            told[name] = typed(name, facts[name])
        for name in self._renamed.keys() & facts.keys():
            told[self._renamed[name]] = told.pop(name)
        if self._content:
            told |= {name: text for name, text in event.content.items() if name.startswith("gen_ai.")}
        for name in facts:
            if name.startswith("vedette."):
                told[name] = told.pop(name)
        told["vedette.kind"] = event.kind.value
        told["vedette.phase"] = event.phase.value
        told["vedette.outcome"] = event.result.value
        told["vedette.schema"] = SCHEMA
        return told


def _place(call: Call, ids: SpanContext) -> None:
    if ids.is_valid:
        call.trace_id, call.span_id = f"{ids.trace_id:032x}", f"{ids.span_id:016x}"


def _joins(outer: Span, call: Call) -> bool:
    """A client's MCP request for the very tool that the current span executes adds to that span and opens none (MCP
    conventions, `execute_tool`). Frameworks may prefix the tool's name with the server's.
    """
    if call.facts.get("mcp.method.name") != "tools/call" or serves_mcp(call.source):
        return False
    said = getattr(outer, "attributes", None) or {}
    asked, executed = call.facts.get("gen_ai.tool.name"), str(said.get("gen_ai.tool.name", ""))
    if said.get("gen_ai.operation.name") != "execute_tool" or not asked or not executed.endswith(str(asked)):
        return False
    outer.set_attributes({name: call.facts[name] for name in _JOINED if name in call.facts})
    return True
