"""Chunks of OpenAI chat, put together into the reply they stand for. Pieces are joined once, at the end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vedette.capture.protocols.chat_deltas import ToolDeltas
from vedette.capture.protocols.chat_messages import reasoned, thought
from vedette.capture.protocols.framing import ServerEvent
from vedette.capture.protocols.json_text import parsed
from vedette.capture.protocols.tolerant import Json, integer, merged, obj, objects, string

_LAST = ("id", "model", "service_tier", "system_fingerprint", "error")
_TEXTS = frozenset({"content", "refusal", "reasoning_content", "reasoning"})


def assembled(events: Iterable[ServerEvent]) -> Json:
    """A reply in the shape of a plain one. The last word on each field counts; usage field by field."""
    reply: Json = {}
    used: Json = {}
    choices: dict[int, _Choice] = {}
    for event in events:
        chunk = obj(parsed(event.data))
        for name in _LAST:
            if chunk.get(name):
                reply[name] = chunk[name]
        for source in (chunk, chunk.get("x_groq")):
            if isinstance(source, dict) and (source.get("usage") or source.get("error")):
                merged(used, source.get("usage"))
                reply["error"] = source.get("error") or reply.get("error")
        for choice in objects(chunk.get("choices")):
            place = integer(choice.get("index")) or 0
            known = choices.get(place) or choices.setdefault(place, _Choice())
            known.add(choice)
    return {**reply, "usage": used, "choices": [choices[place].whole() for place in sorted(choices)]}


class _Choice:
    """One choice, from its deltas; `text` is what legacy completions have in place of a delta."""

    def __init__(self) -> None:
        self._finish: str | None = None
        self._texts: dict[str, list[str]] = {}
        self._sound: dict[str, list[str]] = {}
        self._calls = ToolDeltas()

    def add(self, choice: Json) -> None:
        self._finish = string(choice.get("finish_reason")) or self._finish
        delta = choice.get("delta")
        for name, piece in (delta if isinstance(delta, dict) else {"content": choice.get("text")}).items():
            if name in _TEXTS and isinstance(piece, str):
                self._texts.setdefault(name, []).append(piece)
            elif piece:
                self._structure(name, piece)

    def _structure(self, name: str, piece: Any) -> None:
        if name == "tool_calls":
            for call in objects(piece):
                self._calls.add(call)
        elif name == "function_call":
            self._calls.add({"index": 0, "function": obj(piece)})
        elif name == "audio":
            for part in ("data", "transcript"):
                self._sound.setdefault(part, []).append(string(obj(piece).get(part)) or "")
        elif name == "reasoning_details":
            self._texts.setdefault(name, []).append(reasoned({name: piece}))
        elif name == "content":
            self._parts(objects(piece))

    def _parts(self, parts: list[Json]) -> None:
        """Mistral sends content as parts, some of which are thoughts."""
        for part in parts:
            name, piece = ("reasoning", thought(part)) if "thinking" in part else ("content", part.get("text"))
            self._texts.setdefault(name, []).append(string(piece) or "")

    def whole(self) -> Json:
        """Where thoughts were told twice, by their text and by details, the text counts."""
        message: Json = {name: "".join(pieces) for name, pieces in self._texts.items()}
        message["reasoning_details"] = [{"text": message.get("reasoning_details")}]
        message["audio"] = {name: "".join(pieces) for name, pieces in self._sound.items()}
        return {"message": {**message, "tool_calls": self._calls.whole()}, "finish_reason": self._finish}
