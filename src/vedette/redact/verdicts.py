"""What became of texts that came before: an agent's calls bring the same names, addresses and whole histories again.

Guarantee: a verdict holds for one policy and one state of the memory; when either changes, all are forgotten. They are
bounded, in this process's memory only, never in a `repr`, and forgotten at a fork. A stream has none: what its memory
knows depends on the place.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vedette.redact.texts import Taken

MOST, MOST_CHARACTERS = 4096, 1024 * 1024
"""Of one half; two are kept, so that what comes again and again stays."""

LONGEST = 64 * 1024
"""Characters of a text that is worth remembering."""


class Verdict(NamedTuple):
    """What a text became, and what was taken out of it; None for a text that stays as it is."""

    text: str | None
    taken: tuple[Taken, ...] = ()


CLEAN = Verdict(None)


class Verdicts:
    """Of one policy and one state of the memory, by name and text. Whoever has them may keep them for one walk.

    Threads share them without a lock: a verdict that gets lost is found anew.
    """

    __slots__ = ("_older", "_recent", "_size", "stamp")

    def __init__(self, stamp: tuple[object, object]) -> None:
        self.stamp = stamp
        self._recent: dict[tuple[str, str], Verdict] = {}
        self._older: dict[tuple[str, str], Verdict] = {}
        self._size = 0

    def __repr__(self) -> str:
        return f"Verdicts({len(self._recent) + len(self._older)} texts)"

    def of(self, name: str, text: str) -> Verdict | None:
        """None where it is not known."""
        key = (name, text)
        found = self._recent.get(key)
        if found is None and self._older and (found := self._older.get(key)) is not None:
            self.add(name, text, found)
        return found

    def add(self, name: str, text: str, verdict: Verdict) -> None:
        if len(text) > LONGEST:
            return
        if len(self._recent) >= MOST or self._size >= MOST_CHARACTERS:
            self._older, self._recent, self._size = self._recent, {}, 0
        self._recent[name, text] = verdict
        self._size += len(text)


class Seen:
    """The verdicts in force."""

    __slots__ = ("_now",)

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._now = Verdicts((None, None))

    def under(self, policy: object, memory: object) -> Verdicts:
        """Those that were found under this very policy and this very state of the memory."""
        now = self._now
        if now.stamp[0] is not policy or now.stamp[1] is not memory:
            now = self._now = Verdicts((policy, memory))
        return now
