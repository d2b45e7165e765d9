"""How each Kind looks as a signal: span name, span kind, severity (semconv 3). One table, for spans and logs alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import SpanKind

Facts = Mapping[str, Any]

SPANNED = frozenset({"inference", "tool", "agent", "retrieval", "exchange", "process"})
"""Kinds that have a span of their own; the log records of the others carry the ids of the current one."""

MEMORY = frozenset(
    {"create_memory_store", "delete_memory_store", "create_memory", "update_memory", "upsert_memory", "search_memory",
     "delete_memory"}
)  # fmt: skip
"""Memory operations are calls to a store: the one sort of change that has a span."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"})
"""The methods that HTTP knows (RFC 9110, RFC 5789, QUERY); any other is `_OTHER`, for anybody can invent one."""

ACTOR = {"user": "user.id", "session": "session.id", "agent": "gen_ai.agent.name", "run": "vedette.run.id"}
"""Field of an Actor -> the name it has in signals."""

_VERB = {"inference": "chat", "agent": "invoke_agent", "retrieval": "retrieval"}
_OBJECT = {
    "inference": ("gen_ai.request.model",),
    "agent": ("gen_ai.agent.name", "gen_ai.workflow.name"),
    "retrieval": ("gen_ai.data_source.id",),
}
_ALONE = frozenset({"fetch_response", *MEMORY})
_MCP_SERVERS = ("mcp.server.", "fastmcp.server.")

_FINDING = {"low": (9, "INFO"), "medium": (13, "WARN"), "high": (17, "ERROR"), "critical": (21, "FATAL")}
_FAILED = frozenset({"error", "denied"})


def has_span(kind: str, facts: Facts) -> bool:
    """Whether operations of this sort have a span of their own."""
    return kind in SPANNED or facts.get("gen_ai.operation.name") in MEMORY


def span_name(kind: str, facts: Facts) -> str:
    """The name by the conventions: of low cardinality, never a URL or an id. It is as full as the facts allow."""
    if "mcp.method.name" in facts:
        return _told(facts["mcp.method.name"], facts, ("gen_ai.tool.name", "gen_ai.prompt.name"))
    if kind == "exchange":
        method = facts.get("http.request.method")
        return _told(method if method in METHODS else "HTTP", facts, ("url.template",))
    if kind == "tool":
        return _told("execute_tool", facts, ("gen_ai.tool.name",))
    if kind == "process":
        return str(facts.get("process.executable.name", kind))
    operation = facts.get("gen_ai.operation.name") or _VERB.get(kind, kind)
    return _told(operation, facts, () if operation in _ALONE else _OBJECT.get(kind, ()))


def _told(verb: Any, facts: Facts, objects: tuple[str, ...]) -> str:
    found = (facts[name] for name in objects if facts.get(name))
    return f"{verb} {next(found, '')}".rstrip()


def span_kind(kind: str, facts: Facts, source: str = "") -> SpanKind:
    """INTERNAL for what runs in this process, CLIENT for what is asked of another. `source` is the seam's target."""
    if "mcp.method.name" in facts:
        return SpanKind.SERVER if serves_mcp(source) else SpanKind.CLIENT
    if kind == "agent":
        remote = facts.get("gen_ai.operation.name") == "create_agent" or "gen_ai.agent.id" in facts
        return SpanKind.CLIENT if remote else SpanKind.INTERNAL
    here = kind == "tool" or (kind != "exchange" and facts.get("vedette.in_process") is True)
    return SpanKind.INTERNAL if here else SpanKind.CLIENT


def serves_mcp(source: str) -> bool:
    """Whether this seam is on the server's side of MCP."""
    return source.startswith(_MCP_SERVERS)


def severity(kind: str, result: str, facts: Facts) -> tuple[int, str]:
    """OpenTelemetry's severity number and text."""
    if kind == "finding":
        return _FINDING.get(str(facts.get("vedette.finding.severity")), (13, "WARN"))
    if kind == "lifecycle":
        return (17, "ERROR") if facts.get("vedette.lifecycle.phase") == "gap" else (9, "INFO")
    if result in _FAILED and kind not in ("input", "output"):
        return 13, "WARN"
    return (10, "INFO2") if kind == "change" else (9, "INFO")
