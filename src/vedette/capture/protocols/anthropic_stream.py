"""Events of an Anthropic stream, put together into the message they stand for.

Usage is cumulative in `message_start` and `message_delta`: the later one replaces, field by field, and is never added.
"""

from __future__ import annotations

from collections.abc import Iterable

from vedette.capture.protocols.framing import ServerEvent
from vedette.capture.protocols.json_text import parsed
from vedette.capture.protocols.tolerant import Json, integer, merged, obj, string

_PIECES = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "input_json_delta": "partial_json",
    "compaction_delta": "content",
}
_FILLED = {"text": "text", "thinking": "thinking", "compaction": "content"}


def assembled(events: Iterable[ServerEvent]) -> Json:
    """A message in the shape of a plain one. The JSON's type counts, the event's name only where it has none."""
    message: Json = {}
    used: Json = {}
    blocks: dict[int, Json] = {}
    pieces: dict[int, list[str]] = {}
    for event in events:
        body = obj(parsed(event.data))
        kind = (string(body.get("type")) or event.event) if body else ""  # an event that was cut is none
        place = integer(body.get("index")) or 0
        if kind == "content_block_delta":
            delta = obj(body.get("delta"))
            pieces.setdefault(place, []).append(_piece(delta))
            blocks.setdefault(place, _implied(delta))
        elif kind == "content_block_start":
            blocks[place] = obj(body.get("content_block"))
        elif kind in ("message_start", "message_delta"):
            news = obj(body.get("message" if kind == "message_start" else "delta"))
            merged(message, news)
            merged(used, news.get("usage"))
            merged(used, body.get("usage"))
        elif kind == "error":
            message["error"] = body.get("error") or "error"
    content = [_filled(blocks[place], "".join(pieces.get(place, ()))) for place in sorted(blocks)]
    return {**message, "usage": used, "content": content}


def _piece(delta: Json) -> str:
    """Signatures and citations are no text."""
    return string(delta.get(_PIECES.get(string(delta.get("type")) or "", ""))) or ""


def _implied(delta: Json) -> Json:
    """The block that a delta belongs to whose start was not kept."""
    kinds = {"thinking_delta": "thinking", "signature_delta": "thinking", "input_json_delta": "tool_use"}
    return {"type": kinds.get(string(delta.get("type")) or "", "text")}


def _filled(block: Json, text: str) -> Json:
    """The block with its pieces; arguments stay text, for those of a cut stream are no JSON."""
    kind = string(block.get("type")) or ""
    if kind in _FILLED:
        name = _FILLED[kind]
        return {**block, name: (string(block.get(name)) or "") + text}
    return {**block, "input": text} if text and kind.endswith("tool_use") else block
