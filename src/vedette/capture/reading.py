"""The first step of the line: read the bytes of an exchange, and make of it what it was."""

from __future__ import annotations

from vedette.capture import protocols
from vedette.capture.attempts import Attempts
from vedette.capture.protocols.exchange import Side, body_text, request_side, response_side, sizes
from vedette.capture.toolloop import ToolLoop
from vedette.event import Call, Kind, Result, Wire
from vedette.guard import guard, report


class Reader:
    """Turns raw Calls into readable ones; keeps only the open questions of hand-written tool loops."""

    def __init__(self) -> None:
        self._loop = ToolLoop()
        self._attempts = Attempts()

    def read(self, call: Call) -> list[Call]:
        """`call` with its wire read, preceded by the tool Calls that its request tells of."""
        if call.kind is Kind.TOOL:
            self._loop.ran(call)
        wire, call.wire = call.wire, None
        if wire is None:
            return [call]
        told: list[Call] = []
        with guard("capture.read"):
            told = self._exchange(call, wire)
        return [*told, call]

    def _exchange(self, call: Call, wire: Wire) -> list[Call]:
        asked, answered = request_side(wire), response_side(wire)
        call.facts |= sizes(wire, asked, answered)
        self._attempts.tie(call, wire, asked, answered)
        reading = protocols.read(wire, asked, answered)
        if reading is None or reading.broken:
            _plain(call, wire, asked, answered)
            if reading is not None:
                report("capture.read", ValueError(f"{reading.protocol} could not be read"))
            self._loop.inside(call)
            return []
        call.kind = Kind.INFERENCE
        call.facts |= reading.facts
        call.facts["vedette.protocol"] = reading.protocol
        call.name = f"{call.facts['gen_ai.operation.name']} {call.facts.get('gen_ai.request.model', '')}".strip()
        if reading.error:
            call.facts["error.type"] = reading.error
            call.result = Result.ERROR
        elif call.result is Result.ABANDONED and "gen_ai.response.finish_reasons" in reading.facts:
            call.result = Result.OK  # SDKs leave a stream once the model has finished, before its last bytes
            call.facts.pop("vedette.end.reason", None)
        return self._loop.heard(call, reading)


def _plain(call: Call, wire: Wire, asked: Side, answered: Side) -> None:
    """An exchange that is no inference, or looked like one and could not be read: its bodies, where they are text."""
    call.kind = Kind.EXCHANGE
    call.facts.pop("gen_ai.operation.name", None)
    for name, side in (("vedette.http.request.body", asked), ("vedette.http.response.body", answered)):
        text = body_text(side)
        if text:
            call.facts[name] = text
    if wire.status >= 400:
        call.facts.setdefault("error.type", str(wire.status))
        if call.result in (Result.OK, Result.ABANDONED):  # a client that raises for the status leaves the body unread
            call.result = Result.ERROR
