"""How many model and tool calls an agent run made: counted as they end, told when the run ends."""

from __future__ import annotations

from collections import Counter, OrderedDict

from vedette.event import Event, Kind

_NO_CALL = frozenset({"embeddings", "fetch_response"})


class Tally:
    """Open counts by the Event they happened in; bounded, the oldest go first (their run then tells too few).

    Counts move up from a workflow or a retrieval to the agent around it. They do not leave a tool, whose calls are its
    own doing, nor an agent. A resent request is no new decision of the agent's and is not counted again.
    """

    def __init__(self, most: int = 1024) -> None:
        self._most = most
        self._open: OrderedDict[str, Counter[Kind]] = OrderedDict()

    def see(self, event: Event) -> Counter[Kind] | None:
        """The counts of the agent run that this Event ends; None if it ends none."""
        below = self._open.pop(str(event.facts.get("vedette.event.id", "")), None)
        if event.facts.get("gen_ai.operation.name") == "invoke_agent":
            return Counter() if below is None else below
        parent = str(event.facts.get("vedette.parent.id", ""))
        if parent:
            self._move(parent, None if event.kind is Kind.TOOL else below, event)
        return None

    def _move(self, parent: str, below: Counter[Kind] | None, event: Event) -> None:
        """Up to the parent: what happened below this Event, and itself."""
        if not below and not _is_call(event):
            return
        counts = self._open.setdefault(parent, Counter())
        counts.update(below or {})
        counts[event.kind] += _is_call(event)
        self._open.move_to_end(parent)
        while len(self._open) > self._most:
            self._open.popitem(last=False)


def _is_call(event: Event) -> bool:
    if event.kind is Kind.INFERENCE:
        again = event.facts.get("http.request.resend_count", 0)
        return not again and event.facts.get("gen_ai.operation.name") not in _NO_CALL
    return event.kind is Kind.TOOL
