"""The first step of the line: read the bytes of an exchange, and make of it what it was."""

from __future__ import annotations

from vedette.capture import protocols
from vedette.capture.toolloop import ToolLoop
from vedette.event import Call, Kind, Result, Wire
from vedette.guard import guard, report


class Reader:
    """Turns raw Calls into readable ones; keeps only the open questions of hand-written tool loops."""

    def __init__(self) -> None:
        self._loop = ToolLoop()

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
        call.facts |= protocols.exchange_facts(wire)
        reading = protocols.read(wire)
        if reading is None or reading.broken:
            _plain(call, wire, reading)
            return []
        call.kind = Kind.INFERENCE
        call.facts |= reading.facts
        call.facts["vedette.protocol"] = reading.protocol
        if reading.error:
            call.facts["error.type"] = reading.error
            call.result = Result.ERROR
        return self._loop.heard(call, reading)


def _plain(call: Call, wire: Wire, reading: protocols.Reading | None) -> None:
    """An exchange that is no inference, or looked like one and could not be read: its bodies as text."""
    if reading is not None:
        call.facts["vedette.protocol"] = reading.protocol
        report("capture.read", ValueError(reading.protocol))
    for which in ("request", "response"):
        text = protocols.body_text(wire, which)
        if text:
            call.facts[f"vedette.http.{which}.body"] = text
    if wire.status >= 400:
        call.facts.setdefault("error.type", str(wire.status))
        call.result = Result.ERROR if call.result is Result.OK else call.result
