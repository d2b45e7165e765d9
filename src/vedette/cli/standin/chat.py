"""OpenAI chat completions, also at the paths of Azure and of the many who speak the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vedette.cli.standin.dialect import CREATED, Dialect, last, pieces, plain, words
from vedette.cli.standin.turn import Failure, Offer, Prompt, ToolCall, Turn, count
from vedette.cli.standin.wire import dumps, event

DEPLOYMENT = re.compile(r"/deployments/([^/]+)/")
DONE = event("[DONE]")


def read(body: Mapping[str, Any], path: str) -> Prompt:
    """A request to `/chat/completions`; on Azure the model may stand in the path only."""
    messages = body.get("messages") or []
    deployment = DEPLOYMENT.search(path)
    return Prompt(
        model=body.get("model") or (deployment.group(1) if deployment else "standin"),
        said=last([plain(message.get("content")) for message in messages if message.get("role") == "user"]),
        results=_results(messages),
        offers=_offers(body),
        parallel=body.get("parallel_tool_calls") is not False,
        reasons=bool(body.get("reasoning_effort")),
        stream=bool(body.get("stream")),
        stream_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        tokens=count(dumps(messages)),
    )


def whole(turn: Turn, prompt: Prompt, serial: int) -> dict[str, Any]:
    """A `chat.completion`."""
    message: dict[str, Any] = {"role": "assistant", "content": turn.text or None, "refusal": turn.refusal or None}
    if turn.reasoning:
        message["reasoning_content"] = turn.reasoning
    if turn.calls:
        message["tool_calls"] = [_call(call, serial, i) for i, call in enumerate(turn.calls)]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish(turn)}
    return {**_envelope("chat.completion", prompt, serial), "choices": [choice], "usage": usage(turn, prompt)}


def stream(turn: Turn, prompt: Prompt, serial: int) -> Iterator[bytes]:
    """The chunks of a streamed reply. Usage comes last, without choices, and only when it was asked for."""
    envelope = _envelope("chat.completion.chunk", prompt, serial)
    for delta in _deltas(turn, serial):
        yield event({**envelope, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield event({**envelope, "choices": [{"index": 0, "delta": {}, "finish_reason": finish(turn)}]})
    if prompt.stream_usage:
        yield event({**envelope, "choices": [], "usage": usage(turn, prompt)})
    yield DONE


def failure(failed: Failure) -> Mapping[str, Any]:
    """The error body of OpenAI and of those who follow it."""
    if isinstance(failed.body, Mapping):
        return failed.body
    kind = "server_error" if failed.status >= 500 else "invalid_request_error"
    return {"error": {"message": failed.body, "type": kind, "param": None, "code": None}}


def finish(turn: Turn) -> str:
    """Why the model stopped."""
    return "tool_calls" if turn.calls else "stop"


def usage(turn: Turn, prompt: Prompt) -> dict[str, Any]:
    """Cached tokens are part of the prompt's, reasoning tokens part of the completion's."""
    return {
        "prompt_tokens": prompt.tokens + turn.cached,
        "completion_tokens": turn.tokens,
        "total_tokens": prompt.tokens + turn.cached + turn.tokens,
        "prompt_tokens_details": {"cached_tokens": turn.cached},
        "completion_tokens_details": {"reasoning_tokens": turn.reasoning_tokens},
    }


def _envelope(kind: str, prompt: Prompt, serial: int) -> dict[str, Any]:
    return {"id": f"chatcmpl-{serial}", "object": kind, "created": CREATED, "model": prompt.model}


def _deltas(turn: Turn, serial: int) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": None if turn.calls else ""}
    yield from ({"reasoning_content": piece} for piece in words(turn.reasoning))
    yield from ({"refusal": piece} for piece in words(turn.refusal))
    yield from ({"content": piece} for piece in words(turn.text))
    for index, call in enumerate(turn.calls):
        opening = _call(call, serial, index)
        opening["function"]["arguments"], *more = pieces(dumps(call.arguments))
        yield {"tool_calls": [{"index": index, **opening}]}
        yield from ({"tool_calls": [{"index": index, "function": {"arguments": piece}}]} for piece in more)


def _call(call: ToolCall, serial: int, index: int) -> dict[str, Any]:
    function = {"name": call.name, "arguments": dumps(call.arguments)}
    return {"id": call.id or f"call_{serial}_{index}", "type": "function", "function": function}


def _results(messages: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What the tools answered: the tool messages at the end of the conversation."""
    results: list[str] = []
    for message in reversed(messages):
        if message.get("role") != "tool":
            break
        results.insert(0, plain(message.get("content")))
    return tuple(results)


def _offers(body: Mapping[str, Any]) -> tuple[Offer, ...]:
    choice = body.get("tool_choice")
    functions = [tool["function"] for tool in body.get("tools") or [] if "function" in tool]
    if isinstance(choice, Mapping) and "function" in choice:
        functions = [function for function in functions if function["name"] == choice["function"]["name"]]
    if choice == "none":
        functions = []
    return tuple(Offer(function["name"], function.get("parameters") or {}) for function in functions)


CHAT = Dialect(read, whole, stream, failure)
