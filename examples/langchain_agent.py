"""A LangChain agent with two tools: the model is asked, its tools run, their answers go back.

opentelemetry-instrument python examples/langchain_agent.py
"""

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.graph import MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from standin import base_url


@tool
def lookup(name: str) -> str:
    """The number of a customer."""
    return f"customer 4711 is {name}"


@tool
def mail(text: str) -> str:
    """Send a mail to the customer."""
    return "sent"


def agent(model: ChatOpenAI) -> object:
    """A graph of two nodes: the agent asks the model, the tools run what it asks for."""
    asking = model.bind_tools([lookup, mail])

    def think(state: MessagesState) -> dict[str, list[BaseMessage]]:
        return {"messages": [asking.invoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("agent", think)
    graph.add_node("tools", ToolNode([lookup, mail]))
    graph.set_entry_point("agent")
    graph.add_conditional_edges("agent", tools_condition)
    graph.add_edge("tools", "agent")
    return graph.compile(name="clerk")


if __name__ == "__main__":
    model = ChatOpenAI(model="gpt-5", base_url=base_url("OPENAI_API_KEY", "/v1"))
    answer = agent(model).invoke({"messages": [HumanMessage("Look up 'Ada Lovelace' and mail her.")]})  # type: ignore[attr-defined]
    last = answer["messages"][-1]
    print(last.content if isinstance(last, AIMessage) else last)
