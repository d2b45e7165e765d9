"""The ways in which chat-like providers send tool calls in a stream. Each streams the same two calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, zip_longest
from typing import Any

from tests.standin.case import Case
from tests.standin.payloads import EVENT, Shape, each_json
from tests.standin.turns import PARIS, ROME

from vedette.cli.standin.turn import ToolCall
from vedette.cli.standin.wire import Response, dumps, event

CALLS = (*PARIS.calls, *ROME.calls)
Delta = dict[str, Any]


def _opening(call: ToolCall, arguments: Any = "") -> Delta:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _rest(call: ToolCall) -> Iterator[Delta]:
    """The arguments in pieces of five characters."""
    whole = dumps(call.arguments)
    for start in range(0, len(whole), 5):
        yield {"function": {"arguments": whole[start : start + 5]}}


def _indexed(deltas: Iterator[Delta], index: int) -> list[Delta]:
    return [{"index": index, **delta} for delta in deltas]


def _index_missing() -> list[Delta]:
    """Whole calls without an index, as Mistral and Gemini's compatible endpoint send them."""
    return [_opening(call, dumps(call.arguments)) for call in CALLS]


def _index_zero() -> list[Delta]:
    """Index 0 throughout: only a new id tells that another call begins."""
    return [delta for call in CALLS for delta in _indexed(chain([_opening(call)], _rest(call)), 0)]


def _interleaved() -> list[Delta]:
    """Both calls open, then a piece of each in turn."""
    openings = [{"index": index, **_opening(call)} for index, call in enumerate(CALLS)]
    pieces = zip_longest(*(_indexed(_rest(call), index) for index, call in enumerate(CALLS)))
    return openings + [piece for turn in pieces for piece in turn if piece]


def _id_late() -> list[Delta]:
    """The id comes with the last piece of the arguments."""
    deltas: list[Delta] = []
    for index, call in enumerate(CALLS):
        *before, final = _rest(call)
        opening = {"type": "function", "function": {"name": call.name, "arguments": ""}}
        deltas += _indexed(iter([opening, *before, {**final, "id": call.id}]), index)
    return deltas


def _arguments_object() -> list[Delta]:
    """Arguments as an object where a string belongs."""
    return [{"index": index, **_opening(call, call.arguments)} for index, call in enumerate(CALLS)]


def _arguments_invalid() -> list[Delta]:
    """Arguments cut off in the middle."""
    return [{"index": index, **_opening(call, dumps(call.arguments)[:-4])} for index, call in enumerate(CALLS)]


def _empty_first() -> list[Delta]:
    """The opening and the first piece bring no arguments."""
    empty = {"function": {"arguments": ""}}
    calls = enumerate(CALLS)
    return [delta for i, call in calls for delta in _indexed(chain([_opening(call), empty], _rest(call)), i)]


def _streaming(deltas: Callable[[], list[Delta]]) -> Shape:
    """Put these deltas in the place of those the stand-in would stream."""

    def shape(response: Response, case: Case) -> Response:
        if response.length is not None:
            return each_json(response, _WHOLE.get(case.name, lambda value: value))
        opening, *parts = response.parts
        envelope = json.loads(_json(opening))
        chunks = [event({**envelope, "choices": [_choice(delta)]}) for delta in deltas()]
        return replace(response, parts=[opening, *chunks, *(part for part in parts if b'"tool_calls":' not in part)])

    return shape


def _json(part: bytes) -> bytes:
    found = EVENT.fullmatch(part)
    assert found, f"not an event with JSON: {part!r}"
    return found.group(2)


def _choice(delta: Delta) -> dict[str, Any]:
    return {"index": 0, "delta": {"tool_calls": [delta]}, "finish_reason": None}


def _each_arguments(change: Callable[[str], Any]) -> Callable[[dict[str, Any]], Any]:
    def changed(value: dict[str, Any]) -> Any:
        for call in value["choices"][0]["message"]["tool_calls"]:
            call["function"]["arguments"] = change(call["function"]["arguments"])
        return value

    return changed


_WHOLE = {
    "tool-arguments-object": _each_arguments(json.loads),
    "tool-arguments-invalid": _each_arguments(lambda arguments: arguments[:-4]),
}

TOOL_DELTAS: Mapping[str, Shape] = {
    "tool-index-missing": _streaming(_index_missing),
    "tool-index-zero": _streaming(_index_zero),
    "tool-interleaved": _streaming(_interleaved),
    "tool-id-late": _streaming(_id_late),
    "tool-arguments-object": _streaming(_arguments_object),
    "tool-arguments-invalid": _streaming(_arguments_invalid),
    "tool-empty-first": _streaming(_empty_first),
}
