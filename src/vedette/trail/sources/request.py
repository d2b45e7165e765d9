"""What is asked of a source: where it is, from when to when, of which stream; and how it says that it cannot answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MARGIN_NS = 120 * 10**9
"""A window is asked for with this much around it: checkpoints lie at most 5 s apart from records, heartbeats 60 s."""


class Unreachable(OSError):
    """A source that does not answer, or not as it should. One line that says what to do; never a secret."""


@dataclass(frozen=True, slots=True)
class Window:
    """Wall-clock nanoseconds, both ends included; 0 = open. A source may yield more than lies in it, never less.

    Checkpoints from before it belong to it: the chain of keys begins with checkpoint 0.
    """

    since_ns: int = 0
    until_ns: int = 0

    def __bool__(self) -> bool:
        return bool(self.since_ns or self.until_ns)

    @property
    def begin_ns(self) -> int:
        """`since` with its margin; 0 = open."""
        return max(self.since_ns - MARGIN_NS, 0)

    def end_ns(self, otherwise: int) -> int:
        """`until` with its margin; `otherwise` where it is open."""
        return self.until_ns + MARGIN_NS if self.until_ns else otherwise


@dataclass(frozen=True, slots=True)
class Request:
    """`where` is what stands behind the source's name and colon. `stream` is 32 hex; "" = all.

    `headers` go with each HTTP request, and may hold keys, so they are not shown.
    """

    where: str
    window: Window = Window()
    stream: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
