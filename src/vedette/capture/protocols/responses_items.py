"""Items of OpenAI responses as the conventions have them: messages, thoughts, calls, and what came of calls."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols import messages as part
from vedette.capture.protocols.json_text import text_of
from vedette.capture.protocols.reading import ToolCall, ToolResult
from vedette.capture.protocols.tolerant import Json, first, obj, objects, string

_ASKED = frozenset(
    {"function_call", "custom_tool_call", "computer_call", "local_shell_call", "shell_call", "apply_patch_call"}
)
"""Calls that the host is asked to make; all others ran at the provider."""

_ARGUMENTS = ("arguments", "input", "action", "operation", "actions", "code", "queries")
_OUTCOMES = ("output", "error", "results", "outputs", "tools")


def items(given: Any) -> list[Json]:
    """Input as a list: a bare string is the user's message."""
    return [{"role": "user", "content": given}] if isinstance(given, str) else objects(given)


def is_system(item: Json) -> bool:
    return item.get("role") in ("system", "developer")


def is_call(item: Json) -> bool:
    """Whether this asks the host to do something."""
    return _kind(item) in _ASKED


def is_answer(item: Json) -> bool:
    return _kind(item).endswith("_call_output")


def message(item: Json) -> Json:
    """A role and parts; an item without a role is the tool's answer, or else the model's."""
    return {"role": "tool" if is_answer(item) else string(item.get("role")) or "assistant", "parts": parts(item)}


def parts(item: Json) -> list[Json]:
    kind = _kind(item)
    if is_answer(item):
        return [part.tool_response(item.get("call_id"), _answer(item.get("output")))]
    if is_call(item):
        return [part.tool_call(call(item))]
    if kind == "reasoning":
        thoughts = objects(item.get("summary")) or objects(item.get("content"))
        return [part.reasoning(each.get("text")) for each in thoughts]
    if kind == "message":
        return content(item.get("content"))
    return _hosted(kind, item)


def _kind(item: Json) -> str:
    return string(item.get("type")) or "message"


def content(raw: Any) -> list[Json]:
    """A string, or parts of which pictures, sound and files count by size or address only."""
    if isinstance(raw, str):
        return [part.text(raw)] if raw else []
    return [_part(each) for each in objects(raw)]


def _part(raw: Json) -> Json:
    if isinstance(raw.get("refusal"), str):
        return part.refusal(raw["refusal"])
    if "text" in raw:
        return part.text(raw["text"])
    kind = (string(raw.get("type")) or "").removeprefix("input_").removeprefix("computer_")
    sound = obj(raw.get("input_audio"))
    if sound:
        return part.blob("audio", f"audio/{sound.get('format')}", sound.get("data"))
    url = first(string(raw.get("image_url")), string(raw.get("file_url")), string(raw.get("file_data")))
    if url is not None:
        return part.media(kind, url)
    return part.file(kind, string(raw.get("file_id")) or "")


def _hosted(kind: str, item: Json) -> list[Json]:
    """A call that ran at the provider, with what came of it where that is told; of anything else, what it is."""
    if not kind.endswith("_call"):
        return [{"type": kind, "id": string(item.get("id"))}]
    name = string(item.get("name")) or kind.removesuffix("_call")
    found = [part.server_call(item.get("id"), name, _told(item, _ARGUMENTS))]
    outcome = _told(item, _OUTCOMES)
    if outcome is not None:
        found.append(part.server_response(item.get("id"), name, outcome))
    if kind == "image_generation_call" and item.get("result"):
        found.append(part.blob("image", f"image/{item.get('output_format') or 'png'}", item["result"]))
    return found


def _told(item: Json, names: tuple[str, ...]) -> Any:
    return first(*(item.get(name) for name in names))


def call(item: Json) -> ToolCall:
    call_id = first(string(item.get("call_id")), string(item.get("id"))) or ""
    name = string(item.get("name")) or _kind(item).removesuffix("_call")
    return ToolCall(call_id, name, text_of(_told(item, _ARGUMENTS)))


def results(given: list[Json]) -> list[ToolResult]:
    """What came of tools since the model last spoke: the calls and answers at the end, up to a message or a thought.

    Rounds that follow each other without a word between them look like one: there an answer is told again.
    """
    start = len(given)
    while start and (
        is_call(given[start - 1]) or is_answer(given[start - 1]) or given[start - 1].get("role") == "user"
    ):
        start -= 1
    return [
        ToolResult(string(each.get("call_id")) or "", "", _answer(each.get("output")))
        for each in given[start:]
        if is_answer(each)
    ]


def _answer(output: Any) -> Any:
    """Text as it is; parts and screenshots by the names of the conventions."""
    if isinstance(output, dict):
        return part.flat([_part(output)]) if "image_url" in output or "file_id" in output else output
    return part.flat(content(output)) if isinstance(output, list) else output
