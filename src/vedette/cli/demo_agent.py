"""The agent of `vedette demo`: two SDKs, two tools, one call out, one stream. It knows nothing of Vedette."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import anthropic
import httpx
import openai

SERVER = os.environ["DEMO_SERVER"]
PLANTED = "ghp_" + "a1B2c3D4e5F6" * 2 + "a1B2c3" + "2q49x8"  # looks like a token down to its checksum, is none
QUESTION = f"Mail ada@example.org the weather in Paris. My token is {PLANTED}."


def weather(city: str) -> str:
    return httpx.get(f"{SERVER}/weather", params={"city": city, "api_key": "not-a-real-key"}).text


def mail(text: str) -> str:
    return f"sent {len(text)} characters"


TOOLS: dict[str, Callable[..., str]] = {"weather": weather, "mail": mail}
OFFERED: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": name,
            "parameters": {"type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]},
        },
    }
    for name, argument in (("weather", "city"), ("mail", "text"))
]


def work(client: openai.OpenAI) -> None:
    """Ask, run what the model asks for, ask again: a tool loop as people write it."""
    messages: list[Any] = [{"role": "user", "content": QUESTION}]
    for _ in range(4):
        reply = client.chat.completions.create(model="gpt-5", messages=messages, tools=OFFERED).choices[0].message
        if not reply.tool_calls:
            return
        messages.append(reply.model_dump(exclude_none=True))
        calls: list[Any] = reply.tool_calls
        for call in calls:
            result = TOOLS[call.function.name](**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})


def sum_up(client: anthropic.Anthropic) -> None:
    """A second opinion, streamed."""
    prompt: list[Any] = [{"role": "user", "content": "Sum up the weather in one sentence."}]
    with client.messages.stream(model="claude-sonnet-5", max_tokens=100, messages=prompt) as stream:
        stream.until_done()


if __name__ == "__main__":
    with openai.OpenAI(base_url=f"{SERVER}/v1", api_key="no-key-needed") as gpt:
        work(gpt)
    with anthropic.Anthropic(base_url=SERVER, api_key="no-key-needed") as claude:
        sum_up(claude)
