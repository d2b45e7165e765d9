"""Which path is answered by whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vedette.cli.standin import plain
from vedette.cli.standin.chat import CHAT
from vedette.cli.standin.completions import COMPLETIONS
from vedette.cli.standin.dialect import Dialect
from vedette.cli.standin.embeddings import embed
from vedette.cli.standin.messages import MESSAGES, count_tokens
from vedette.cli.standin.responses import RESPONSES
from vedette.cli.standin.turn import Failure, Prompt, Reply
from vedette.cli.standin.wire import Request, Response, document, event_stream

# By the end of the path, as gateways and Azure put things before it; the first that fits, so the longer stands first.
DIALECTS: Mapping[str, Dialect] = {
    "/chat/completions": CHAT,
    "/completions": COMPLETIONS,
    "/responses": RESPONSES,
    "/messages": MESSAGES,
}
ENDPOINTS: Mapping[str, Callable[[Request], Response]] = {
    "/embeddings": embed,
    "/messages/count_tokens": count_tokens,
    "/weather": plain.weather,
    "/echo": plain.echo,
}

Think = Callable[[Prompt, Request], Reply]


def dialect_of(path: str) -> Dialect | None:
    """The model API that a path belongs to."""
    return next((dialect for suffix, dialect in DIALECTS.items() if path.endswith(suffix)), None)


def respond(request: Request, think: Think, serial: int) -> Response:
    """The right answer to a request; 404 where nobody lives, 400 for a body that is not what the path calls for."""
    endpoint = next((answer for suffix, answer in ENDPOINTS.items() if request.path.endswith(suffix)), None)
    dialect = dialect_of(request.path)
    if endpoint is None and dialect is None:
        return _failed(CHAT, Failure(404, f"Nothing at {request.path}"))
    try:
        return endpoint(request) if endpoint else _converse(dialect or CHAT, request, think, serial)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        return _failed(dialect or CHAT, Failure(400, f"Cannot read the request: {error!r}"))


def _converse(dialect: Dialect, request: Request, think: Think, serial: int) -> Response:
    body: Mapping[str, Any] = request.json()
    prompt = dialect.read(body, request.path)
    reply = think(prompt, request)
    if isinstance(reply, Failure):
        return _failed(dialect, reply)
    if prompt.stream:
        return event_stream(dialect.stream(reply, prompt, serial))
    return document(dialect.whole(reply, prompt, serial))


def _failed(dialect: Dialect, failed: Failure) -> Response:
    return document(dialect.failure(failed), failed.status, failed.headers)
