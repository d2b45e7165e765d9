"""Protocol readers: the bytes of one HTTP exchange, read as an inference. Pure functions, and none of them raises.

Recognised by path and body, not by host, so a gateway, Azure and localhost count. An unknown shape stays a plain
exchange. Not read: Gemini, Converse, Cohere, Ollama, MCP, WebSockets, and Bedrock's invoke with a stream (eventstream).
"""

from __future__ import annotations

from vedette.capture.protocols.exchange import Side
from vedette.capture.protocols.framing import is_event_stream, rejoined
from vedette.capture.protocols.json_text import document, endings
from vedette.capture.protocols.providers import provider
from vedette.capture.protocols.reading import Reading, ToolCall, ToolResult
from vedette.capture.protocols.recognition import Place, model_in, place_of, protocol_at, protocol_of
from vedette.capture.protocols.table import PROTOCOLS, Protocol
from vedette.capture.protocols.tolerant import Json
from vedette.capture.protocols.usage import INPUT, OUTPUT
from vedette.event import Wire

__all__ = ["PROTOCOLS", "Reading", "ToolCall", "ToolResult", "operation", "read", "recognise"]

_COUNTED = frozenset({INPUT, OUTPUT})
_BY_NAME = {each.name: each for each in PROTOCOLS}


def recognise(path: str, body: bytes | None = None) -> str:
    """The protocol's name, or nothing. Cheap: no JSON is parsed. Without a body the path alone decides."""
    found = protocol_at(path, body)
    return found.name if found else ""


def operation(protocol: str) -> str:
    """`gen_ai.operation.name` of a protocol."""
    return _BY_NAME[protocol].operation


def read(wire: Wire, asked: Side, answered: Side) -> Reading | None:
    """The exchange as an inference; None if it is none. `broken`: it looked like one, and its request is no JSON."""
    place = place_of(wire.url) if wire.method == "POST" else None
    found = protocol_of(place, asked, answered) if place else None
    if place is None or found is None:
        return None
    events = found.stream is not None and is_event_stream(answered.body or answered.tail)
    response = None if events else document(answered.body or b"", answered.tail)
    if response and wire.status < 400 and answered.whole and not response.keys() & found.members:
        return None  # somebody's own API may have such a path and such keys
    reading = _asked(found, place, asked)
    if events:
        _streamed(found, reading, wire, answered)
    else:
        _answered(found, reading, wire, response)
    if wire.status >= 400 and not reading.error:
        reading.error = str(wire.status)
    if answered.tail and not reading.facts.keys() & _COUNTED:
        reading.put(found.usage(endings(answered.tail).get("usage")))
    return reading


def _asked(protocol: Protocol, place: Place, side: Side) -> Reading:
    reading = Reading(protocol.name)
    reading.put(
        {
            "gen_ai.operation.name": protocol.operation,
            "gen_ai.provider.name": provider(place.host, place.path, protocol.family),
            "openai.api.type": protocol.api_type,
        }
    )
    request = document(side.body or b"", side.tail)
    if request is not None:
        protocol.request(reading, request)
    elif side.body:
        reading.broken = True
    if "gen_ai.request.model" not in reading.facts:
        reading.put({"gen_ai.request.model": model_in(place.path)})
    return reading


def _streamed(protocol: Protocol, reading: Reading, wire: Wire, side: Side) -> None:
    if protocol.stream is not None:
        protocol.stream(reading, rejoined(side.body or b"", side.tail))
    if wire.first_byte_ns:
        reading.put({"gen_ai.response.time_to_first_chunk": f"{wire.first_byte_ns / 1e9:.6f}"})


def _answered(protocol: Protocol, reading: Reading, wire: Wire, response: Json | None) -> None:
    if response is None:
        reading.put({"vedette.content.unread": wire.response.size or None})
    elif wire.status >= 400:
        error = response.get("error")
        reading.fail(response if error is None else error, str(wire.status))
    else:
        protocol.response(reading, response)
