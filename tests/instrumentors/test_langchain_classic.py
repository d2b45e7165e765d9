"""LangChain's AgentExecutor is an agent; a chain of runnables is none."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from typing import Any

import pytest
from langchain_core.agents import AgentAction, AgentFinish
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool
from tests.collected import Collected

from vedette.event import Kind, Result

NAME = next((each for each in ("langchain_classic", "langchain") if importlib.util.find_spec(each)), "")
try:
    agents: Any = importlib.import_module(f"{NAME or 'langchain'}.agents.agent")
except ModuleNotFoundError:
    pytest.skip("runs in its own environment: make matrix", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore")  # of being classic


@tool
def weather(city: str) -> str:
    """The weather in a city."""
    return f"mild in {city}"


def _decide(given: dict[str, Any]) -> Any:
    if given["intermediate_steps"]:
        return AgentFinish({"output": given["intermediate_steps"][0][1]}, "")
    return AgentAction("weather", {"city": "Paris"}, "")


def executor() -> Any:
    agent = agents.RunnableAgent(runnable=RunnableLambda(_decide), stream_runnable=False)
    return agents.AgentExecutor(agent=agent, tools=[weather], name="forecaster")


async def _astream() -> Any:
    return [step async for step in executor().astream({"input": "Paris?"})][-1]


@pytest.mark.parametrize(
    "run",
    [
        lambda: executor().invoke({"input": "Paris?"}),
        lambda: asyncio.run(executor().ainvoke({"input": "Paris?"})),
        lambda: list(executor().stream({"input": "Paris?"}))[-1],
        lambda: asyncio.run(_astream()),
        lambda: executor().batch([{"input": "Paris?"}])[0],
    ],
    ids=["invoke", "ainvoke", "stream", "astream", "batch"],
)
def test_a_run_is_one_agent_with_its_tools_inside(calls: Collected, run: Any) -> None:
    assert run()["output"] == "mild in Paris"
    ran, agent = calls
    assert (ran.kind, ran.name, ran.parent_id) == (Kind.TOOL, "weather", agent.event_id)
    assert (agent.kind, agent.name, agent.result) == (Kind.AGENT, "forecaster", Result.OK)
    assert agent.facts["gen_ai.operation.name"] == "invoke_agent"
    assert agent.facts["gen_ai.agent.name"] == "forecaster"
    assert "Paris?" in str(agent.facts["gen_ai.input.messages"])
    assert "mild in Paris" in str(agent.facts["gen_ai.output.messages"])


def test_a_chain_of_runnables_is_no_agent(calls: Collected) -> None:
    assert (RunnableLambda(lambda city: {"city": city}) | weather).invoke("Rome") == "mild in Rome"
    assert [call.kind for call in calls] == [Kind.TOOL]
