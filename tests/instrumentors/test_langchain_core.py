"""LangChain's tools and retrievers: each execution once, however it was reached."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from dirty_equals import IsPartialDict
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import StructuredTool, ToolException, tool
from langgraph.graph import MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from tests.collected import Collected

from vedette.event import Kind, Result


@tool
def double(number: int) -> int:
    """Twice a number."""
    return number * 2


@tool
async def double_later(number: int) -> int:
    """Twice a number, later."""
    await asyncio.sleep(0)
    return number * 2


@tool
def broken(number: int) -> int:
    """Never works."""
    raise ToolException("no")


def test_a_tool_is_recorded_whole(calls: Collected) -> None:
    assert double.invoke({"number": 2}) == 4
    call = calls.only
    assert (call.kind, call.name, call.result) == (Kind.TOOL, "double", Result.OK)
    assert call.facts == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "double",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.description": "Twice a number.",
        "gen_ai.tool.call.arguments": '{"number":2}',
        "gen_ai.tool.call.result": 4,
    }


@pytest.mark.parametrize(
    "reach",
    [
        lambda: double.invoke({"number": 2}),
        lambda: asyncio.run(double.ainvoke({"number": 2})),
        lambda: asyncio.run(double_later.ainvoke({"number": 2})),
        lambda: double.batch([{"number": 2}])[0],
        lambda: next(iter(double.stream({"number": 2}))),
        lambda: double.run({"number": 2}),
    ],
    ids=["invoke", "ainvoke of a sync tool", "ainvoke", "batch", "stream", "run"],
)
def test_a_tool_is_recorded_once_however_it_is_reached(calls: Collected, reach: Any) -> None:
    assert reach() == 4
    assert calls.only.facts["gen_ai.tool.call.result"] == 4


def test_parallel_tools_are_two_operations(calls: Collected) -> None:
    assert sorted(double.batch([{"number": 1}, {"number": 2}])) == [2, 4]
    assert sorted(call.facts["gen_ai.tool.call.result"] for call in calls) == [2, 4]


def test_a_raising_tool_raises_what_it_raised(calls: Collected) -> None:
    with pytest.raises(ToolException, match="no"):
        broken.invoke({"number": 1})
    assert calls.only.result is Result.ERROR
    assert calls.only.facts["error.type"] == "langchain_core.tools.base.ToolException"


def test_a_tool_that_tells_the_model_of_its_error_is_an_error(calls: Collected) -> None:
    """`handle_tool_error` makes a ToolMessage with status error of it: not a success."""
    polite = StructuredTool.from_function(broken.func, name="polite", description="x", handle_tool_error=True)
    message = polite.invoke({"type": "tool_call", "id": "call_1", "name": "polite", "args": {"number": 1}})
    assert isinstance(message, ToolMessage) and message.status == "error"
    assert calls.only.result is Result.ERROR
    assert calls.only.facts == IsPartialDict({"gen_ai.tool.call.id": "call_1", "vedette.tool.error": True})


def test_a_tool_node_runs_its_tools_inside_the_graph(calls: Collected) -> None:
    """The graph's run is the agent or workflow, its tools lie inside; ToolNode itself adds nothing."""
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode([double]))
    graph.set_entry_point("tools")
    asked = AIMessage("", tool_calls=[{"id": "call_1", "name": "double", "args": {"number": 3}}])
    graph.compile(name="sums").invoke({"messages": [asked]})
    ran, run = calls
    assert (ran.kind, ran.name, ran.facts["gen_ai.tool.call.id"]) == (Kind.TOOL, "double", "call_1")
    assert (run.kind, run.facts["gen_ai.operation.name"]) == (Kind.AGENT, "invoke_workflow")
    assert run.facts["gen_ai.workflow.name"] == "sums"
    assert ran.parent_id == run.event_id


class Shelf(BaseRetriever):
    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return [Document(page_content=f"about {query}", id="7", metadata={"shelf": 2})]


@pytest.mark.parametrize("reach", [lambda: Shelf().invoke("x"), lambda: asyncio.run(Shelf().ainvoke("x"))])
def test_a_retrieval_is_recorded_with_query_and_documents(calls: Collected, reach: Any) -> None:
    reach()
    call = calls.only
    assert call.kind is Kind.RETRIEVAL
    assert call.facts == {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": "Shelf",
        "gen_ai.retrieval.query.text": "x",
        "gen_ai.retrieval.documents": '[{"id":"7","content":"about x","metadata":{"shelf":2}}]',
    }
