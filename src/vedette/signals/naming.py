"""How each Kind looks as a signal: span name, span kind, severity (semconv 3). One table, for spans and logs alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import SpanKind

Facts = Mapping[str, Any]

SPANNED = frozenset({"inference", "tool", "agent", "retrieval", "exchange", "process"})
"""Kinds that have a span of their own; the log records of the others carry the ids of the current one."""

_FINDING = {"low": (9, "INFO"), "medium": (13, "WARN"), "high": (17, "ERROR"), "critical": (21, "FATAL")}
_FAILED = frozenset({"error", "denied"})


def span_name(kind: str, facts: Facts) -> str:
    """The name by the conventions: of low cardinality, never a URL or an id."""
    operation = facts.get("gen_ai.operation.name", "")
    if kind == "inference":
        return f"{operation} {facts.get('gen_ai.request.model', '')}".strip()
    if kind == "tool":
        return f"execute_tool {facts.get('gen_ai.tool.name', '')}".strip()
    if kind == "agent":
        return f"{operation} {facts.get('gen_ai.agent.name') or facts.get('gen_ai.workflow.name', '')}".strip()
    if kind == "retrieval":
        return f"retrieval {facts.get('gen_ai.data_source.id', '')}".strip()
    if kind == "exchange":
        return str(facts.get("http.request.method", "HTTP"))
    return str(facts.get("process.executable.name", kind))


def span_kind(kind: str) -> SpanKind:
    return SpanKind.INTERNAL if kind in ("tool", "agent") else SpanKind.CLIENT


def severity(kind: str, result: str, facts: Facts) -> tuple[int, str]:
    """OpenTelemetry's severity number and text."""
    if kind == "finding":
        return _FINDING.get(str(facts.get("vedette.finding.severity")), (13, "WARN"))
    if kind == "lifecycle":
        return (17, "ERROR") if facts.get("vedette.lifecycle.phase") == "gap" else (9, "INFO")
    if result in _FAILED:
        return 13, "WARN"
    return (10, "INFO2") if kind == "change" else (9, "INFO")
