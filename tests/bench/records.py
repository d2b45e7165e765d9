"""The records that the trail's costs are measured with: as large as those of a real agent (docs/trail-format.md)."""

from __future__ import annotations

from vedette.event import Actor, Event, Kind, Label, Phase

_FACTS = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "search_flights",
    "gen_ai.tool.call.id": "call_9f8a7b6c5d4e3f2a1b0c",
    "gen_ai.tool.type": "function",
    "gen_ai.agent.name": "travel-agent",
    "gen_ai.conversation.id": "conv_0123456789abcdef",
    "vedette.operation.id": "5f2b9c1d7e3a4b60",
    "vedette.source": "langchain_core.tools.base:BaseTool.run",
}
_ABOUT = {
    "name": "execute_tool search_flights",
    "begin_ns": 1_795_349_012_000_000_000,
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "span_id": "b7ad6b7169203331",
    "actor": Actor(user="u.3f9c2b1a", session="s.81b2c3d4", agent="travel-agent", run="run-1"),
}
_LABELS = (Label("email", "k1.3f9c2b1a", "/input"), Label("email", "k1.3f9c2b1a", "/output"))

OUTCOME = Event(
    kind=Kind.TOOL,
    phase=Phase.OUTCOME,
    of=1,
    duration_ns=31_415_926,
    facts=_FACTS,
    content={"gen_ai.tool.call.arguments": '{"from":"ZRH","to":"LIS"}' * 10, "gen_ai.tool.call.result": "flight " * 70},
    labels=_LABELS,
    **_ABOUT,  # type: ignore[arg-type]  # one keyword a field
)
METADATA = Event(
    kind=Kind.TOOL, phase=Phase.OUTCOME, of=1, duration_ns=31_415_926, facts=_FACTS, labels=_LABELS, **_ABOUT  # type: ignore[arg-type]  # as above
)  # fmt: skip
INTENT = Event(
    kind=Kind.TOOL,
    phase=Phase.INTENT,
    facts={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search_flights"},
    content={"gen_ai.tool.call.arguments": ('{"from":"ZRH","to":"LIS"}' * 10)[:245]},
    name="execute_tool search_flights",
)
