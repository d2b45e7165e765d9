"""OpenAI chat completions and legacy completions, plain and streamed; also what speaks them (gateways, Azure, Groq)."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols.framing import server_events
from vedette.capture.protocols.reading import (
    Reading,
    ToolCall,
    ToolResult,
    boolean,
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

FINISH = {"eos": "stop", "tool_calls": "tool_call", "function_call": "tool_call"}


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    choices = integer(request.get("n"))
    stop = request.get("stop")
    reading.put(
        gen_ai__request__model=string(request.get("model")),
        gen_ai__request__max_tokens=first(
            integer(request.get("max_completion_tokens")), integer(request.get("max_tokens"))
        ),
        gen_ai__request__temperature=decimal(request.get("temperature")),
        gen_ai__request__top_p=decimal(request.get("top_p")),
        gen_ai__request__frequency_penalty=decimal(request.get("frequency_penalty")),
        gen_ai__request__presence_penalty=decimal(request.get("presence_penalty")),
        gen_ai__request__seed=integer(request.get("seed")),
        gen_ai__request__choice__count=choices if choices != 1 else None,
        gen_ai__request__stop_sequences=[stop] if isinstance(stop, str) else stop if isinstance(stop, list) else None,
        gen_ai__request__stream=True if request.get("stream") is True else None,
        gen_ai__request__reasoning__level=string(request.get("reasoning_effort")),
        gen_ai__output__type=_output_type(obj(request.get("response_format")).get("type")),
        openai__request__service_tier=string(request.get("service_tier")),
        gen_ai__tool__definitions=objects(request.get("tools")) or None,
    )
    messages = objects(request.get("messages"))
    system = [part for each in messages if each.get("role") in ("system", "developer") for part in parts(each)]
    reading.put(
        gen_ai__system_instructions=system or None,
        gen_ai__input__messages=[message(each) for each in messages if each.get("role") not in ("system", "developer")]
        or _prompt(request.get("prompt")),
    )
    reading.answered += _results(messages)


def _output_type(kind: Any) -> str | None:
    return {"text": "text", "json_object": "json", "json_schema": "json"}.get(kind)


def _prompt(prompt: Any) -> list[dict[str, Any]] | None:
    texts = [prompt] if isinstance(prompt, str) else prompt if isinstance(prompt, list) else []
    found = [{"role": "user", "parts": [{"type": "text", "content": text}]} for text in texts if isinstance(text, str)]
    return found or None


def message(raw: dict[str, Any]) -> dict[str, Any]:
    """One chat message as the conventions have it: a role and parts."""
    role = "tool" if raw.get("role") == "function" else string(raw.get("role")) or "user"
    return {"role": role, "parts": parts(raw)}


def parts(raw: dict[str, Any]) -> list[dict[str, Any]]:
    if raw.get("role") in ("tool", "function"):
        return [{"type": "tool_call_response", "id": raw.get("tool_call_id"), "response": raw.get("content")}]
    found = [{"type": "reasoning", "content": text} for text in (_reasoning(raw),) if text]
    found += _content(raw.get("content"))
    if isinstance(raw.get("refusal"), str):
        found.append({"type": "text", "content": raw["refusal"]})
    calls = [tool_call(each) for each in objects(raw.get("tool_calls"))]
    if isinstance(raw.get("function_call"), dict):
        calls.append(tool_call({"function": raw["function_call"]}))
    return found + [call_part(call) for call in calls]


def _reasoning(raw: dict[str, Any]) -> str | None:
    return first(string(raw.get("reasoning_content")), string(raw.get("reasoning")))


def _content(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "content": content}] if content else []
    return [_part(each) for each in objects(content)]


def _part(part: dict[str, Any]) -> dict[str, Any]:
    """Text as text; pictures, sound and files by size or address only."""
    kind = part.get("type")
    if "text" in part or "refusal" in part:
        return {"type": "text", "content": first(string(part.get("text")), string(part.get("refusal"))) or ""}
    url = string(obj(part.get("image_url")).get("url"))
    if url is not None and url.startswith("data:"):
        mime, _, data = url[5:].partition(";base64,")
        return {"type": "blob", "mime_type": mime, "modality": "image", "size": len(data) * 3 // 4}
    if url is not None:
        return {"type": "uri", "modality": "image", "uri": url}
    data = string(obj(part.get("input_audio")).get("data")) or string(obj(part.get("file")).get("file_data")) or ""
    return {"type": "blob", "modality": "audio" if kind == "input_audio" else "file", "size": len(data) * 3 // 4}


def tool_call(raw: dict[str, Any]) -> ToolCall:
    called = obj(raw.get("function")) or obj(raw.get("custom"))
    arguments = first(called.get("arguments"), called.get("input"))
    return ToolCall(string(raw.get("id")) or "", string(called.get("name")) or "", text_of(first(arguments, "")))


def call_part(call: ToolCall) -> dict[str, Any]:
    arguments = parsed(call.arguments)
    return {"type": "tool_call", "id": call.id, "name": call.name, "arguments": first(arguments, call.arguments)}


def _results(messages: list[dict[str, Any]]) -> list[ToolResult]:
    """What came of tools: the messages after the last turn of the assistant."""
    last = max((at for at, each in enumerate(messages) if each.get("role") == "assistant"), default=-1)
    return [
        ToolResult(string(each.get("tool_call_id")) or "", string(each.get("name")) or "", each.get("content"))
        for each in messages[last + 1 :]
        if each.get("role") == "tool"
    ]


def read_response(reading: Reading, response: dict[str, Any]) -> None:
    _head(reading, response)
    choices = objects(response.get("choices"))
    messages = [obj(choice.get("message")) or {"content": choice.get("text")} for choice in choices]
    _output(reading, messages)
    finish(reading, [string(choice.get("finish_reason")) for choice in choices], FINISH)


def _head(reading: Reading, body: dict[str, Any]) -> None:
    """What a whole reply and each chunk say alike; the newest word counts."""
    reading.put(
        gen_ai__response__id=string(body.get("id")) or None,
        gen_ai__response__model=string(body.get("model")) or None,
        openai__response__service_tier=string(body.get("service_tier")),
        openai__response__system_fingerprint=string(body.get("system_fingerprint")),
    )
    usage = obj(body.get("usage")) or obj(obj(body.get("x_groq")).get("usage"))
    before, after = obj(usage.get("prompt_tokens_details")), obj(usage.get("completion_tokens_details"))
    reading.put(
        gen_ai__usage__input_tokens=integer(usage.get("prompt_tokens")),
        gen_ai__usage__output_tokens=integer(usage.get("completion_tokens")),
        gen_ai__usage__cache_read__input_tokens=integer(before.get("cached_tokens")),
        gen_ai__usage__cache_write__input_tokens=integer(before.get("cache_write_tokens")),
        gen_ai__usage__reasoning__output_tokens=integer(after.get("reasoning_tokens")),
    )


def _output(reading: Reading, messages: list[dict[str, Any]]) -> None:
    if messages:
        reading.put(gen_ai__output__messages=[{"role": "assistant", "parts": parts(each)} for each in messages])
    reading.asked += [tool_call(call) for each in messages for call in objects(each.get("tool_calls"))]


def read_stream(reading: Reading, stream: bytes) -> None:
    """Chunks into the reply they stand for. What arrived of a cut stream is what there is."""
    choices: dict[int, _Choice] = {}
    for event in server_events(stream):
        chunk = obj(parsed(event.data))
        error = obj(chunk.get("error")) or obj(obj(chunk.get("x_groq")).get("error"))
        if error:
            reading.error = str(first(string(error.get("code")), string(error.get("type")), "error"))
            reading.put(vedette__error__message=string(error.get("message")))
        _head(reading, chunk)
        for choice in objects(chunk.get("choices")):
            choices.setdefault(integer(choice.get("index")) or 0, _Choice()).add(choice)
    ordered = [choices[index] for index in sorted(choices)]
    _output(reading, [each.message() for each in ordered])
    finish(reading, [each.finish for each in ordered], FINISH)


class _Choice:
    """One choice of a stream, put together from its deltas; pieces are joined once, at the end."""

    def __init__(self) -> None:
        self.finish: str | None = None
        self._texts: dict[str, list[str]] = {}
        self._calls = Deltas()

    def add(self, choice: dict[str, Any]) -> None:
        self.finish = string(choice.get("finish_reason")) or self.finish
        delta = obj(choice.get("delta")) or {"content": choice.get("text")}
        for name in ("content", "refusal", "reasoning_content", "reasoning"):
            piece = delta.get(name)
            if isinstance(piece, str):
                self._texts.setdefault(name, []).append(piece)
        for call in objects(delta.get("tool_calls")):
            self._calls.add(call)
        if isinstance(delta.get("function_call"), dict):
            self._calls.add({"index": 0, "function": delta["function_call"]})

    def message(self) -> dict[str, Any]:
        texts = {name: "".join(pieces) for name, pieces in self._texts.items()}
        return {**texts, "tool_calls": self._calls.whole()}


class Deltas:
    """Tool calls from their deltas: by index, unless a different id or finished arguments already stand there.

    Providers send 0 for all, leave the index out, or tell the id late.
    """

    def __init__(self) -> None:
        self._calls: list[dict[str, Any]] = []
        self._at: dict[int, int] = {}

    def add(self, delta: dict[str, Any]) -> None:
        call = self._slot(delta)
        called = obj(delta.get("function")) or obj(delta.get("custom"))
        call["id"] = call["id"] or string(delta.get("id")) or ""
        call["name"] = call["name"] or string(called.get("name")) or ""
        piece = first(called.get("arguments"), called.get("input"))
        if piece is not None:
            call["pieces"].append(text_of(piece))

    def _slot(self, delta: dict[str, Any]) -> dict[str, Any]:
        index, call_id = integer(delta.get("index")), string(delta.get("id")) or ""
        place = self._at.get(index) if index is not None else self._by_id(call_id)
        if place is not None and not self._another(self._calls[place], call_id, delta):
            return self._calls[place]
        self._calls.append({"id": "", "name": "", "pieces": []})
        if index is not None:
            self._at[index] = len(self._calls) - 1
        return self._calls[-1]

    def _by_id(self, call_id: str) -> int | None:
        if not self._calls:
            return None
        if not call_id:
            return len(self._calls) - 1
        return next((at for at, call in enumerate(self._calls) if call["id"] == call_id), None)

    def _another(self, call: dict[str, Any], call_id: str, delta: dict[str, Any]) -> bool:
        if call_id and call["id"] and call_id != call["id"]:
            return True
        begins = bool(obj(delta.get("function")).get("name"))
        return begins and bool(call["pieces"]) and isinstance(parsed("".join(call["pieces"])), dict)

    def whole(self) -> list[dict[str, Any]]:
        return [
            {"id": call["id"], "function": {"name": call["name"], "arguments": "".join(call["pieces"])}}
            for call in self._calls
        ]


def is_stream(request: dict[str, Any], content_type: str) -> bool:
    return "event-stream" in content_type or (boolean(request.get("stream")) is True and "json" not in content_type)
