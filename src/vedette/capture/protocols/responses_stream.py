"""Events of an OpenAI responses stream. The whole response stands in the last; deltas matter for a cut stream only."""

from __future__ import annotations

from vedette.capture.protocols.framing import ServerEvent
from vedette.capture.protocols.json_text import parsed
from vedette.capture.protocols.tolerant import Json, integer, merged, obj, string

_ENDS = frozenset({"response.completed", "response.failed", "response.incomplete"})
_PIECES = {
    "response.output_text.delta": "text",
    "response.text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.reasoning_text.delta": "thought",
    "response.reasoning_summary_text.delta": "thought",
    "response.function_call_arguments.delta": "arguments",
    "response.mcp_call_arguments.delta": "arguments",
    "response.custom_tool_call_input.delta": "input",
    "response.code_interpreter_call_code.delta": "code",
}
_LAST = 3


def assembled(events: list[ServerEvent]) -> Json:
    """A response in the shape of a plain one."""
    for event in reversed(events[-_LAST:]):
        body = obj(parsed(event.data))
        if _kind(event, body) in _ENDS:
            return obj(body.get("response"))
    return _cut(events)


def _cut(events: list[ServerEvent]) -> Json:
    """Without its end: what is known of the response, its finished items, and of the others what came."""
    response: Json = {}
    items: dict[int, Json] = {}
    pieces: dict[int, dict[str, list[str]]] = {}
    for event in events:
        body = obj(parsed(event.data))
        kind, place = _kind(event, body), integer(body.get("output_index")) or 0
        if kind in _PIECES:
            pieces.setdefault(place, {}).setdefault(_PIECES[kind], []).append(string(body.get("delta")) or "")
        elif kind in ("response.output_item.added", "response.output_item.done"):
            items[place] = obj(body.get("item"))
            if kind.endswith("done"):
                pieces.pop(place, None)
        elif kind == "error":
            response["error"] = body.get("error") or {**body, "type": "error"}
        else:
            merged(response, body.get("response"))
    output = [_filled(items.get(place, {}), pieces.get(place, {})) for place in sorted(items.keys() | pieces.keys())]
    return {**response, "output": output}


def _kind(event: ServerEvent, body: Json) -> str:
    """The JSON's type, the event's name only where it has none. An event that was cut is none."""
    return (string(body.get("type")) or event.event) if body else ""


def _filled(item: Json, pieces: dict[str, list[str]]) -> Json:
    """An item with the pieces that came of it."""
    told = {name: "".join(texts) for name, texts in pieces.items()}
    thought = told.pop("thought", None)
    if thought is not None:
        return {**item, "type": "reasoning", "summary": [{"text": thought}]}
    content = [{name: told.pop(name)} for name in ("text", "refusal") if name in told]
    return {**item, **told, **({"content": content} if content else {})}
