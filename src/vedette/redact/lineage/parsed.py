"""The leaves of what a tool returned or was given: of JSON, of a Python literal, of `name: value` lines; else the
whole."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

MOST_LEAVES = 2_000
_LONGEST = 256 * 1024
_LITERAL = 32 * 1024
_LINE = re.compile(r"[ \t]*(?:- )*([A-Za-z_][\w .\-/]{0,40}):(?:[ \t]+(.*))?")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(JSON pointer, text), in order; at most `MOST_LEAVES`."""
    waiting: list[tuple[Any, str]] = [(value, path)]
    given = 0
    while waiting and given < MOST_LEAVES:
        each, at = waiting.pop()
        if isinstance(each, bytes):
            each = each[:_LONGEST].decode("utf-8", "replace")
        if isinstance(each, str):
            inner = _inside(each[:_LONGEST])
            if inner is None:
                given += 1
                yield at, each[:_LONGEST]
            else:
                waiting.append((inner, at))
        elif isinstance(each, dict):
            waiting += [(inner, f"{at}/{name}") for name, inner in reversed(each.items())]
        elif isinstance(each, list | tuple):
            waiting += [(inner, f"{at}/{place}") for place, inner in reversed(list(enumerate(each)))]
        elif isinstance(each, int) and not isinstance(each, bool):
            given += 1
            yield at, str(each)


def _inside(text: str) -> Any:
    """What a text holds, if it is more than a text."""
    head = text.lstrip()[:1]
    if head and head in "{[(":
        for read in (json.loads, ast.literal_eval) if len(text) <= _LITERAL else (json.loads,):
            try:
                found = read(text)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if isinstance(found, dict | list | tuple):
                return found
    return _lines(text) if ":" in text and "\n" in text else None


def _lines(text: str) -> list[dict[str, str]] | None:
    """The `name: value` lines of a text, a value with the lines that go on with it; None if it is prose."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line) if len(found) < MOST_LEAVES else None
        if match:
            found.append((match.group(1), [match.group(2) or ""]))
        elif found:
            found[-1][1].append(line)
        elif line.strip():
            return None
    return [{name: "\n".join(said)} for name, said in found] if len(found) > 1 else None
