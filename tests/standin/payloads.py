"""Misbehaviour inside the JSON: the null matrix, Azure's shapes, other ends, errors in the middle of a stream."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.standin.case import Case

from vedette.cli.standin.wire import Response, dumps, event

EVENT = re.compile(rb"(event: \S+\n)?data: (\{.*\})\n\n", re.DOTALL)
FILTERED = {"hate": {"filtered": False, "severity": "safe"}}
OVERLOADED = {"message": "The server is overloaded", "type": "server_error", "code": "overloaded", "param": None}

Change = Callable[[dict[str, Any]], Any]
Shape = Callable[[Response, Case], Response]


def each_json(response: Response, change: Change) -> Response:
    """Change every JSON value of a body: the whole of it, or that of each event."""
    return resized(response, [_changed(part, change) for part in response.parts])


def resized(response: Response, parts: list[bytes]) -> Response:
    """The response with other parts and the length they have, still chunked if it was."""
    length = None if response.length is None else sum(map(len, parts))
    return replace(response, parts=parts, length=length)


def _changed(part: bytes, change: Change) -> bytes:
    if found := EVENT.fullmatch(part):
        changed = change(json.loads(found.group(2)))
        return event(changed, changed["type"] if found.group(1) else "")
    return dumps(change(json.loads(part))).encode() if part.startswith(b"{") else part


def _set(value: Any, key: str, new: Any) -> Any:
    """A copy of `value` in which every `key`, however deep, is `new`."""
    if isinstance(value, list):
        return [_set(item, key, new) for item in value]
    if isinstance(value, dict):
        return {name: new if name == key else _set(item, key, new) for name, item in value.items()}
    return value


def _setting(key: str, new: Any) -> Shape:
    return lambda response, case: each_json(response, lambda value: _set(value, key, new))


def _usage_missing(response: Response, case: Case) -> Response:
    return each_json(response, lambda value: {key: item for key, item in value.items() if key != "usage"})


def _ended(chat: str, messages: str, responses: str) -> Shape:
    """Another reason to stop, in the words of each dialect."""

    def change(value: dict[str, Any]) -> Any:
        for choice in value.get("choices") or []:
            choice["finish_reason"] = choice["finish_reason"] and chat
        for holder in (value, value.get("delta")):
            if isinstance(holder, dict) and holder.get("stop_reason"):
                holder["stop_reason"] = messages
        for holder in (value, value.get("response") or {}):
            if holder.get("object") == "response" and holder["status"] == "completed":
                holder.update(status="incomplete", incomplete_details={"reason": responses})
        if value.get("type") == "response.completed":
            value["type"] = "response.incomplete"
        return value

    return lambda response, case: each_json(response, change)


def _azure(response: Response, case: Case) -> Response:
    """A first chunk with filter results and no choices; filter results in each choice; a chunk of `delta: null`."""
    prompt_filter = {"prompt_filter_results": [{"prompt_index": 0, "content_filter_results": FILTERED}]}
    if response.length is not None:
        return each_json(response, lambda value: {**_filtered(value), **prompt_filter})
    first = {"id": "", "object": "", "created": 0, "model": "", "choices": [], **prompt_filter}
    *said, done = each_json(response, _filtered).parts
    bare = {"index": 0, "finish_reason": None, "delta": None, "content_filter_offsets": {"check_offset": 0}}
    late = {"id": "", "object": "", "created": 0, "model": "", "choices": [bare]}
    return replace(response, parts=[event(first), *said, event(late), done])


def _filtered(value: dict[str, Any]) -> dict[str, Any]:
    for choice in value.get("choices") or []:
        choice["content_filter_results"] = FILTERED
    return value


def _error_in_stream(response: Response, case: Case) -> Response:
    """The status is 200, some events come, then an error in the way of the dialect, then nothing more."""
    sent = list(response.parts)[: case.number("after", 3)]
    if sent[0].startswith(b"event: message_start"):
        failed = event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "error")
    elif sent[0].startswith(b"event: response."):
        failed = event({**OVERLOADED, "type": "error", "sequence_number": len(sent)}, "error")
    else:
        failed = event({"error": OVERLOADED})
    return replace(response, parts=[*sent, failed])


def _response_failed(value: dict[str, Any]) -> dict[str, Any]:
    """The other way in which a streamed response says that it failed: in its last event."""
    if value.get("type") != "response.completed":
        return value
    failed = {"status": "failed", "error": {"code": "server_error", "message": OVERLOADED["message"]}, "output": []}
    return {**value, "type": "response.failed", "response": {**value["response"], **failed}}


PAYLOADS: Mapping[str, Shape] = {
    "choices-null": _setting("choices", None),
    "choices-empty": _setting("choices", []),
    "choices-null-item": _setting("choices", [None]),
    "choices-object": _setting("choices", {}),
    "delta-null": _setting("delta", None),
    "message-null": _setting("message", None),
    "content-null": _setting("content", None),
    "output-null": _setting("output", None),
    "usage-null": _setting("usage", None),
    "usage-missing": _usage_missing,
    "content-filter": _ended("content_filter", "refusal", "content_filter"),
    "length": _ended("length", "max_tokens", "max_output_tokens"),
    "azure": _azure,
    "error-in-stream": _error_in_stream,
    "response-failed": lambda response, case: each_json(response, _response_failed),
}
