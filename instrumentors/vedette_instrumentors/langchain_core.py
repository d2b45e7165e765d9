"""LangChain core: tools and retrievers, each execution once, however it was reached.

`BaseTool.run` and `.arun` lie below `invoke`, `ainvoke`, `batch`, `stream`, `ToolNode` and the prebuilt agents.
Not patched: `tool.func(...)` called by hand (nothing to hang on to), chat models (their HTTP exchange is the model
call), plain runnables (glue, no agent: langgraph's runs are).
"""

from typing import Any

from vedette.instrument import Args, Facts, Kind, Seam


def _tool(args: Args) -> Facts:
    tool = args.self
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": tool.name,
        "gen_ai.tool.type": "function",
        "gen_ai.tool.description": tool.description,
        "gen_ai.tool.call.id": args.get("tool_call_id"),
        "gen_ai.tool.call.arguments": args.get("tool_input", 0),
    }


def _result(args: Args, result: Any) -> Facts:
    failed = getattr(result, "status", "") == "error"  # a ToolMessage that tells the model of an error
    return {
        "gen_ai.tool.call.result": getattr(result, "content", result),
        "vedette.tool.error": True if failed else None,
        "error.type": "tool_error" if failed else None,
    }


def _query(args: Args) -> Facts:
    return {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": args.self.get_name(),
        "gen_ai.retrieval.query.text": args.get("input", 0),
    }


def _documents(args: Args, documents: Any) -> Facts:
    return {
        "gen_ai.retrieval.documents": [
            {"id": document.id, "content": document.page_content, "metadata": document.metadata}
            for document in documents
        ]
    }


TOOLS = [
    Seam(
        target=f"langchain_core.tools.base:BaseTool.{method}",
        kind=Kind.TOOL,
        name=lambda args: str(args.self.name),
        request=_tool,
        response=_result,
    )
    for method in ("run", "arun")
]

RETRIEVERS = [
    Seam(
        target=f"langchain_core.retrievers:BaseRetriever.{method}",
        kind=Kind.RETRIEVAL,
        name=lambda args: str(args.self.get_name()),
        request=_query,
        response=_documents,
    )
    for method in ("invoke", "ainvoke")
]
