"""What a protocol reader gives: facts and content by the names of the conventions, and what it says of tools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from vedette.capture.protocols.tolerant import first, obj, string

FINISH = {
    "eos": "stop", "tool_calls": "tool_call", "function_call": "tool_call",
    "completed": "stop", "max_output_tokens": "length", "failed": "error",
    "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "model_context_window_exceeded": "length",
    "tool_use": "tool_call", "refusal": "content_filter",
}  # fmt: skip
"""The providers' finish reasons in the conventions' words; no two providers mean different things by one of them."""

_SAYS_NOTHING: tuple[Any, ...] = (None, "", [])
_WORD = re.compile(r"[\w.:/-]{1,64}")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model asked for; `arguments` as it wrote them, valid JSON or not."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a tool, as the next request tells the model."""

    id: str
    name: str
    content: Any
    is_error: bool = False


@dataclass(slots=True)
class Reading:
    """One exchange read as an inference. `error` is its `error.type`; `broken`: recognised, yet not readable."""

    protocol: str
    facts: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    asked: list[ToolCall] = field(default_factory=list)
    answered: list[ToolResult] = field(default_factory=list)
    broken: bool = False

    def put(self, facts: Mapping[str, Any]) -> None:
        """Add the facts that say something: null and empty ones stay absent."""
        for name, value in facts.items():
            if value not in _SAYS_NOTHING:
                self.facts[name] = value

    def finish(self, raw: Iterable[Any]) -> None:
        """Finish reasons in the conventions' words, with the provider's own beside them where they differ."""
        said = [word for word in raw if isinstance(word, str) and word]
        mapped = [FINISH.get(word, word) for word in said]
        self.put({"gen_ai.response.finish_reasons": mapped})
        if mapped != said:
            self.put({"vedette.finish_reason.raw": ",".join(said)})

    def fail(self, error: Any, otherwise: str) -> None:
        """An error as the provider tells it: an object or bare text. The text may echo the prompt: it is content.

        `error.type` is the provider's word where it is one, for it becomes a dimension of metrics.
        """
        told = obj(error)
        words = (str(value) for value in (told.get("code"), told.get("type"), told.get("status")) if value)
        self.error = next((word for word in words if _WORD.fullmatch(word)), otherwise)
        self.put({"vedette.error.message": first(string(told.get("message")), string(error))})
