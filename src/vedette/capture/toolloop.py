"""Hand-written tool loops: what the model asked for stands in a response, what came of it in the next request.

An exchange between the question and the answer, in the thread and place of the question, is told as part of the tool,
unless several tools were asked for: then nobody can say of which.
A tool that a seam saw running is not told twice: its Call takes the question off the list, by call id or else by name.
The result a model is given is the host's word; what ran, and when, no wire can show (`vedette.source` = `wire`).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from vedette import locks
from vedette.capture.ids import operation_id
from vedette.capture.protocols import Reading, ToolCall, ToolResult
from vedette.event import Call, Kind, Result

SOURCE = "wire"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question of the model's: which tool, asked by which response, and the id its Call will have."""

    tool: ToolCall
    by: Call
    event_id: str

    @property
    def at_ns(self) -> int:
        return self.by.begin_ns + self.by.duration_ns

    def holds(self, call: Call) -> bool:
        """Whether `call` began after the question, where it was asked."""
        here = (call.thread, call.parent_id, call.actor)
        return call.begin_ns >= self.at_ns and here == (self.by.thread, self.by.parent_id, self.by.actor)


class ToolLoop:
    """The tool calls that models asked for and that nobody has answered yet; bounded, oldest first out."""

    def __init__(self, most: int = 1024) -> None:
        self._most = most
        self._asked: OrderedDict[str, _Asked] = OrderedDict()
        self._lock = locks.lock()

    def ran(self, call: Call) -> None:
        """A seam saw a tool run: nothing is left to be told about it."""
        with self._lock:
            asked = self._take(str(call.facts.get("gen_ai.tool.call.id", "")), call.name)
        if asked is not None:
            call.facts.setdefault("gen_ai.tool.call.id", asked.tool.id)

    def inside(self, call: Call) -> None:
        """Put an exchange into the tool that it was made for, where that is beyond doubt."""
        with self._lock:
            waiting = [asked.event_id for asked in self._asked.values() if asked.holds(call)]
        if len(waiting) == 1:
            call.parent_id = waiting[0]

    def heard(self, call: Call, reading: Reading) -> list[Call]:
        """Note what this response asks for; give the tool Calls that this request answers."""
        with self._lock:
            answers = [(self._take(result.id, "" if result.id else result.name), result) for result in reading.answered]
            for place, tool in enumerate(reading.asked):
                self._asked[tool.id or f"{call.event_id} {place}"] = _Asked(tool, call, operation_id())
            while len(self._asked) > self._most:
                self._asked.popitem(last=False)
        return [_told(asked, result, call) for asked, result in answers if asked is not None]

    def _take(self, call_id: str, name: str) -> _Asked | None:
        found = self._asked.pop(call_id, None) if call_id else None
        if found is not None or not name:
            return found
        for key, asked in self._asked.items():
            if asked.tool.name == name:
                return self._asked.pop(key)
        return None


def _told(asked: _Asked, result: ToolResult, answering: Call) -> Call:
    """A tool Call between the response that asked and the request that answered."""
    facts: dict[str, object] = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": asked.tool.name,
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": asked.tool.id,
        "gen_ai.tool.call.arguments": asked.tool.arguments,
        "gen_ai.tool.call.result": result.content,
    }
    if not asked.tool.id:
        del facts["gen_ai.tool.call.id"]
    if result.is_error:
        facts |= {"vedette.tool.error": True, "error.type": "tool_error"}
    by = asked.by
    return Call(
        Kind.TOOL,
        asked.tool.name,
        SOURCE,
        facts=facts,
        actor=answering.actor,
        event_id=asked.event_id,
        operation_id=asked.event_id,
        parent_id=by.parent_id,
        trace_id=by.trace_id,
        span_id=asked.event_id,
        begin_ns=asked.at_ns,
        duration_ns=max(answering.begin_ns - asked.at_ns, 0),
        result=Result.ERROR if result.is_error else Result.OK,
        closed=True,
    )
