"""Span names, span kinds and severities, row by row of the main table (semconv 3)."""

import pytest
from opentelemetry.trace import SpanKind

from vedette.event import Kind
from vedette.signals.naming import has_span, severity, span_kind, span_name

MCP = {"mcp.method.name": "tools/call", "gen_ai.tool.name": "weather"}


@pytest.mark.parametrize(
    ("kind", "facts", "name"),
    [
        ("inference", {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5"}, "chat gpt-5"),
        ("inference", {"gen_ai.operation.name": "chat"}, "chat"),
        ("inference", {"gen_ai.operation.name": "fetch_response", "gen_ai.request.model": "gpt-5"}, "fetch_response"),
        ("tool", {"gen_ai.tool.name": "weather"}, "execute_tool weather"),
        ("tool", MCP, "tools/call weather"),
        ("tool", {"mcp.method.name": "prompts/get", "gen_ai.prompt.name": "greet"}, "prompts/get greet"),
        ("exchange", {"mcp.method.name": "resources/read", "mcp.resource.uri": "file:///x"}, "resources/read"),
        ("agent", {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "desk"}, "invoke_agent desk"),
        ("agent", {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "w"}, "invoke_workflow w"),
        ("agent", {}, "invoke_agent"),
        ("retrieval", {"gen_ai.data_source.id": "docs"}, "retrieval docs"),
        ("retrieval", {"gen_ai.operation.name": "search_memory", "gen_ai.data_source.id": "m"}, "search_memory"),
        ("exchange", {"http.request.method": "POST", "url.full": "https://a.example/secret/path"}, "POST"),
        ("exchange", {"http.request.method": "GET", "url.template": "/users/{id}"}, "GET /users/{id}"),
        ("exchange", {"http.request.method": "BREW"}, "HTTP"),
        ("process", {"process.executable.name": "git"}, "git"),
        ("process", {}, "process"),
        ("change", {"gen_ai.operation.name": "update_memory", "gen_ai.memory.store.id": "s1"}, "update_memory"),
    ],
)
def test_span_names_follow_the_conventions(kind: str, facts: dict[str, str], name: str) -> None:
    """Operation and its low-cardinality object; never a URL, a path or an id."""
    assert span_name(kind, facts) == name


@pytest.mark.parametrize(
    ("kind", "facts", "source", "expected"),
    [
        ("inference", {}, "", SpanKind.CLIENT),
        ("inference", {"vedette.in_process": True}, "", SpanKind.INTERNAL),
        ("tool", {}, "", SpanKind.INTERNAL),
        ("tool", MCP, "mcp.client.session:ClientSession.call_tool", SpanKind.CLIENT),
        ("tool", MCP, "mcp.server.lowlevel.server:Server._handle_request", SpanKind.SERVER),
        ("agent", {"gen_ai.operation.name": "invoke_agent"}, "", SpanKind.INTERNAL),
        ("agent", {"gen_ai.operation.name": "create_agent"}, "", SpanKind.CLIENT),
        ("agent", {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.id": "asst_1"}, "", SpanKind.CLIENT),
        ("retrieval", {}, "", SpanKind.CLIENT),
        ("exchange", {"vedette.in_process": True}, "", SpanKind.CLIENT),
        ("process", {}, "", SpanKind.CLIENT),
    ],
)
def test_span_kind_tells_who_does_the_work(
    kind: str, facts: dict[str, object], source: str, expected: SpanKind
) -> None:
    """INTERNAL in this process, CLIENT where another is asked, SERVER on the answering side of MCP."""
    assert span_kind(kind, facts, source) is expected


def test_only_operations_have_spans() -> None:
    """What is noted or found has no span of its own, but for writes to a memory store, which are calls."""
    spanned = {kind.value for kind in Kind if has_span(kind, {})}
    assert spanned == {"inference", "tool", "agent", "retrieval", "exchange", "process"}
    assert has_span("change", {"gen_ai.operation.name": "delete_memory"})


@pytest.mark.parametrize(
    ("kind", "result", "facts", "expected"),
    [
        ("tool", "ok", {}, (9, "INFO")),
        ("tool", "error", {}, (13, "WARN")),
        ("auth", "denied", {}, (13, "WARN")),
        ("agent", "cancelled", {}, (9, "INFO")),
        ("input", "error", {}, (9, "INFO")),
        ("change", "ok", {}, (10, "INFO2")),
        ("change", "error", {}, (13, "WARN")),
        ("finding", "ok", {"vedette.finding.severity": "low"}, (9, "INFO")),
        ("finding", "ok", {"vedette.finding.severity": "medium"}, (13, "WARN")),
        ("finding", "ok", {"vedette.finding.severity": "high"}, (17, "ERROR")),
        ("finding", "ok", {"vedette.finding.severity": "critical"}, (21, "FATAL")),
        ("finding", "ok", {}, (13, "WARN")),
        ("lifecycle", "ok", {"vedette.lifecycle.phase": "birth"}, (9, "INFO")),
        ("lifecycle", "ok", {"vedette.lifecycle.phase": "gap"}, (17, "ERROR")),
    ],
)
def test_severity_by_kind_and_outcome(kind: str, result: str, facts: dict[str, str], expected: tuple[int, str]) -> None:
    """The last column of the main table."""
    assert severity(kind, result, facts) == expected
