"""A line that only collects: capture tested by itself."""

from __future__ import annotations

from vedette.event import Ack, Call


class Collected(list[Call]):
    """Closed Calls in the order in which they ended; `begun` in the order in which they began."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[Call] = []

    def begin(self, call: Call) -> Ack | None:
        self.begun.append(call)
        return None

    def end(self, call: Call) -> None:
        self.append(call)

    def wait(self, ack: Ack) -> bool:
        return True

    async def wait_async(self, ack: Ack) -> bool:
        return True

    @property
    def only(self) -> Call:
        (call,) = self
        return call
