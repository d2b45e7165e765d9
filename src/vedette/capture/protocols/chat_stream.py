"""Chunks of OpenAI chat, put together into the reply they stand for. Pieces are joined once, at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from vedette.capture.protocols.chat_deltas import ToolDeltas
from vedette.capture.protocols.chat_messages import reasoned, thought
from vedette.capture.protocols.framing import ServerEvent
from vedette.capture.protocols.json_text import parsed
from vedette.capture.protocols.tolerant import Json, integer, merged, obj, objects, string

_LAST = ("id", "model", "service_tier", "system_fingerprint")
_TOTALS = frozenset({"usage", "error", "x_groq"})
_TEXTS = frozenset({"content", "refusal", "reasoning_content", "reasoning"})


def assembled(events: Iterable[ServerEvent]) -> Json:
    """A reply in the shape of a plain one. The last word on each field counts; usage field by field."""
    chunks = [obj(parsed(event.data)) for event in events]
    named = set[str]().union(*chunks)
    reply = {name: _last_said(chunks, name) for name in _LAST if name in named}
    if not named.isdisjoint(_TOTALS):
        reply |= _totals(chunks)
    choices: defaultdict[int, _Choice] = defaultdict(_Choice)
    for chunk in chunks:
        for choice in objects(chunk.get("choices")):
            choices[integer(choice.get("index")) or 0].add(choice)
    return {**reply, "choices": [choices[place].whole() for place in sorted(choices)]}


def _last_said(chunks: list[Json], name: str) -> Any:
    return next((chunk[name] for chunk in reversed(chunks) if chunk.get(name)), None)


def _totals(chunks: list[Json]) -> Json:
    """Usage and error, of a chunk or of what Groq puts beside it."""
    used: Json = {}
    error: Any = None
    for chunk in chunks:
        for source in (chunk, obj(chunk.get("x_groq"))):
            merged(used, source.get("usage"))
            error = source.get("error") or error
    return {"usage": used, "error": error}


class _Choice:
    """One choice, from its deltas; `text` is what legacy completions have in place of a delta."""

    def __init__(self) -> None:
        self._finish: str | None = None
        self._texts: defaultdict[str, list[str]] = defaultdict(list)
        self._sound: defaultdict[str, list[str]] = defaultdict(list)
        self._calls = ToolDeltas()

    def add(self, choice: Json) -> None:
        if choice.get("finish_reason"):
            self._finish = string(choice["finish_reason"]) or self._finish
        delta = choice.get("delta")
        for name, piece in (delta if isinstance(delta, dict) else {"content": choice.get("text")}).items():
            if name in _TEXTS and isinstance(piece, str):
                self._texts[name].append(piece)
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
                self._sound[part].append(string(obj(piece).get(part)) or "")
        elif name == "reasoning_details":
            self._texts[name].append(reasoned({name: piece}))
        elif name == "content":
            self._parts(objects(piece))

    def _parts(self, parts: list[Json]) -> None:
        """Mistral sends content as parts, some of which are thoughts."""
        for part in parts:
            name, piece = ("reasoning", thought(part)) if "thinking" in part else ("content", part.get("text"))
            self._texts[name].append(string(piece) or "")

    def whole(self) -> Json:
        """Where thoughts were told twice, by their text and by details, the text counts."""
        message: Json = {name: "".join(pieces) for name, pieces in self._texts.items()}
        message["reasoning_details"] = [{"text": message.get("reasoning_details")}]
        message["audio"] = {name: "".join(pieces) for name, pieces in self._sound.items()}
        return {"message": {**message, "tool_calls": self._calls.whole()}, "finish_reason": self._finish}
