"""OpenAI responses, plain and streamed. The whole response stands in the stream's last event; deltas matter for a cut one."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols.framing import server_events
from vedette.capture.protocols.openai_chat import call_part
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

FINISH = {"completed": "stop", "max_output_tokens": "length", "content_filter": "content_filter", "failed": "error"}
_CALLS = ("function_call", "custom_tool_call", "mcp_call")
_ENDS = ("response.completed", "response.failed", "response.incomplete", "response.created", "response.in_progress")


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    previous = request.get("conversation")
    reading.put(
        openai__api__type="responses",
        gen_ai__request__model=string(request.get("model")),
        gen_ai__request__max_tokens=integer(request.get("max_output_tokens")),
        gen_ai__request__temperature=decimal(request.get("temperature")),
        gen_ai__request__top_p=decimal(request.get("top_p")),
        gen_ai__request__stream=True if request.get("stream") is True else None,
        gen_ai__request__reasoning__level=string(obj(request.get("reasoning")).get("effort")),
        gen_ai__request__previous_response__id=string(request.get("previous_response_id")),
        gen_ai__conversation__id=first(string(previous), string(obj(previous).get("id"))),
        openai__request__service_tier=string(request.get("service_tier")),
        gen_ai__tool__definitions=objects(request.get("tools")) or None,
    )
    given = request.get("input")
    items = [{"role": "user", "content": given}] if isinstance(given, str) else objects(given)
    told = (
        [{"role": "system", "content": request["instructions"]}] if isinstance(request.get("instructions"), str) else []
    )
    system = [each for each in told + items if each.get("role") in ("system", "developer")]
    reading.put(
        gen_ai__system_instructions=[part for each in system for part in _parts(each)] or None,
        gen_ai__input__messages=[_message(each) for each in items if each not in system] or None,
    )
    reading.answered += [
        ToolResult(string(each.get("call_id")) or "", "", each.get("output"))
        for each in items
        if str(each.get("type", "")).endswith("_call_output")
    ]


def _message(item: dict[str, Any]) -> dict[str, Any]:
    kind = str(item.get("type", "message"))
    role = "tool" if kind.endswith("_call_output") else string(item.get("role")) or "assistant"
    return {"role": role, "parts": _parts(item)}


def _parts(item: dict[str, Any]) -> list[dict[str, Any]]:
    kind = str(item.get("type", "message"))
    if kind.endswith("_call_output"):
        return [{"type": "tool_call_response", "id": item.get("call_id"), "response": item.get("output")}]
    if kind in _CALLS:
        return [call_part(_call(item))]
    if kind == "reasoning":
        return [{"type": "reasoning", "content": str(each.get("text", ""))} for each in objects(item.get("summary"))]
    content = item.get("content")
    if isinstance(content, str):
        return [{"type": "text", "content": content}]
    found = [_part(each) for each in objects(content)]
    return found if kind == "message" or found else [{"type": kind, "id": item.get("id")}]


def _part(part: dict[str, Any]) -> dict[str, Any]:
    text = first(string(part.get("text")), string(part.get("refusal")))
    if text is not None:
        return {"type": "text", "content": text}
    url = string(part.get("image_url")) or ""
    if url and not url.startswith("data:"):
        return {"type": "uri", "modality": "image", "uri": url}
    data = url or string(part.get("file_data")) or string(obj(part.get("input_audio")).get("data")) or ""
    return {"type": "blob", "modality": str(part.get("type", "")).removeprefix("input_"), "size": len(data) * 3 // 4}


def _call(item: dict[str, Any]) -> ToolCall:
    call_id = first(string(item.get("call_id")), string(item.get("id"))) or ""
    return ToolCall(
        call_id, string(item.get("name")) or "", text_of(first(item.get("arguments"), item.get("input"), ""))
    )


def read_response(reading: Reading, response: dict[str, Any]) -> None:
    usage = obj(response.get("usage"))
    before, after = obj(usage.get("input_tokens_details")), obj(usage.get("output_tokens_details"))
    reading.put(
        gen_ai__response__id=string(response.get("id")),
        gen_ai__response__model=string(response.get("model")),
        gen_ai__response__status=None if response.get("status") == "completed" else string(response.get("status")),
        openai__response__service_tier=string(response.get("service_tier")),
        gen_ai__usage__input_tokens=integer(usage.get("input_tokens")),
        gen_ai__usage__output_tokens=integer(usage.get("output_tokens")),
        gen_ai__usage__cache_read__input_tokens=integer(before.get("cached_tokens")),
        gen_ai__usage__cache_write__input_tokens=integer(before.get("cache_write_tokens")),
        gen_ai__usage__reasoning__output_tokens=integer(after.get("reasoning_tokens")),
    )
    _output(reading, objects(response.get("output")))
    _ending(reading, response)


def _output(reading: Reading, items: list[dict[str, Any]]) -> None:
    if items:
        merged = [part for item in items for part in _parts(item)]
        reading.put(gen_ai__output__messages=[{"role": "assistant", "parts": merged}])
    reading.asked += [_call(item) for item in items if item.get("type") in _CALLS[:2]]


def _ending(reading: Reading, response: dict[str, Any]) -> None:
    error = obj(response.get("error"))
    if error or response.get("status") == "failed":
        reading.error = string(error.get("code")) or "failed"
        reading.put(vedette__error__message=string(error.get("message")))
    status = string(response.get("status"))
    reason = string(obj(response.get("incomplete_details")).get("reason"))
    if reading.asked and status == "completed":
        reading.put(gen_ai__response__finish_reasons=["tool_call"])
    else:
        finish(reading, [reason if status == "incomplete" else status], FINISH)


def read_stream(reading: Reading, stream: bytes) -> None:
    """The last event that carries the response tells it whole; without one, the finished items and the deltas do."""
    whole: dict[str, Any] = {}
    ended = False
    items: dict[int, dict[str, Any]] = {}
    deltas: dict[int, list[str]] = {}
    for event in server_events(stream):
        body = obj(parsed(event.data))
        kind, place = body.get("type") or event.event, integer(body.get("output_index")) or 0
        if kind in _ENDS:
            whole = obj(body.get("response"))
            ended = kind in _ENDS[:3]
        elif kind in ("response.output_item.added", "response.output_item.done"):
            items[place] = obj(body.get("item"))
        elif kind in ("response.output_text.delta", "response.function_call_arguments.delta"):
            deltas.setdefault(place, []).append(string(body.get("delta")) or "")
        elif kind == "error":
            error = obj(body.get("error")) or body
            reading.error = str(first(string(error.get("code")), string(error.get("type")), "error"))
            reading.put(vedette__error__message=string(error.get("message")))
    said = reading.error
    read_response(reading, whole if ended else {**whole, "status": None, "output": _cut(items, deltas)})
    reading.error = said or reading.error


def _cut(items: dict[int, dict[str, Any]], deltas: dict[int, list[str]]) -> list[dict[str, Any]]:
    """The items of a stream that never ended, filled with what came of them."""
    found = []
    for place in sorted(items.keys() | deltas.keys()):
        item, text = items.get(place, {"type": "message"}), "".join(deltas.get(place, []))
        if item.get("type") in _CALLS and not item.get("arguments"):
            item = {**item, "arguments": text}
        elif not item.get("content") and text:
            item = {**item, "content": [{"type": "output_text", "text": text}]}
        found.append(item)
    return found
