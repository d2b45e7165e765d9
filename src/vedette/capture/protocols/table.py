"""The protocols that can be read. A new one is one module and one row here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vedette.capture.protocols import anthropic, openai_chat, openai_embeddings, openai_responses, usage
from vedette.capture.protocols.reading import Reading
from vedette.capture.protocols.tolerant import Json

Read = Callable[[Reading, Json], None]


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one protocol is known and read.

    `path` is what the path ends in. The request has all keys of one group of `keys`; the response begins like `shape`
    and, where it is one JSON object, has one of `members`.
    """

    name: str
    family: str
    operation: str
    path: re.Pattern[str]
    keys: tuple[tuple[bytes, ...], ...]
    shape: re.Pattern[bytes]
    members: frozenset[str]
    request: Read
    response: Read
    usage: Callable[[Any], Json]
    stream: Callable[[Reading, bytes], None] | None = None
    api_type: str = ""


PROTOCOLS = (
    Protocol(
        name="openai_chat",
        family="openai",
        operation="chat",
        path=re.compile(r"/chat/completions$"),
        keys=((b'"messages"',),),
        shape=re.compile(rb'"object"\s*:\s*"chat\.completion'),
        members=frozenset({"choices", "error", "usage"}),
        request=openai_chat.read_request,
        response=openai_chat.read_response,
        usage=usage.openai,
        stream=openai_chat.read_stream,
        api_type="chat_completions",
    ),
    Protocol(
        name="openai_completions",
        family="openai",
        operation="text_completion",
        path=re.compile(r"/completions$"),
        keys=((b'"prompt"',),),
        shape=re.compile(rb'"object"\s*:\s*"text_completion"'),
        members=frozenset({"choices", "error", "usage"}),
        request=openai_chat.read_request,
        response=openai_chat.read_response,
        usage=usage.openai,
        stream=openai_chat.read_stream,
    ),
    Protocol(
        name="openai_responses",
        family="openai",
        operation="chat",
        path=re.compile(r"/responses$"),
        keys=((b'"input"',), (b'"prompt"',), (b'"previous_response_id"',), (b'"conversation"',)),
        shape=re.compile(rb'"object"\s*:\s*"response"'),
        members=frozenset({"output", "object", "error"}),
        request=openai_responses.read_request,
        response=openai_responses.read_response,
        usage=usage.openai,
        stream=openai_responses.read_stream,
        api_type="responses",
    ),
    Protocol(
        name="openai_embeddings",
        family="openai",
        operation="embeddings",
        path=re.compile(r"/embeddings$"),
        keys=((b'"input"',),),
        shape=re.compile(rb'"embedding"\s*:'),
        members=frozenset({"data", "error", "usage"}),
        request=openai_embeddings.read_request,
        response=openai_embeddings.read_response,
        usage=usage.openai,
    ),
    Protocol(
        name="anthropic_messages",
        family="anthropic",
        operation="chat",
        path=re.compile(r"/messages$|:(?:stream)?rawpredict$|/model/[^/]+/invoke$"),
        keys=((b'"messages"', b'"max_tokens"'), (b'"anthropic_version"',)),
        shape=re.compile(rb'"type"\s*:\s*"message(?:_start)?"'),
        members=frozenset({"content", "type", "error", "usage"}),
        request=anthropic.read_request,
        response=anthropic.read_response,
        usage=usage.anthropic,
        stream=anthropic.read_stream,
    ),
)
