"""Content blocks of Anthropic messages as the conventions have them."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols import messages as part
from vedette.capture.protocols.json_text import text_of
from vedette.capture.protocols.reading import ToolCall, ToolResult
from vedette.capture.protocols.tolerant import Json, obj, objects, string


def message(raw: Json) -> Json:
    """A role and parts. What tools answered stands in a message of the user; its role is the tool's."""
    found = parts(raw.get("content"))
    answers = bool(found) and all(each["type"] == "tool_call_response" for each in found)
    return {"role": "tool" if answers else string(raw.get("role")) or "user", "parts": found}


def parts(content: Any) -> list[Json]:
    """A string, or blocks. One without a type says nothing."""
    if isinstance(content, str):
        return [part.text(content)] if content else []
    return [_part(block) for block in objects(content) if block.get("type")]


def _part(block: Json) -> Json:
    kind = string(block.get("type")) or ""
    if kind == "text":
        return part.text(block.get("text"))
    if kind in ("thinking", "redacted_thinking"):
        return part.reasoning(block.get("thinking"))
    if kind.endswith("tool_use"):
        return _asked(kind, block)
    return _answered(kind, block) if kind.endswith("tool_result") else _enclosed(kind, block)


def _asked(kind: str, block: Json) -> Json:
    """A tool for the host to run, or one that the provider ran (`server_tool_use`, `mcp_tool_use`)."""
    if kind == "tool_use":
        return part.tool_call(tool_call(block))
    return part.server_call(block.get("id"), string(block.get("name")) or "", block.get("input"))


def _answered(kind: str, block: Json) -> Json:
    if kind == "tool_result":
        return part.tool_response(block.get("tool_use_id"), _answer(block))
    return part.server_response(block.get("tool_use_id"), kind.removesuffix("_tool_result"), block.get("content"))


def _enclosed(kind: str, block: Json) -> Json:
    """Pictures and documents, by size or address; of a kind that is not known, its name."""
    source = obj(block.get("source"))
    if isinstance(source.get("url"), str):
        return part.media(kind, source["url"])
    if isinstance(source.get("file_id"), str):
        return part.file(kind, source["file_id"])
    if source.get("type") == "text":
        return part.text(source.get("data"))
    if "data" in source:
        return part.blob(kind, source.get("media_type"), source["data"])
    told = {name: block[name] for name in ("content", "title") if isinstance(block.get(name), str)}
    return {"type": kind or "unknown", **told}


def tool_call(block: Json) -> ToolCall:
    return ToolCall(string(block.get("id")) or "", string(block.get("name")) or "", text_of(block.get("input")))


def result(block: Json) -> ToolResult:
    return ToolResult(string(block.get("tool_use_id")) or "", "", _answer(block), block.get("is_error") is True)


def _answer(block: Json) -> Any:
    answer = block.get("content")
    return part.flat(parts(answer)) if isinstance(answer, list) else answer
