"""LangGraph: one run of a graph is one agent run, or one workflow where no agent factory made it.

Not patched: node functions called by hand (nothing to hang on to), checkpoints (metadata only), tools (langchain_core
sees them, once).
"""

from typing import Any

from vedette.instrument import Args, Facts, Kind, Seam

_AGENT_NODES = frozenset({"agent", "model"})
"""The node that `create_react_agent` and `create_agent` give their graph."""


def _is_agent(graph: Any) -> bool:
    return bool(_AGENT_NODES & set(graph.nodes))


def _run(args: Args) -> Facts:
    graph = args.self
    config = args.get("config", 1) or {}
    thread = config.get("configurable", {}).get("thread_id")
    operation, name = ("invoke_agent", "agent") if _is_agent(graph) else ("invoke_workflow", "workflow")
    return {
        "gen_ai.operation.name": operation,
        f"gen_ai.{name}.name": graph.get_name(),
        "gen_ai.conversation.id": None if thread is None else str(thread),
        "gen_ai.input.messages": args.get("input", 0),
    }


SEAMS = [
    Seam(
        target=f"langgraph.pregel.main:Pregel.{method}",
        kind=Kind.AGENT,
        name=lambda args: str(args.self.get_name()),
        request=_run,
    )
    for method in ("stream", "astream")
]
