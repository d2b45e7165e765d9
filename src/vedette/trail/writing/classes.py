"""Which records are on disk before anybody goes on (`VEDETTE_SYNC`); all others are within 50 ms.

A kind that has intents (a tool call) is forced with its intent, before the effect; any other with the record itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from vedette.event import Kind

USUAL = ("auth", "finding", "change", "close", "tool", "process")
ALL, OFF = "all", "off"

_ACTS = frozenset({Kind.TOOL, Kind.PROCESS, Kind.EXCHANGE, Kind.INFERENCE, Kind.AGENT, Kind.RETRIEVAL})


class Classes:
    """The list as it was set: kinds, `close` (which always is), or one of `all` and `off`; other words mean nothing.

    `never`: nothing is ever synced (tests, memory file systems). `records`: the kinds whose records must be on disk
    when `append` returns; for an intent, its caller waits.
    """

    def __init__(self, names: Sequence[str] = USUAL) -> None:
        self.never = OFF in names
        chosen = {kind for kind in Kind if ALL in names or kind.value in names} - {Kind.LIFECYCLE}
        self._forced = frozenset[Kind]() if self.never else frozenset(chosen)
        self.records = self._forced - _ACTS

    def forces_intent(self, kind: Kind) -> bool:
        """Whether an operation of this kind must not begin before its intent is on disk."""
        return kind in self._forced
