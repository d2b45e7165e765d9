"""What rules may remember: counts within a time window, by key. Bounded; times are those of the Events."""

from __future__ import annotations

from collections import OrderedDict, deque


class Memory:
    """Sliding windows. The oldest keys go first when there are too many."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._windows: OrderedDict[tuple[str, ...], deque[int]] = OrderedDict()

    def count(self, key: tuple[str, ...], at_ns: int, window_ns: int) -> int:
        """Note one occurrence of `key` and tell how many there were in the window that ends now."""
        times = self._windows.setdefault(key, deque(maxlen=1024))
        self._windows.move_to_end(key)
        times.append(at_ns)
        while times and times[0] < at_ns - window_ns:
            times.popleft()
        while len(self._windows) > self._most:
            self._windows.popitem(last=False)
        return len(times)
