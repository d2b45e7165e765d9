"""Messages of OpenAI chat as the conventions have them, and the tools that they ask for and answer."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols import messages as part
from vedette.capture.protocols.json_text import text_of
from vedette.capture.protocols.reading import ToolCall, ToolResult
from vedette.capture.protocols.tolerant import Json, first, obj, objects, string

_TOOL = ("tool", "function")


def is_system(raw: Json) -> bool:
    return raw.get("role") in ("system", "developer")


def message(raw: Json) -> Json:
    """A role and parts."""
    role = "tool" if raw.get("role") in _TOOL else string(raw.get("role")) or "user"
    return {"role": role, "parts": parts(raw)}


def parts(raw: Json) -> list[Json]:
    """All that a message says, in the order in which it was said: thoughts, words, refusal, sound, calls."""
    if raw.get("role") in _TOOL:
        return [part.tool_response(raw.get("tool_call_id"), _answer(raw))]
    thoughts = reasoned(raw)
    found = [part.reasoning(thoughts)] if thoughts else []
    found += content(raw.get("content"))
    if isinstance(raw.get("refusal"), str) and raw["refusal"]:
        found.append(part.refusal(raw["refusal"]))
    if raw.get("audio"):
        found += _spoken(obj(raw["audio"]))
    return found + [part.tool_call(call) for call in tool_calls(raw)]


def reasoned(raw: Json) -> str:
    """The thoughts in a message or a delta; each provider has a name of its own for them."""
    named = string(raw.get("reasoning_content")) or string(raw.get("reasoning"))
    if named:
        return named
    details = objects(raw["reasoning_details"]) if "reasoning_details" in raw else ()
    return "".join(string(first(each.get("text"), each.get("summary"))) or "" for each in details)


def content(raw: Any) -> list[Json]:
    """A string, or parts of which pictures, sound and files count by size or address only."""
    if isinstance(raw, str):
        return [part.text(raw)] if raw else []
    return [_part(each) for each in objects(raw)]


def _part(raw: Json) -> Json:
    kind = raw.get("type")
    if kind == "thinking":
        return part.reasoning(thought(raw))
    if isinstance(raw.get("refusal"), str):
        return part.refusal(raw["refusal"])
    if kind == "input_audio":
        sound = obj(raw.get("input_audio"))
        return part.blob("audio", f"audio/{sound.get('format')}", sound.get("data"))
    if kind == "file":
        return _file(obj(raw.get("file")))
    url = first(string(raw.get("image_url")), string(obj(raw.get("image_url")).get("url")))
    return part.text(raw.get("text")) if url is None else part.media("image", url)


def thought(raw: Json) -> str:
    """Mistral's `thinking` part: text parts within a part."""
    return "".join(string(each.get("text")) or "" for each in objects(raw.get("thinking")))


def _file(file: Json) -> Json:
    file_id = string(file.get("file_id"))
    return (
        part.media("file", string(file.get("file_data")) or "data:,") if file_id is None else part.file("file", file_id)
    )


def _spoken(audio: Json) -> list[Json]:
    found = [part.text(audio["transcript"])] if audio.get("transcript") else []
    return [*found, part.blob("audio", "", audio["data"])] if audio.get("data") else found


def tool_calls(raw: Json) -> list[ToolCall]:
    """The tools that a message asks for; `function_call` is the old way. What names neither tool nor call is none."""
    if not (raw.get("tool_calls") or raw.get("function_call")):
        return []
    asked = objects(raw.get("tool_calls"))
    if isinstance(raw.get("function_call"), dict):
        asked = [*asked, {"function": raw["function_call"]}]
    return [call for call in map(_tool_call, asked) if call.id or call.name]


def _tool_call(raw: Json) -> ToolCall:
    called = obj(raw.get("function")) or obj(raw.get("custom"))
    arguments = text_of(first(called.get("arguments"), called.get("input")))
    return ToolCall(string(raw.get("id")) or "", string(called.get("name")) or "", arguments)


def results(messages: list[Json]) -> list[ToolResult]:
    """What came of tools: the messages after the last turn that asked for some. Earlier ones were told before."""
    last = max((at for at, each in enumerate(messages) if tool_calls(each)), default=-1)
    return [
        ToolResult(string(each.get("tool_call_id")) or "", string(each.get("name")) or "", _answer(each))
        for each in messages[last + 1 :]
        if each.get("role") in _TOOL
    ]


def _answer(raw: Json) -> Any:
    answer = raw.get("content")
    return part.flat(content(answer)) if isinstance(answer, list) else answer
