"""Protocol readers: the bytes of one HTTP exchange, read as an inference. Pure functions, and none of them raises.

Recognised by path and body, not by host, so a gateway, Azure and localhost count. An unknown shape stays a plain
exchange. `PROTOCOLS` is the table; a new protocol is one module and one row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from vedette.capture.protocols import anthropic, openai_chat, openai_embeddings, openai_responses
from vedette.capture.protocols.exchange import Side
from vedette.capture.protocols.providers import provider
from vedette.capture.protocols.reading import Reading, ToolCall, ToolResult, first, obj, parsed, string
from vedette.event import Wire

__all__ = ["PROTOCOLS", "Reading", "ToolCall", "ToolResult", "operation", "read", "recognise"]

Read = Callable[[Reading, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one protocol is known and read. `keys`: one of these must stand in the request's body."""

    name: str
    family: str
    operation: str
    suffix: str
    keys: tuple[bytes, ...]
    request: Read
    response: Read
    stream: Callable[[Reading, bytes], None] | None = None
    api_type: str = ""


PROTOCOLS = (
    Protocol("openai_chat", "openai", "chat", "/chat/completions", (b'"messages"',), openai_chat.read_request,
             openai_chat.read_response, openai_chat.read_stream, "chat_completions"),
    Protocol("openai_completions", "openai", "text_completion", "/completions", (b'"prompt"',), openai_chat.read_request,
             openai_chat.read_response, openai_chat.read_stream),
    Protocol("openai_responses", "openai", "chat", "/responses",
             (b'"input"', b'"prompt"', b'"previous_response_id"', b'"conversation"'), openai_responses.read_request,
             openai_responses.read_response, openai_responses.read_stream, "responses"),
    Protocol("openai_embeddings", "openai", "embeddings", "/embeddings", (b'"input"',), openai_embeddings.read_request,
             openai_embeddings.read_response),
    Protocol("anthropic_messages", "anthropic", "chat", "/messages", (b'"max_tokens"', b'"anthropic_version"'),
             anthropic.read_request, anthropic.read_response, anthropic.read_stream),
)  # fmt: skip
_BY_NAME = {each.name: each for each in PROTOCOLS}


def recognise(path: str, body: bytes | None = None) -> str:
    """The protocol's name, or nothing. Cheap: no JSON is parsed. Without a body the path alone decides."""
    path = path.lower().rstrip("/")
    for each in PROTOCOLS:
        if path.endswith(each.suffix) and not (each.name == "anthropic_messages" and "/threads/" in path):
            if body is None or any(key in body for key in each.keys):
                return each.name
            return ""
    return ""


def operation(protocol: str) -> str:
    """`gen_ai.operation.name` of a protocol."""
    return _BY_NAME[protocol].operation


def read(wire: Wire, asked: Side, answered: Side) -> Reading | None:
    """The exchange as an inference; None if it is none."""
    if wire.method != "POST":
        return None
    url = urlsplit(wire.url)
    found = _BY_NAME.get(recognise(url.path, asked.body or b""))
    if found is None:
        return None
    reading = Reading(found.name)
    reading.put(
        gen_ai__operation__name=found.operation,
        gen_ai__provider__name=provider(url.hostname or "", found.family),
        openai__api__type=found.api_type or None,
    )
    request = parsed(asked.body)
    if isinstance(request, dict):
        found.request(reading, request)
    elif wire.request.whole:
        reading.broken = True
        return reading
    _answer(found, reading, wire, answered, obj(request))
    return reading


def _answer(protocol: Protocol, reading: Reading, wire: Wire, side: Side, request: dict[str, Any]) -> None:
    body = side.body or b""
    content_type = side.headers.get("content-type", "")
    if wire.status >= 400:
        _refused(reading, wire.status, obj(parsed(body)))
    elif protocol.stream is not None and openai_chat.is_stream(request, content_type):
        protocol.stream(reading, _joined(body, side.tail))
        if wire.first_byte_ns:
            reading.put(gen_ai__response__time_to_first_chunk=f"{wire.first_byte_ns / 1e9:.6f}")
    elif body:
        response = parsed(body)
        if isinstance(response, dict):
            protocol.response(reading, response)
        else:
            reading.facts["vedette.content.unread"] = len(body)


def _joined(head: bytes, tail: bytes) -> bytes:
    """Head and tail of a stream whose middle was not kept: the event that the tail begins in is given up."""
    return head + b"\n\n" + tail.partition(b"\n\n")[2] if tail else head


def _refused(reading: Reading, status: int, body: dict[str, Any]) -> None:
    """An error answer. The type is the provider's, of low cardinality; the text may echo the prompt: it is content."""
    error = obj(body.get("error"))
    reading.error = first(string(error.get("code")), string(error.get("type"))) or str(status)
    reading.put(vedette__error__message=first(string(error.get("message")), string(body.get("message"))))
