"""What was said in an operation: what went in, what came out, and why it failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from vedette.cli.glance import Glance

IN, OUT, WHY = "\N{RIGHTWARDS ARROW}", "\N{LEFTWARDS ARROW}", "\N{BALLOT X}"

_SAID = {
    "tool": ((IN, "gen_ai.tool.call.arguments"), (OUT, "gen_ai.tool.call.result")),
    "agent": ((IN, "gen_ai.input.messages"), (OUT, "gen_ai.output.messages")),
    "inference": (
        (IN, "gen_ai.input.messages"),
        (IN, "vedette.embeddings.input"),
        (OUT, "gen_ai.output.messages"),
    ),
    "retrieval": ((IN, "gen_ai.retrieval.query.text"), (OUT, "gen_ai.retrieval.documents")),
    "input": ((IN, "gen_ai.input.messages"),),
    "output": ((OUT, "gen_ai.output.messages"),),
    "change": ((IN, "vedette.change.detail"),),
    "connection": ((IN, "vedette.api.detail"),),
    "exchange": ((IN, "vedette.api.detail"),),
    "finding": ((WHY, "vedette.finding.message"),),
}


def said(record: Glance) -> Iterator[tuple[str, str]]:
    """Pairs of a mark and one text: the last words in, the first words out, the error's message."""
    for mark, name in _SAID.get(record.kind, ()):
        text = record.content.get(name, "")
        told = last(text) if name.endswith(".messages") else text
        if told:
            yield mark, told
    why = [record.fact("error.type"), record.content.get("vedette.error.message", "")]
    if any(why) and why not in ([record.fact("http.response.status_code"), ""], [record.result, ""]):
        yield WHY, ": ".join(each for each in why if each)


def last(messages: str) -> str:
    """The text of the last message, or what it asks for; "" for what is no list of messages."""
    try:
        parts = json.loads(messages)[-1]["parts"]
        return " ".join(_part(part) for part in parts)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""


def _part(part: dict[str, Any]) -> str:
    if part.get("type") == "tool_call":
        return f"{part.get('name')}({_arguments(part.get('arguments'))})"
    if part.get("type") == "tool_call_response":
        return str(part.get("response"))
    return str(part.get("content", part.get("type", "")))


def _arguments(given: object) -> str:
    """As they would stand in Python: `city="Paris"`."""
    if not isinstance(given, dict):
        return json.dumps(given, ensure_ascii=False)
    return ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in given.items())
