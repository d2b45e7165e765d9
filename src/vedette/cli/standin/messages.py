"""Anthropic messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vedette.cli.standin.dialect import Dialect, last, pieces, plain, words
from vedette.cli.standin.turn import Failure, Offer, Prompt, Turn, count
from vedette.cli.standin.wire import Request, Response, document, dumps, event

ERRORS = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
SIGNATURE = "c3RhbmRpbg=="


def read(body: Mapping[str, Any], path: str) -> Prompt:
    """A request to `/messages`. Tool results stand as blocks in a message of the user."""
    messages = body.get("messages") or []
    users = [message.get("content") for message in messages if message.get("role") == "user"]
    choice = body.get("tool_choice") or {}
    return Prompt(
        model=body.get("model") or "standin",
        said=last([plain(content) for content in users]),
        results=_results(messages[-1].get("content")) if messages else (),
        offers=_offers(body.get("tools") or [], choice),
        parallel=not choice.get("disable_parallel_tool_use"),
        reasons=(body.get("thinking") or {}).get("type") in ("enabled", "adaptive"),
        stream=bool(body.get("stream")),
        tokens=count(dumps([body.get("system"), messages])),
    )


def whole(turn: Turn, prompt: Prompt, serial: int) -> dict[str, Any]:
    """A `message`."""
    blocks = list(_blocks(turn, serial))
    return {**_message(prompt, serial, usage(turn, prompt)), "content": blocks, "stop_reason": finish(turn)}


def stream(turn: Turn, prompt: Prompt, serial: int) -> Iterator[bytes]:
    """The events of a streamed message. Both usages count from the start of the message: the second replaces."""
    started = {**usage(turn, prompt), "output_tokens": 1}
    yield _event("message_start", message=_message(prompt, serial, started))
    for index, block in enumerate(_blocks(turn, serial)):
        yield from _block_events(index, block)
        if index == 0:
            yield _event("ping")
    delta = {"stop_reason": finish(turn), "stop_sequence": None}
    yield _event("message_delta", delta=delta, usage=usage(turn, prompt))
    yield _event("message_stop")


def failure(failed: Failure) -> Mapping[str, Any]:
    """The error body of Anthropic."""
    if isinstance(failed.body, Mapping):
        return failed.body
    kind = ERRORS.get(failed.status, "api_error" if failed.status >= 500 else "invalid_request_error")
    return {"type": "error", "error": {"type": kind, "message": failed.body}, "request_id": "req_standin"}


def count_tokens(request: Request) -> Response:
    """`/messages/count_tokens`: not an inference."""
    return document({"input_tokens": read(request.json(), request.path).tokens})


def finish(turn: Turn) -> str:
    """Why the model stopped."""
    if turn.refusal:
        return "refusal"
    return "tool_use" if turn.calls else "end_turn"


def usage(turn: Turn, prompt: Prompt) -> dict[str, Any]:
    """Cached tokens stand beside the input tokens, not in them; thinking tokens are part of the output's."""
    return {
        "input_tokens": prompt.tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": turn.cached,
        "output_tokens": turn.tokens,
        "output_tokens_details": {"thinking_tokens": turn.reasoning_tokens},
    }


def _message(prompt: Prompt, serial: int, used: Mapping[str, Any]) -> dict[str, Any]:
    message = {"id": f"msg_{serial}", "type": "message", "role": "assistant", "model": prompt.model}
    return {**message, "content": [], "stop_reason": None, "stop_sequence": None, "usage": used}


def _blocks(turn: Turn, serial: int) -> Iterator[dict[str, Any]]:
    if turn.reasoning:
        yield {"type": "thinking", "thinking": turn.reasoning, "signature": SIGNATURE}
    if turn.text or turn.refusal:
        yield {"type": "text", "text": turn.text or turn.refusal}
    for index, call in enumerate(turn.calls):
        used = call.id or f"toolu_{serial}_{index}"
        yield {"type": "tool_use", "id": used, "name": call.name, "input": dict(call.arguments)}


def _block_events(index: int, block: Mapping[str, Any]) -> Iterator[bytes]:
    emptied: dict[str, dict[str, Any]] = {
        "thinking": {"thinking": "", "signature": ""},
        "text": {"text": ""},
        "tool_use": {"input": {}},
    }
    kind = block["type"]
    yield _event("content_block_start", index=index, content_block={**block, **emptied[kind]})
    for delta in _deltas(block):
        yield _event("content_block_delta", index=index, delta=delta)
    yield _event("content_block_stop", index=index)


def _deltas(block: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    match block["type"]:
        case "thinking":
            yield from ({"type": "thinking_delta", "thinking": piece} for piece in words(block["thinking"]))
            yield {"type": "signature_delta", "signature": block["signature"]}
        case "text":
            yield from ({"type": "text_delta", "text": piece} for piece in words(block["text"]))
        case _:
            whole_input = dumps(block["input"])
            yield from ({"type": "input_json_delta", "partial_json": piece} for piece in pieces(whole_input))


def _event(name: str, **fields: Any) -> bytes:
    return event({"type": name, **fields}, name)


def _results(content: Any) -> tuple[str, ...]:
    blocks = content if isinstance(content, list) else []
    return tuple(plain(block.get("content")) for block in blocks if block.get("type") == "tool_result")


def _offers(tools: list[Mapping[str, Any]], choice: Mapping[str, Any]) -> tuple[Offer, ...]:
    """The client's own tools; those that run at the provider have no schema and are never asked for."""
    if choice.get("type") == "none":
        return ()
    wanted = [tool for tool in tools if choice.get("name", tool["name"]) == tool["name"]]
    return tuple(Offer(tool["name"], tool["input_schema"]) for tool in wanted if "input_schema" in tool)


MESSAGES = Dialect(read, whole, stream, failure)
