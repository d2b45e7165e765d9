"""OpenAI responses over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count as counter
from typing import Any

from vedette.cli.standin.chat import failure
from vedette.cli.standin.dialect import CREATED, Dialect, last, pieces, plain, words
from vedette.cli.standin.turn import Offer, Prompt, Turn, count
from vedette.cli.standin.wire import dumps, event

Item = dict[str, Any]


def read(body: Mapping[str, Any], path: str) -> Prompt:
    """A request to `/responses`; the input is a string or a list of items."""
    given = body.get("input") or ""
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    return Prompt(
        model=body.get("model") or "standin",
        said=last([plain(item.get("content")) for item in items if item.get("role") == "user"]),
        results=_results(items),
        offers=_offers(body),
        parallel=body.get("parallel_tool_calls") is not False,
        reasons=bool(body.get("reasoning")),
        stream=bool(body.get("stream")),
        tokens=count(dumps([body.get("instructions"), items])),
    )


def whole(turn: Turn, prompt: Prompt, serial: int) -> dict[str, Any]:
    """A completed `response`."""
    output = list(_output(turn, serial))
    return {**_response(prompt, serial, "completed"), "output": output, "usage": usage(turn, prompt)}


def stream(turn: Turn, prompt: Prompt, serial: int) -> Iterator[bytes]:
    """The numbered events of a streamed response; the last one holds the whole of it, and no `[DONE]` follows."""
    for number, fields in zip(counter(), _events(turn, prompt, serial), strict=False):
        yield event({**fields, "sequence_number": number}, fields["type"])


def usage(turn: Turn, prompt: Prompt) -> dict[str, Any]:
    """Cached tokens are part of the input's, reasoning tokens part of the output's."""
    return {
        "input_tokens": prompt.tokens + turn.cached,
        "input_tokens_details": {"cached_tokens": turn.cached},
        "output_tokens": turn.tokens,
        "output_tokens_details": {"reasoning_tokens": turn.reasoning_tokens},
        "total_tokens": prompt.tokens + turn.cached + turn.tokens,
    }


def _response(prompt: Prompt, serial: int, status: str) -> dict[str, Any]:
    return {
        "id": f"resp_{serial}",
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": prompt.model,
        "output": [],
        "parallel_tool_calls": prompt.parallel,
        "tool_choice": "auto",
        "tools": [],
        "usage": None,
    }


def _output(turn: Turn, serial: int) -> Iterator[Item]:
    if turn.reasoning:
        summary = [{"type": "summary_text", "text": turn.reasoning}]
        yield {"type": "reasoning", "id": f"rs_{serial}", "summary": summary}
    if turn.text or turn.refusal:
        part = _part("output_text", turn.text) if turn.text else _part("refusal", turn.refusal)
        message = {"type": "message", "id": f"msg_{serial}", "role": "assistant", "status": "completed"}
        yield {**message, "content": [part]}
    for index, call in enumerate(turn.calls):
        ids = {"id": f"fc_{serial}_{index}", "call_id": call.id or f"call_{serial}_{index}"}
        asked = {"name": call.name, "arguments": dumps(call.arguments)}
        yield {"type": "function_call", **ids, **asked, "status": "completed"}


def _part(kind: str, text: str) -> Item:
    return {"type": kind, "text": text, "annotations": []} if kind == "output_text" else {"type": kind, kind: text}


def _events(turn: Turn, prompt: Prompt, serial: int) -> Iterator[Item]:
    started = _response(prompt, serial, "in_progress")
    yield {"type": "response.created", "response": started}
    yield {"type": "response.in_progress", "response": started}
    for index, item in enumerate(_output(turn, serial)):
        place = {"output_index": index, "item": _opened(item)}
        yield {"type": "response.output_item.added", **place}
        yield from ({**fields, "item_id": item["id"], "output_index": index} for fields in _item_events(item))
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": "response.completed", "response": whole(turn, prompt, serial)}


def _opened(item: Item) -> Item:
    """An item before its first piece."""
    blank: Item = {"message": {"content": []}, "function_call": {"arguments": ""}, "reasoning": {"summary": []}}
    opened = {**item, **blank[item["type"]]}
    return {**opened, "status": "in_progress"} if "status" in item else opened


def _item_events(item: Item) -> Iterator[Item]:
    match item["type"]:
        case "message":
            yield from _message_events(item["content"][0])
        case "reasoning":
            yield from _summary_events(item["summary"][0])
        case _:
            kind = "response.function_call_arguments"
            yield from ({"type": f"{kind}.delta", "delta": piece} for piece in pieces(item["arguments"]))
            yield {"type": f"{kind}.done", "name": item["name"], "arguments": item["arguments"]}


def _message_events(part: Item) -> Iterator[Item]:
    """The pieces of a text or of a refusal; only a text has `logprobs`."""
    kind, place = part["type"], {"content_index": 0}
    key = "text" if kind == "output_text" else "refusal"
    logprobs: Item = {"logprobs": []} if kind == "output_text" else {}
    yield {"type": "response.content_part.added", **place, "part": _part(kind, "")}
    yield from ({"type": f"response.{kind}.delta", **place, "delta": piece, **logprobs} for piece in words(part[key]))
    yield {"type": f"response.{kind}.done", **place, key: part[key], **logprobs}
    yield {"type": "response.content_part.done", **place, "part": part}


def _summary_events(part: Item) -> Iterator[Item]:
    kind, place = "response.reasoning_summary", {"summary_index": 0}
    yield {"type": f"{kind}_part.added", **place, "part": {**part, "text": ""}}
    yield from ({"type": f"{kind}_text.delta", **place, "delta": piece} for piece in words(part["text"]))
    yield {"type": f"{kind}_text.done", **place, "text": part["text"]}
    yield {"type": f"{kind}_part.done", **place, "part": part}


def _results(items: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What the tools answered: the outputs at the end of the input."""
    results: list[str] = []
    for item in reversed(items):
        if item.get("type") != "function_call_output":
            break
        results.insert(0, plain(item.get("output")))
    return tuple(results)


def _offers(body: Mapping[str, Any]) -> tuple[Offer, ...]:
    """The functions of the client; tools that run at the provider are never asked for."""
    choice = body.get("tool_choice")
    named = choice.get("name") if isinstance(choice, Mapping) else None
    tools = [tool for tool in body.get("tools") or [] if tool.get("type") == "function" and choice != "none"]
    return tuple(Offer(tool["name"], tool.get("parameters") or {}) for tool in tools if named in (None, tool["name"]))


RESPONSES = Dialect(read, whole, stream, failure)
