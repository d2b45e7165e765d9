"""What rules may remember: what happened within a window of time, by key.

Times are those of the Events, never a clock's, so that the same Events give the same findings whenever they are seen.

Bounded: the keys that were used longest ago go first, and a key keeps its newest 64 entries. An attacker who fills the
memory makes a rule forget, never grow; the record itself forgets nothing.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Any

from vedette.detect.flows import Flows

Key = tuple[str, ...]
MOST_ENTRIES = 64


class Memory:
    """One a process, shared by all rules: a key begins with what tells it from those of other rules.

    `flows`: where data came from and where it may go.
    """

    def __init__(self, most: int = 4096) -> None:
        self.flows = Flows()
        self._most = most
        self._windows: OrderedDict[Key, deque[tuple[int, str]]] = OrderedDict()
        self._said: OrderedDict[Key, int] = OrderedDict()

    def recent(self, key: Key, at_ns: int, window_ns: int, entry: str) -> list[str]:
        """Note `entry` under `key`, and give the entries of the `window_ns` that end at `at_ns`, this one included."""
        window = self._windows.setdefault(key, deque(maxlen=MOST_ENTRIES))
        window.append((at_ns, entry))
        _newest(self._windows, key, self._most)
        return [each for then, each in window if at_ns - window_ns < then <= at_ns]

    def forget(self, key: Key) -> None:
        self._windows.pop(key, None)

    def first(self, key: Key, at_ns: int, window_ns: int) -> bool:
        """Whether `key` was not yet told of within `window_ns`: what goes on and on is told once a window."""
        then = self._said.get(key)
        if then is not None and abs(at_ns - then) < window_ns:
            return False
        self._said[key] = at_ns
        _newest(self._said, key, self._most)
        return True


def _newest(known: OrderedDict[Key, Any], key: Key, most: int) -> None:
    known.move_to_end(key)
    while len(known) > most:
        known.popitem(last=False)
