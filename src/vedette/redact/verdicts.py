"""What became of texts that came before: an agent's calls bring the same names, addresses and whole histories again.

Guarantee: a verdict is as good as a new look. It holds under one policy and one engine, and where a value was learned
since, only for a text that the value does not stand in. Verdicts are bounded, in this process's memory only, never in a
`repr`, and forgotten at a fork. A stream has none: what its memory knows depends on the place.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vedette.redact.memory import LEAST, Memory

if TYPE_CHECKING:
    from vedette.redact.texts import Taken

MOST, MOST_CHARACTERS = 4096, 1024 * 1024
"""Of one half; two are kept, so that what comes again and again stays."""

LONGEST = 64 * 1024
"""Characters of a text that is worth remembering."""


class Verdict(NamedTuple):
    """What a text became, and what was taken out of it; None for a text that stays as it is.

    `learned`: how many values the memory had ever been given when it was looked for them.
    """

    text: str | None
    taken: tuple[Taken, ...]
    learned: int


class Verdicts:
    """Of one policy and engine, by name and text. Threads share them without a lock: what gets lost is found anew."""

    __slots__ = ("_asked", "_memory", "_older", "_recent", "_size", "engine", "policy")

    def __init__(self, policy: object, engine: object, memory: Memory) -> None:
        self.policy = policy
        self.engine = engine
        self._memory = memory
        self._recent: dict[tuple[str, str], Verdict] = {}
        self._older: dict[tuple[str, str], Verdict] = {}
        self._size = 0
        self._asked: tuple[tuple[int, int], list[str] | None] = ((0, 0), [])

    def __repr__(self) -> str:
        return f"Verdicts({len(self._recent) + len(self._older)} texts)"

    @property
    def learned(self) -> int:
        """To be asked before a text is judged, and put down with its verdict."""
        return self._memory.learned

    def of(self, name: str, text: str) -> Verdict | None:
        """None where it is not known, or no longer."""
        key = (name, text)
        found = self._recent.get(key)
        if found is None:
            found = self._older.get(key) if self._older else None
            if found is None:
                return None
            self.add(name, text, found)
        learned = self._memory.learned
        if found.learned != learned:
            if not self.holds(name, text, found):
                return None
            found = self._recent[key] = found._replace(learned=learned)
        return found

    def holds(self, name: str, text: str, verdict: Verdict) -> bool:
        """Whether none of the values that were learned since stands in the text."""
        if len(text) < LEAST and len(name) < LEAST:
            return True
        since = self._since(verdict.learned, self._memory.learned)
        return since is not None and not any(value in text or value in name for value in since)

    def _since(self, before: int, now: int) -> list[str] | None:
        """What was learned since: texts ask it one after the other, and most of them the same."""
        asked, values = self._asked
        if asked != (before, now):
            values = self._memory.since(before)
            self._asked = (before, now), values
        return values

    def add(self, name: str, text: str, verdict: Verdict) -> None:
        if len(text) > LONGEST:
            return
        if len(self._recent) >= MOST or self._size >= MOST_CHARACTERS:
            self._older, self._recent, self._size = self._recent, {}, 0
        self._recent[name, text] = verdict
        self._size += len(text)


class Seen:
    """The verdicts in force."""

    __slots__ = ("_memory", "_now")

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._now = Verdicts(None, None, self._memory)

    def under(self, policy: object, engine: object) -> Verdicts:
        """Those that were found under this very policy by this very engine."""
        now = self._now
        if now.policy is not policy or now.engine is not engine:
            now = self._now = Verdicts(policy, engine, self._memory)
        return now
