"""What a protocol reader gives: facts and content by the names of the conventions, and what it says of tools."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


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

    def put(self, **names: Any) -> None:
        """Add facts whose values are there: absent and null stay absent."""
        self.facts |= {name.replace("__", "."): value for name, value in names.items() if value is not None}


def parsed(text: bytes | str | None) -> Any:
    """JSON, or None. A lone surrogate or a NaN is the provider's; deep nesting is an attack."""
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def obj(value: Any) -> dict[str, Any]:
    """`value` if it is an object: everything on the wire may be null, missing or something else."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def integer(value: Any) -> int | None:
    """A count; Cohere's are floats. Booleans are no counts."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value == value else None


def decimal(value: Any) -> str | None:
    """A double as it was on the wire."""
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def text_of(value: Any) -> str:
    """Arguments and the like: text as it is, structure as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def first(*values: T | None) -> T | None:
    return next((value for value in values if value is not None), None)


def finish(reading: Reading, raw: Iterable[str | None], words: dict[str, str]) -> None:
    """Finish reasons in the convention's words, with the provider's own beside them where they differ."""
    said = [word for word in raw if word]
    if not said:
        return
    mapped = [words.get(word, word) for word in said]
    reading.put(gen_ai__response__finish_reasons=mapped)
    if mapped != said:
        reading.facts["vedette.finish_reason.raw"] = ",".join(said)


def blob(value: dict[str, Any], mime: str, modality: str, data: str) -> dict[str, Any]:
    """A picture or sound in the record: its size, never its bytes."""
    return {"type": "blob", "mime_type": mime, "modality": modality, "size": len(data) * 3 // 4}
