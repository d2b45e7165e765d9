"""Tool calls from their deltas (wire.md 3.4).

By index, unless another id or finished arguments stand there already, for some providers send 0 for all; then by id;
then by position. Pieces stay strings and are joined once, so arguments that never became JSON are kept as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vedette.capture.protocols.json_text import parsed, text_of
from vedette.capture.protocols.tolerant import Json, first, integer, obj, string


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list)

    def is_another(self, call_id: str, name: str, piece: str) -> bool:
        """Whether a delta begins another call than this one; a name that is repeated with nothing new does not."""
        if call_id and self.id:
            return call_id != self.id
        if not name or not self.name:
            return False
        return name != self.name or (bool(piece) and isinstance(parsed("".join(self.pieces)), dict))


class ToolDeltas:
    """The calls of one choice so far."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._at: dict[int, _Call] = {}

    def add(self, delta: Json) -> None:
        called = obj(delta.get("function")) or obj(delta.get("custom"))
        call_id, name = string(delta.get("id")) or "", string(called.get("name")) or ""
        piece = text_of(first(called.get("arguments"), called.get("input")))
        call = self._place(integer(delta.get("index")), call_id, name, piece)
        call.id = call.id or call_id
        call.name = call.name or name
        if piece:
            call.pieces.append(piece)

    def _place(self, index: int | None, call_id: str, name: str, piece: str) -> _Call:
        known = self._known(index)
        if known is None or known.is_another(call_id, name, piece):
            known = next((call for call in self._calls if call_id and call.id == call_id), None) or self._new()
        if index is not None:
            self._at[index] = known
        return known

    def _known(self, index: int | None) -> _Call | None:
        """The call at this index; without one, the last that was begun."""
        if index is not None:
            return self._at.get(index)
        return self._calls[-1] if self._calls else None

    def _new(self) -> _Call:
        self._calls.append(_Call())
        return self._calls[-1]

    def whole(self) -> list[Json]:
        """The calls in the order in which they began."""
        return [
            {"id": call.id, "function": {"name": call.name, "arguments": "".join(call.pieces)}} for call in self._calls
        ]
