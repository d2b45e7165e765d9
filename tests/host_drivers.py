"""How a host uses each library that has a seam: one driver a seam target, the same with and without Vedette.

A driver gets the server's URL and a path, and gives all that the host can see of it. A new instrumentor adds its own
here; the host contract test fails for a target without one.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import urllib.request
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx
import requests
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import StructuredTool
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

try:
    import httpx2
except ImportError:  # Python 3.10: httpx2 needs 3.11
    httpx2 = None  # type: ignore[assignment]

Driver = Callable[[str], Any]


def _found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


# Libraries that stand in the way of others, or are many: installed for some rows of `make matrix` only.
_FUTURE = _found("urllib3._async.connectionpool")
_CLASSIC = "langchain_classic" if _found("langchain_classic.agents.agent") else ""


def _sync(library: Any) -> Driver:
    def drive(url: str) -> Any:
        with library.Client() as client, client.stream("GET", url) as response:
            return response.status_code, dict(response.headers).get("content-type"), b"".join(response.iter_bytes())

    return drive


def _async(library: Any) -> Driver:
    async def get(url: str) -> Any:
        async with library.AsyncClient() as client, client.stream("GET", url) as response:
            pieces = [piece async for piece in response.aiter_bytes()]
            return response.status_code, dict(response.headers).get("content-type"), b"".join(pieces)

    return lambda url: asyncio.run(get(url))


def _urllib(url: str) -> Any:
    with urllib.request.urlopen(url) as response:
        return response.status, response.headers["content-type"], response.read()


def _requests(url: str) -> Any:
    with requests.Session() as session, session.get(url, stream=True) as response:
        return response.status_code, response.headers["content-type"], b"".join(response.iter_content(None))


def _aiohttp(url: str) -> Any:
    async def get() -> Any:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status, response.headers["content-type"], await response.read()

    return asyncio.run(get())


def _aiohttp_post(url: str) -> Any:
    async def post() -> Any:
        async with aiohttp.ClientSession() as session, session.post(url, data={"a": "b"}) as response:
            return response.status, response.headers["content-type"], await response.read()

    return asyncio.run(post())


def _tool(url: str) -> Any:
    return StructuredTool.from_function(_fetch, name="fetch", description="Fetch.").invoke({"url": url})


def _fetch(url: str) -> str:
    if url.endswith("/cut"):
        raise ConnectionError("cut")
    return f"fetched {url}"


async def _fetch_later(url: str) -> str:
    return _fetch(url)


def _tool_later(url: str) -> Any:
    tool = StructuredTool.from_function(coroutine=_fetch_later, name="fetch", description="Fetch.")
    return asyncio.run(tool.ainvoke({"url": url}))


class _Shelf(BaseRetriever):
    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        return [Document(page_content=_fetch(query), id="1")]


class _Count(TypedDict):
    url: str


def _graph() -> Any:
    graph = StateGraph(_Count)
    graph.add_node("fetch", lambda state: {"url": _fetch(state["url"])})
    graph.add_edge(START, "fetch")
    graph.add_edge("fetch", END)
    return graph.compile()


async def _astream(url: str) -> Any:
    return [step async for step in _graph().astream({"url": url})]


def _niquests(url: str) -> Any:
    niquests = importlib.import_module("niquests")
    with niquests.Session() as session, session.get(url, stream=True) as response:
        return response.status_code, response.headers["content-type"], b"".join(response.iter_content(5))


def _niquests_later(url: str) -> Any:
    async def get() -> Any:
        async with importlib.import_module("niquests").AsyncSession() as session:
            response = await session.get(url)
            return response.status_code, response.headers["content-type"], response.content

    return asyncio.run(get())


def _pool(url: str) -> Any:
    with importlib.import_module("urllib3_future").PoolManager() as pool:
        response = pool.request("GET", url, retries=False)
        return response.status, response.data


def _pool_later(url: str) -> Any:
    async def get() -> Any:
        async with importlib.import_module("urllib3_future").AsyncPoolManager() as pool:
            response = await pool.request("GET", url, retries=False)
            return response.status, await response.data

    return asyncio.run(get())


def _executor() -> Any:
    """LangChain's classic agent, which asks for its tool once and gives what that gave."""
    agents = importlib.import_module(f"{_CLASSIC}.agents.agent")
    core = importlib.import_module("langchain_core.agents")

    def decide(given: dict[str, Any]) -> Any:
        steps = given["intermediate_steps"]
        url = given["input"]
        return core.AgentFinish({"output": steps[0][1]}, "") if steps else core.AgentAction("fetch", {"url": url}, "")

    agent = agents.RunnableAgent(runnable=RunnableLambda(decide), stream_runnable=False)
    tool = StructuredTool.from_function(_fetch, name="fetch", description="Fetch.")
    return agents.AgentExecutor(agent=agent, tools=[tool])


async def _executed(url: str) -> Any:
    return [str(step) async for step in _executor().astream({"input": url})][-1]


DRIVERS: dict[str, Driver] = {
    "httpx:Client._send_single_request": _sync(httpx),
    "httpx:AsyncClient._send_single_request": _async(httpx),
    "http.client:HTTPConnection.putrequest": _urllib,
    "http.client:HTTPConnection.send": _urllib,
    "http.client:HTTPConnection.getresponse": _urllib if _FUTURE else _requests,
    "aiohttp.client_reqrep:ClientRequest.send": _aiohttp,
    "aiohttp.client_reqrep:ClientRequest.write_bytes": _aiohttp_post,
    "aiohttp.connector:BaseConnector.connect": _aiohttp,
    "aiohttp.client_reqrep:ClientResponse.start": _aiohttp,
    "aiohttp.client_reqrep:ClientResponse.close": _aiohttp,
    "aiohttp.client_reqrep:ClientResponse.release": _aiohttp,
    "aiohttp.streams:StreamReader._read_nowait_chunk": _aiohttp,
    "langchain_core.tools.base:BaseTool.run": _tool,
    "langchain_core.tools.base:BaseTool.arun": _tool_later,
    "langchain_core.retrievers:BaseRetriever.invoke": lambda url: _Shelf().invoke(url),
    "langchain_core.retrievers:BaseRetriever.ainvoke": lambda url: asyncio.run(_Shelf().ainvoke(url)),
    "langgraph.pregel.main:Pregel.stream": lambda url: list(_graph().stream({"url": url})),
    "langgraph.pregel.main:Pregel.astream": lambda url: asyncio.run(_astream(url)),
}
if httpx2 is not None:
    DRIVERS |= {
        "httpx2:Client._send_single_request": _sync(httpx2),
        "httpx2:AsyncClient._send_single_request": _async(httpx2),
    }
if _FUTURE:
    DRIVERS |= {
        "urllib3.connectionpool:HTTPConnectionPool._make_request": _niquests,
        "urllib3._async.connectionpool:AsyncHTTPConnectionPool._make_request": _niquests_later,
    }
if _found("urllib3_future._async.connectionpool"):
    DRIVERS |= {
        "urllib3_future.connectionpool:HTTPConnectionPool._make_request": _pool,
        "urllib3_future._async.connectionpool:AsyncHTTPConnectionPool._make_request": _pool_later,
    }
if _CLASSIC:
    DRIVERS |= {
        "langchain_classic.agents.agent:AgentExecutor.invoke": lambda url: _executor().invoke({"input": url}),
        "langchain_classic.agents.agent:AgentExecutor.ainvoke": lambda url: asyncio.run(
            _executor().ainvoke({"input": url})
        ),
        "langchain_classic.agents.agent:AgentExecutor.stream": lambda url: str(
            list(_executor().stream({"input": url}))[-1]
        ),
        "langchain_classic.agents.agent:AgentExecutor.astream": lambda url: asyncio.run(_executed(url)),
    }
