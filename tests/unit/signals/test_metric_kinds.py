"""Metrics kind by kind: whole sets of points as a reader of the real SDK collects them."""

from typing import Any

import pytest
from tests.unit.signals.measured import HTTP, Measured, Points, event

from vedette.event import Kind

MCP = {
    "mcp.method.name": "tools/call",
    "mcp.protocol.version": "2026-07-28",
    "gen_ai.tool.name": "weather",
    "network.transport": "pipe",
}


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        (
            Kind.INFERENCE,
            {"gen_ai.operation.name": "embeddings", "gen_ai.usage.input_tokens": 4},
            {"gen_ai.client.operation.duration": [({"gen_ai.operation.name": "embeddings"}, (1, 1.5))]},
        ),
        (
            Kind.INFERENCE,
            {"gen_ai.operation.name": "fetch_response"},
            {"gen_ai.client.operation.duration": [({"gen_ai.operation.name": "fetch_response"}, (1, 1.5))]},
        ),
        (
            Kind.TOOL,
            {"gen_ai.tool.name": "weather", "gen_ai.tool.type": "function", "gen_ai.tool.call.id": "call_1"},
            {
                "gen_ai.execute_tool.duration": [
                    (
                        {"gen_ai.tool.name": "weather", "gen_ai.tool.type": "function", "gen_ai.agent.name": "desk"},
                        (1, 1.5),
                    )
                ]
            },
        ),
        (
            Kind.TOOL,
            {**MCP, "mcp.session.id": "s", "vedette.source": "mcp.client.session:ClientSession.call_tool"},
            {"mcp.client.operation.duration": [(MCP, (1, 1.5))]},
        ),
        (
            Kind.TOOL,
            {**MCP, "vedette.source": "mcp.server.lowlevel.server:Server._handle_request"},
            {"mcp.server.operation.duration": [(MCP, (1, 1.5))]},
        ),
        (
            Kind.AGENT,
            {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "intake"},
            {"gen_ai.invoke_workflow.duration": [({"gen_ai.workflow.name": "intake"}, (1, 1.5))]},
        ),
        (Kind.AGENT, {"gen_ai.operation.name": "create_agent"}, {}),
        (
            Kind.RETRIEVAL,
            {"gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "docs"},
            {"gen_ai.client.operation.duration": [({"gen_ai.operation.name": "retrieval"}, (1, 1.5))]},
        ),
        (
            Kind.CHANGE,
            {"gen_ai.operation.name": "update_memory"},
            {"gen_ai.client.operation.duration": [({"gen_ai.operation.name": "update_memory"}, (1, 1.5))]},
        ),
        (
            Kind.EXCHANGE,
            {**HTTP, "url.full": "https://a.example/x", "http.request.body.size": 20, "http.response.body.size": 3000},
            {
                "http.client.request.duration": [(HTTP, (1, 1.5))],
                "http.client.request.body.size": [(HTTP, (1, 20))],
                "http.client.response.body.size": [(HTTP, (1, 3000))],
            },
        ),
        (
            Kind.EXCHANGE,
            {"http.request.method": "BREW"},
            {"http.client.request.duration": [({"http.request.method": "_OTHER"}, (1, 1.5))]},
        ),
        (
            Kind.PROCESS,
            {"process.executable.name": "python3.13", "process.pid": 7},
            {"vedette.process.duration": [({"process.executable.name": "python"}, (1, 1.5))]},
        ),
        (
            Kind.PROCESS,
            {"process.executable.name": "acme-payroll.sh"},
            {"vedette.process.duration": [({"process.executable.name": "_OTHER"}, (1, 1.5))]},
        ),
        (
            Kind.CONNECTION,
            {"network.transport": "tcp", "network.peer.address": "10.0.0.1", "vedette.net.unwoven": True},
            {"vedette.connections": [({"network.transport": "tcp", "vedette.net.unwoven": True}, 1)]},
        ),
        (
            Kind.AUTH,
            {"vedette.auth.mechanism": "token", "vedette.auth.result": "granted", "vedette.auth.subject": "[id:k.9]"},
            {"vedette.auth.attempts": [({"vedette.auth.mechanism": "token", "vedette.auth.result": "granted"}, 1)]},
        ),
        (
            Kind.FINDING,
            {"security_rule.name": "r", "security_rule.category": "c", "vedette.finding.severity": "high"},
            {
                "vedette.findings": [
                    (
                        {
                            "security_rule.name": "r",
                            "security_rule.category": "c",
                            "vedette.finding.severity": "high",
                        },
                        1,
                    )
                ]
            },
        ),
        (Kind.INPUT, {"gen_ai.conversation.id": "c"}, {}),
        (Kind.LIFECYCLE, {"vedette.lifecycle.phase": "birth"}, {}),
    ],
)
def test_whole_points_kind_by_kind(measured: Measured, kind: Kind, facts: dict[str, Any], expected: Points) -> None:
    """Each kind gives these points and no other, over the dimensions of the conventions and no other."""
    measured.metrics.record(event(kind, facts, agent="desk"))
    assert measured.points() == expected
