"""Where capture meets the line: one object, handed over at start, so that capture imports no other room.

While nothing is connected every woven function is a plain call of the original.
"""

from __future__ import annotations

from typing import Protocol

from vedette.event import Ack, Call


class Line(Protocol):
    """What capture asks of the line. None raises to its caller, but for `AuditUnavailable` where that is asked for."""

    def begin(self, call: Call) -> Ack | None:
        """Open the span and write the intent; an Ack means that the effect should wait until it is on disk."""

    def end(self, call: Call) -> None:
        """Take a closed Call: queue it, or walk it here."""

    def wait(self, ack: Ack) -> bool:
        """Block until the record is on disk, bounded by `VEDETTE_SYNC_TIMEOUT`; False = it was late."""

    async def wait_async(self, ack: Ack) -> bool:
        """The same for a coroutine, without blocking its loop."""


line: Line | None = None
body_limit = 1024 * 1024
"""Bytes of one body that are kept; set from `VEDETTE_BODY_LIMIT`."""


def connect(to: Line | None, limit: int = body_limit) -> None:
    """Connect the line (None: disconnect). Read anew by every call, so that `stop` takes effect at once."""
    global line, body_limit
    line, body_limit = to, limit
