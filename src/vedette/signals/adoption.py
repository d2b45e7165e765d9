"""One operation, one span: a span that somebody else already has for it is adopted, never doubled.

Known by the scope of the span that is current at the wire (`com.anthropic.sdk.python`, the official instrumentors), or,
where the other instrumentation sits below our seam (contrib `httpx`), by the span that starts inside our Call.
Spans that are never current (OpenLLMetry's for anthropic) cannot be adopted: ours is left out, and coverage says so.
"""

from __future__ import annotations

import sys
from typing import Any

from opentelemetry import trace

from vedette.event import Call, Kind
from vedette.names import SCHEMA

INFERENCE = (
    "com.anthropic.sdk.python",
    "opentelemetry.instrumentation.genai.openai",
    "opentelemetry.instrumentation.genai.anthropic",
    "opentelemetry.instrumentation.google_genai",
    "opentelemetry.instrumentation.openai.",
    "openinference.instrumentation.openai",
    "openinference.instrumentation.anthropic",
)
"""Scopes (prefixes) whose spans cover one model call, all its attempts included."""

HTTP = (
    "opentelemetry.instrumentation.requests",
    "opentelemetry.instrumentation.urllib",
    "opentelemetry.instrumentation.aiohttp_client",
    "opentelemetry.instrumentation.httpx",
)
"""Scopes (prefixes) whose spans cover one HTTP call; only its first exchange adopts it."""

_ABOVE = frozenset({"invoke_agent", "invoke_workflow", "create_agent", "execute_tool", "AGENT", "CHAIN", "TOOL"})
"""Operations of those scopes that are no model call, in the conventions' words and in OpenInference's."""

_BELOW = {"httpx": "HTTPXClientInstrumentor", "httpx2": "HTTPX2ClientInstrumentor"}
_NEVER_CURRENT = (
    ("opentelemetry.instrumentation.anthropic", "AnthropicInstrumentor", "anthropic_messages"),
    ("opentelemetry.instrumentation.openai", "OpenAIInstrumentor", "openai_responses"),
)
"""OpenLLMetry's: (module, its instrumentor, the protocol whose spans are made too late, or never made current)."""


def _active(module: str, instrumentor: str) -> bool:
    """Whether that instrumentation is switched on in this process. It is never imported by us."""
    found = getattr(sys.modules.get(module), instrumentor, None)
    return found is not None and bool(found().is_instrumented_by_opentelemetry)


def _scope(span: Any) -> str:
    return str(getattr(getattr(span, "instrumentation_scope", None), "name", ""))


class Adoption:
    """Decides at the opening of a Call whose span tells of it."""

    def take(self, call: Call) -> bool:
        """Whether no span of ours is to be opened: one was adopted, or one will come from below."""
        if call.kind not in (Kind.EXCHANGE, Kind.INFERENCE):
            return False
        return self._current(call) or self._from_below(call) or self._unreachable(call)

    def _current(self, call: Call) -> bool:
        span = trace.get_current_span()
        if not span.is_recording():
            return False
        fits = _of_model_call(span, call) if _scope(span).startswith(INFERENCE) else _of_http_call(span, call)
        if fits:
            adopt(span, call)
        return fits

    def _from_below(self, call: Call) -> bool:
        library = call.source.partition(":")[0].partition(".")[0]
        if call.kind is not Kind.EXCHANGE or library not in _BELOW:
            return False
        return _active("opentelemetry.instrumentation.httpx", _BELOW[library])

    def _unreachable(self, call: Call) -> bool:
        protocol = call.facts.get("vedette.protocol", "")
        return any(
            protocol == theirs and _active(module, instrumentor) for module, instrumentor, theirs in _NEVER_CURRENT
        )

    def started(self, span: Any, call: Call | None) -> None:
        """A span of anybody's started while `call` is the innermost one here: adopt it if it is the one to come."""
        if call is None or call.closed or call.span is not None or call.adopted:
            return
        if call.kind is Kind.EXCHANGE and _scope(span).startswith(HTTP):
            adopt(span, call)


def _of_model_call(span: Any, call: Call) -> bool:
    """Whether the span is the call's own. One of an agent's run is above it, and what a tool of that run fetches is
    neither a model call nor the run; another method of the SDK's (files, models) says nothing of an operation.
    """
    told = getattr(span, "attributes", None) or {}
    operation = told.get("gen_ai.operation.name", "")
    if operation in _ABOVE or told.get("openinference.span.kind") in _ABOVE:
        return False
    return call.kind is Kind.INFERENCE or not (operation or taken(span))


def _of_http_call(span: Any, call: Call) -> bool:
    return call.kind is Kind.EXCHANGE and _scope(span).startswith(HTTP) and not taken(span)


def taken(span: Any) -> bool:
    return "vedette.event.id" in (getattr(span, "attributes", None) or {})


def adopt(span: Any, call: Call) -> None:
    """Take the span's ids for the Call, and leave ours on it while its owner still lets us write."""
    ids = span.get_span_context()
    call.adopted = _scope(span)
    call.trace_id = f"{ids.trace_id:032x}"
    call.span_id = f"{ids.span_id:016x}"
    span.set_attribute("vedette.event.id", call.event_id)
    span.set_attribute("vedette.kind", str(call.kind))
    span.set_attribute("vedette.schema", SCHEMA)


def left_out() -> list[str]:
    """Instrumentations whose spans we cannot adopt, and for whose operations we open none: for the coverage record."""
    return [module for module, instrumentor, _ in _NEVER_CURRENT if _active(module, instrumentor)]
