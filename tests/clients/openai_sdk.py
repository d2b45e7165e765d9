"""The OpenAI SDK in the tests: its client, what is asked, and what the record of an answer holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.clients.records import Told
from tests.clients.wire import carrier, exchange, inference, said
from tests.llm_server import LlmServer

openai = pytest.importorskip("openai", reason="runs in its own environment: make matrix")

CARRIER = carrier(openai.DefaultHttpxClient)
SYNC = f"{CARRIER}:Client._send_single_request"
ASYNC = f"{CARRIER}:AsyncClient._send_single_request"
PATH = "/v1/chat/completions"
MODEL = "gpt-4o"
KEY = "sk-" + "q7RtZ2mVx9LkB4wYd6Ns" * 2
ASKED: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How is it?"}]
USAGE = {"stream_options": {"include_usage": True}}
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


@contextmanager
def client(server: LlmServer, case: str = "", **options: Any) -> Iterator[Any]:
    base = server.at(case) if case else f"{server.url}/v1"
    with openai.OpenAI(base_url=base, api_key=KEY, **options) as one:
        yield one


def async_client(server: LlmServer, case: str = "") -> Any:
    return openai.AsyncOpenAI(base_url=server.at(case) if case else f"{server.url}/v1", api_key=KEY)


def chat(facts: dict[str, Any], content: dict[str, Any], source: str = SYNC, path: str = PATH, **more: Any) -> Told:
    """A chat completion; `facts` are those beyond the exchange's own."""
    named = {"gen_ai.provider.name": "openai", "openai.api.type": "chat_completions", "vedette.protocol": "openai_chat"}
    status = more.pop("status", 200)
    return inference(MODEL, exchange(path, source, status=status) | named | facts, content, **more)


def answered(**facts: Any) -> dict[str, Any]:
    """The facts of a whole answer to `ASKED`."""
    return {
        "gen_ai.response.finish_reasons": '["stop"]',
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.model": MODEL,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.reasoning.output_tokens": 0,
        **{name.replace("__", "."): value for name, value in facts.items()},
    }


STREAMED = {"gen_ai__request__stream": True, "gen_ai__response__time_to_first_chunk": "{seconds}"}
SAID = {
    "gen_ai.system_instructions": [{"type": "text", "content": "Be brief."}],
    "gen_ai.input.messages": [said("user", "How is it?")],
    "gen_ai.output.messages": [said("assistant", 'You said: "How is it?"')],
}
UNANSWERED = {name: value for name, value in SAID.items() if name != "gen_ai.output.messages"}
