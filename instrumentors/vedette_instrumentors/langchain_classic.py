"""LangChain's AgentExecutor: one run of it is one agent run; its tools and model calls lie inside, by context.

Not patched: other chains and runnables. They are glue: what they call is seen where it is done.
"""

from typing import Any

from vedette.instrument import Args, Facts, Kind, Seam

_MODULES = ("langchain_classic.agents.agent", "langchain.agents.agent")


def _run(args: Args) -> Facts:
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": args.self.get_name(),
        "gen_ai.input.messages": args.get("input", 0),
    }


def _said(args: Args, output: Any) -> Facts:
    return {"gen_ai.output.messages": output}


def _chunk(facts: dict[str, Any], item: Any) -> None:
    """A streamed run gives its steps, and last what `invoke` returns."""
    if isinstance(item, dict) and isinstance(item.get("output"), str):
        facts["gen_ai.output.messages"] = item["output"]


SEAMS = [
    Seam(
        target=tuple(f"{module}:AgentExecutor.{method}" for module in _MODULES),
        kind=Kind.AGENT,
        name=lambda args: str(args.self.get_name()),
        request=_run,
        response=_said if method.endswith("invoke") else lambda _, __: {},
        chunk=_chunk,
    )
    for method in ("invoke", "ainvoke", "stream", "astream")
]
