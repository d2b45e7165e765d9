"""The model behind the stand-in: no wit, no chance, the same answer to the same prompt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, cycle
from typing import Any

from vedette.cli.standin.turn import Prompt, ToolCall, Turn

QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|`([^`]+)`")
CAPITALISED = re.compile(r"(?<=\S )[A-Z]\w+(?: [A-Z]\w+)*")  # not the first word, which is always capitalised
JOINED = re.compile(r"\b([A-Z]\w+) and ([A-Z]\w+)\b")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
SAID_AT_MOST = 200


def answer(prompt: Prompt) -> Turn:
    """Quote the tools when they have answered, ask for a tool when some are offered, otherwise echo the prompt."""
    reasoning = "The user said something, so I answer." if prompt.reasons else ""
    if prompt.results:
        quoted = "; ".join(prompt.results)
        return Turn(text=f"The tool answered: {quoted}", reasoning=reasoning)
    if prompt.offers:
        return Turn(calls=_calls(prompt), reasoning=reasoning)
    return Turn(text=f'You said: "{prompt.said[:SAID_AT_MOST]}"', reasoning=reasoning)


def _calls(prompt: Prompt) -> tuple[ToolCall, ...]:
    """One call of the tool the prompt names, else of the first; two when the prompt joins two names with `and`."""
    offer = next((offer for offer in prompt.offers if offer.name in prompt.said), prompt.offers[0])
    joined = JOINED.search(prompt.said)
    if joined and prompt.parallel:
        return tuple(ToolCall(offer.name, _arguments(offer.schema, prompt.said, word)) for word in joined.groups())
    return (ToolCall(offer.name, _arguments(offer.schema, prompt.said)),)


def _arguments(schema: Mapping[str, Any], said: str, subject: str = "") -> dict[str, Any]:
    words = cycle([subject] if subject else _subjects(said))
    numbers = cycle(NUMBER.findall(said) or ["1"])
    return dict(_filled(schema, words, numbers))


def _subjects(said: str) -> list[str]:
    """What the prompt is about: quoted texts, then capitalised words; if there are none, its last word."""
    quoted = [next(filter(None, groups)) for groups in QUOTED.findall(said)]
    capitalised = CAPITALISED.findall(QUOTED.sub(" ", said))
    last = re.findall(r"\w+", said)[-1:] or ["something"]
    return list(chain(quoted, capitalised)) or last


def _filled(schema: Mapping[str, Any], words: Iterator[str], numbers: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """The required properties; all of them when none is required."""
    properties = schema.get("properties") or {}
    for name in schema.get("required") or properties:
        yield name, _value(properties.get(name) or {}, words, numbers)


def _value(schema: Mapping[str, Any], words: Iterator[str], numbers: Iterator[str]) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    make: Mapping[str, Callable[[], Any]] = {
        "integer": lambda: int(float(next(numbers))),
        "number": lambda: float(next(numbers)),
        "boolean": lambda: True,
        "array": lambda: [_value(schema.get("items") or {}, words, numbers)],
        "object": lambda: dict(_filled(schema, words, numbers)),
    }
    kind = schema.get("type", "string")
    return make[kind]() if kind in make else next(words)
