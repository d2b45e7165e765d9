"""The programs that are measured: plain code over the real SDKs, against the stand-in in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import anthropic
import httpx
import openai
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool

CHAT = "Summarise the plan for the week. "


@dataclass(frozen=True)
class Workload:
    """`run` is one operation, or `operations` of them at once; `times` is how often a round runs it."""

    name: str
    run: Callable[[], Any]
    times: int = 100
    operations: int = 1


@tool
def first(text: str) -> str:
    """The first tool."""
    return text.upper()


@tool
def second(text: str) -> str:
    """The second tool."""
    return text.lower()


def workloads(url: str) -> list[Workload]:
    gpt = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    agpt = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    claude = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)
    web = httpx.Client()
    loop = asyncio.new_event_loop()
    pool = ThreadPoolExecutor(4)

    def chat(size: int) -> Any:
        messages = [{"role": "user", "content": (CHAT * 400)[:size]}]
        return gpt.chat.completions.create(model="gpt-5", messages=messages)  # type: ignore[call-overload]  # plain dicts

    def stream() -> None:
        messages = [{"role": "user", "content": "stream"}]
        for _ in gpt.chat.completions.create(model="gpt-5", messages=messages, stream=True):  # type: ignore[call-overload]  # plain dicts
            pass

    def chain() -> Any:
        return RunnableLambda(lambda text: second.invoke({"text": first.invoke({"text": text})})).invoke("Some Text")

    async def fifty() -> None:
        messages = [{"role": "user", "content": CHAT}]
        await asyncio.gather(
            *(agpt.chat.completions.create(model="gpt-5", messages=messages) for _ in range(50))  # type: ignore[call-overload]  # plain dicts
        )

    offered = [{"type": "function", "name": "first", "parameters": {"type": "object", "properties": {}}}]
    return [
        Workload("chat 1 KB", lambda: chat(1000)),
        Workload("chat 10 KB", lambda: chat(10_000), times=50),
        Workload("stream of 200 chunks", stream, times=15),
        Workload("responses with a tool call", lambda: gpt.responses.create(model="gpt-5", input=CHAT, tools=offered)),  # type: ignore[call-overload]  # plain dicts
        Workload(
            "Anthropic 1 KB",
            lambda: claude.messages.create(
                model="claude", max_tokens=50, messages=[{"role": "user", "content": (CHAT * 40)[:1000]}]
            ),
        ),
        Workload("LangChain chain with two tools", chain),
        Workload("httpx GET", lambda: web.get(f"{url}/weather?city=Paris"), times=200),
        Workload("4 threads", lambda: list(pool.map(lambda _: chat(1000), range(4))), times=25, operations=4),
        Workload("50 async tasks", lambda: loop.run_until_complete(fifty()), times=3, operations=50),
    ]
