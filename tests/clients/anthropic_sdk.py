"""The Anthropic SDK in the tests: its client, what is asked, and what the record of an answer holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.clients.records import Told
from tests.clients.wire import carrier, exchange, inference, said
from tests.llm_server import LlmServer

anthropic = pytest.importorskip("anthropic", reason="runs in its own environment: make matrix")

CARRIER = carrier(anthropic.DefaultHttpxClient)
SYNC = f"{CARRIER}:Client._send_single_request"
ASYNC = f"{CARRIER}:AsyncClient._send_single_request"
PATH = "/v1/messages"
MODEL = "claude-standin"  # a real name is deprecated one day, and the SDK warns
KEY = "sk-ant-" + "api03-" + "q7RtZ2mVx9LkB4wYd6Ns" * 4
ASKED: Any = {
    "model": MODEL,
    "max_tokens": 64,
    "system": "Be brief.",
    "messages": [{"role": "user", "content": "How is it?"}],
}
WEATHER: Any = {
    "name": "weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


@contextmanager
def client(server: LlmServer, case: str = "", **options: Any) -> Iterator[Any]:
    base = server.at(case, "") if case else server.url
    with anthropic.Anthropic(base_url=base, api_key=KEY, **options) as one:
        yield one


def message(facts: dict[str, Any], content: dict[str, Any], source: str = SYNC, path: str = PATH, **more: Any) -> Told:
    """A message; `facts` are those beyond the exchange's own."""
    named = {
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.max_tokens": 64,
        "vedette.protocol": "anthropic_messages",
    }
    status = more.pop("status", 200)
    return inference(MODEL, exchange(path, source, status=status) | named | facts, content, **more)


def answered(**facts: Any) -> dict[str, Any]:
    """The facts of a whole answer to `ASKED`."""
    return {
        "gen_ai.response.finish_reasons": '["stop"]',
        "vedette.finish_reason.raw": "end_turn",
        "gen_ai.response.id": "msg_1",
        "gen_ai.response.model": MODEL,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "gen_ai.usage.cache_write.input_tokens": 0,
        "gen_ai.usage.input_tokens": 13,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.reasoning.output_tokens": 0,
        **{name.replace("__", "."): value for name, value in facts.items()},
    }


STREAMED = {"gen_ai__request__stream": True, "gen_ai__response__time_to_first_chunk": "{seconds}"}
UNANSWERED = {
    "gen_ai.system_instructions": [{"type": "text", "content": "Be brief."}],
    "gen_ai.input.messages": [said("user", "How is it?")],
}
SAID = UNANSWERED | {"gen_ai.output.messages": [said("assistant", 'You said: "How is it?"')]}
