"""Calls to measure redaction on: the chat of an agent whose words are new each time, while names and addresses stay."""

from __future__ import annotations

from typing import Any

from tests.bench.chats import chat
from vedette.event import Call, Kind

_REQUEST = {
    "http.request.method": "POST",
    "url.full": "https://llm.example.org/v1/chat/completions",
    "url.scheme": "https",
    "server.address": "llm.example.org",
    "server.port": 443,
    "vedette.protocol": "openai_chat",
    "gen_ai.operation.name": "chat",
}
_OUTCOME = {
    "http.response.status_code": 200,
    "network.protocol.name": "http",
    "network.protocol.version": "1.1",
    "network.peer.address": "192.0.2.7",
    "network.peer.port": 443,
    "network.transport": "tcp",
    "gen_ai.provider.name": "openai",
    "openai.api.type": "chat_completions",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.response.model": "gpt-5",
    "gen_ai.usage.input_tokens": 250,
    "gen_ai.usage.output_tokens": 40,
    "gen_ai.response.finish_reasons": ["stop"],
}


def intent(_seed: int) -> Call:
    """Before a chat: where it goes."""
    return Call(Kind.INFERENCE, "chat", "test", facts=dict(_REQUEST))


def turns(seed: int, count: int, *, hits: bool) -> Call:
    """A chat of so many turns of half a KB, of which the last is new: the next seed's has the others too."""
    said = [_message("user" if at % 2 else "assistant", chat(at, 500, hits=hits)) for at in range(seed, seed + count)]
    content = {
        "gen_ai.input.messages": said,
        "gen_ai.output.messages": [_message("assistant", chat(seed + 500_000, 200, hits=False))],
        "gen_ai.response.id": f"chatcmpl-{seed:024x}",
    }
    return Call(Kind.INFERENCE, "chat gpt-5", "test", facts={**_REQUEST, **_OUTCOME, **content}, intent=1)


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": text}]}
