"""Anthropic messages, plain and streamed. Usage is cumulative and its input excludes the cache: fields are replaced, then added."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols.framing import server_events
from vedette.capture.protocols.reading import (
    Reading,
    ToolCall,
    ToolResult,
    decimal,
    finish,
    first,
    integer,
    obj,
    objects,
    parsed,
    string,
    text_of,
)

FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_call",
    "refusal": "content_filter",
}
_DELTAS = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    thinking = obj(request.get("thinking"))
    budget = integer(thinking.get("budget_tokens"))
    stop = request.get("stop_sequences")
    reading.put(
        gen_ai__request__model=string(request.get("model")),
        gen_ai__request__max_tokens=integer(request.get("max_tokens")),
        gen_ai__request__temperature=decimal(request.get("temperature")),
        gen_ai__request__top_p=decimal(request.get("top_p")),
        gen_ai__request__top_k=integer(request.get("top_k")),
        gen_ai__request__stop_sequences=stop if isinstance(stop, list) else None,
        gen_ai__request__stream=True if request.get("stream") is True else None,
        gen_ai__request__reasoning__level=first(
            string(obj(request.get("output_config")).get("effort")), None if budget is None else str(budget)
        ),
        gen_ai__tool__definitions=objects(request.get("tools")) or None,
        gen_ai__system_instructions=_blocks(request.get("system")) or None,
    )
    messages = objects(request.get("messages"))
    reading.put(gen_ai__input__messages=[_message(each) for each in messages] or None)
    last = max((at for at, each in enumerate(messages) if each.get("role") == "assistant"), default=-1)
    for each in messages[last + 1 :]:
        reading.answered += [
            _result(block) for block in objects(each.get("content")) if block.get("type") == "tool_result"
        ]


def _result(block: dict[str, Any]) -> ToolResult:
    return ToolResult(
        string(block.get("tool_use_id")) or "", "", _flat(block.get("content")), block.get("is_error") is True
    )


def _flat(content: Any) -> Any:
    """A tool's answer is a string, or blocks; of one text block the text is enough."""
    blocks = objects(content)
    if len(blocks) == 1 and blocks[0].get("type") == "text":
        return blocks[0].get("text")
    return content if isinstance(content, str) or content is None else [_part(block) for block in blocks]


def _message(raw: dict[str, Any]) -> dict[str, Any]:
    found = _blocks(raw.get("content"))
    answers = bool(found) and all(part["type"] == "tool_call_response" for part in found)
    return {"role": "tool" if answers else string(raw.get("role")) or "user", "parts": found}


def _blocks(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "content": content}] if content else []
    return [_part(block) for block in objects(content)]


def _part(block: dict[str, Any]) -> dict[str, Any]:
    kind = str(block.get("type", ""))
    if kind == "text":
        return {"type": "text", "content": string(block.get("text")) or ""}
    if kind in ("thinking", "redacted_thinking"):
        return {"type": "reasoning", "content": string(block.get("thinking")) or ""}
    if kind in ("tool_use", "server_tool_use", "mcp_tool_use"):
        named = "tool_call" if kind == "tool_use" else "server_tool_call"
        return {"type": named, "id": block.get("id"), "name": block.get("name"), "arguments": block.get("input")}
    if kind.endswith("tool_result"):
        named = "tool_call_response" if kind == "tool_result" else "server_tool_call_response"
        return {"type": named, "id": block.get("tool_use_id"), "response": _flat(block.get("content"))}
    return _source(kind, obj(block.get("source")))


def _source(kind: str, source: dict[str, Any]) -> dict[str, Any]:
    if "url" in source:
        return {"type": "uri", "modality": kind, "uri": source["url"]}
    size = len(string(source.get("data")) or "") * 3 // 4
    return {"type": "blob", "mime_type": string(source.get("media_type")) or "", "modality": kind, "size": size}


def read_response(reading: Reading, response: dict[str, Any]) -> None:
    if response.get("type") == "error":
        _failed(reading, obj(response.get("error")))
        return
    reading.put(
        gen_ai__response__id=string(response.get("id")),
        gen_ai__response__model=string(response.get("model")),
    )
    _usage(reading, obj(response.get("usage")))
    blocks = objects(response.get("content"))
    if blocks:
        reading.put(gen_ai__output__messages=[{"role": "assistant", "parts": [_part(each) for each in blocks]}])
    reading.asked += [
        ToolCall(string(each.get("id")) or "", string(each.get("name")) or "", text_of(first(each.get("input"), {})))
        for each in blocks
        if each.get("type") == "tool_use"
    ]
    finish(reading, [string(response.get("stop_reason"))], FINISH)


def _failed(reading: Reading, error: dict[str, Any]) -> None:
    reading.error = string(error.get("type")) or "error"
    reading.put(vedette__error__message=string(error.get("message")))


def _usage(reading: Reading, usage: dict[str, Any]) -> None:
    """Input on the wire excludes what the cache gave and took; the conventions include both."""
    plain = integer(usage.get("input_tokens"))
    read, written = integer(usage.get("cache_read_input_tokens")), integer(usage.get("cache_creation_input_tokens"))
    reading.put(
        gen_ai__usage__input_tokens=None if plain is None else plain + (read or 0) + (written or 0),
        gen_ai__usage__cache_read__input_tokens=read,
        gen_ai__usage__cache_write__input_tokens=written,
        gen_ai__usage__output_tokens=integer(usage.get("output_tokens")),
        gen_ai__usage__reasoning__output_tokens=integer(obj(usage.get("output_tokens_details")).get("thinking_tokens")),
    )


def read_stream(reading: Reading, stream: bytes) -> None:
    """The events put together into the message they stand for."""
    message: dict[str, Any] = {}
    usage: dict[str, Any] = {}
    blocks: dict[int, dict[str, Any]] = {}
    pieces: dict[int, list[str]] = {}
    for event in server_events(stream):
        body = obj(parsed(event.data))
        kind, place = body.get("type") or event.event, integer(body.get("index")) or 0
        if kind == "message_start":
            message = obj(body.get("message"))
            usage |= _given(message.get("usage"))
        elif kind == "content_block_start":
            blocks[place] = obj(body.get("content_block"))
        elif kind == "content_block_delta":
            delta = obj(body.get("delta"))
            pieces.setdefault(place, []).append(string(delta.get(_DELTAS.get(str(delta.get("type")), ""))) or "")
        elif kind == "message_delta":
            message = {**message, **_given(body.get("delta"))}
            usage |= _given(body.get("usage"))
        elif kind == "error":
            _failed(reading, obj(body.get("error")))
    content = [
        _filled(blocks.get(place, {"type": "text"}), "".join(pieces.get(place, [])))
        for place in sorted(blocks | pieces)
    ]
    read_response(reading, {**message, "type": "message", "usage": usage, "content": content})


def _given(value: Any) -> dict[str, Any]:
    """The fields that are there: a later null does not take back what an earlier event said."""
    return {name: each for name, each in obj(value).items() if each is not None}


def _filled(block: dict[str, Any], text: str) -> dict[str, Any]:
    kind = block.get("type")
    if kind == "thinking":
        return {**block, "thinking": (string(block.get("thinking")) or "") + text}
    if kind in ("tool_use", "server_tool_use"):
        return {**block, "input": first(parsed(text), text) if text else block.get("input")}
    return {**block, "text": (string(block.get("text")) or "") + text} if kind == "text" else block
