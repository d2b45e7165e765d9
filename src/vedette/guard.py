"""The border with the host: our faults stop here, are counted and said once; the host's own pass untouched.

`with guard("capture.request"):` swallows an `Exception` of ours. `BaseException` (KeyboardInterrupt, CancelledError,
GeneratorExit) is the host's and always passes, and so does `AuditUnavailable`, which a host asks for by setting
`VEDETTE_ON_FULL=refuse`. Under tests the guard is loud: faults are counted and raised.
"""

from __future__ import annotations

import functools
import logging
from collections import Counter
from types import TracebackType

from vedette import locks

logger = logging.getLogger("vedette")

_counts: Counter[str] = Counter()
_said: set[str] = set()
_lock = locks.lock()
_loud = False

MOST_SAID = 64
"""So many sentences a process; a disk that comes and goes says the same one."""


class AuditUnavailable(RuntimeError):
    """No act without a record: raised to the host, before the effect, where `VEDETTE_ON_FULL=refuse` asks for it."""


class Plain(Exception):
    """A fault that is not inside us. Its message says what is wrong and what to do, holds nothing of the host's, and is
    said as it is."""


class Guard:
    """A reusable, stateless context manager for one room."""

    __slots__ = ("room",)

    def __init__(self, room: str) -> None:
        self.room = room

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> bool:
        if error is None or not isinstance(error, Exception) or isinstance(error, AuditUnavailable):
            return False
        report(self.room, error)
        return not _loud


@functools.cache
def guard(room: str) -> Guard:
    """The guard of `room`, such as `capture.request`; one object a room, so that entering it costs nothing."""
    return Guard(room)


def report(room: str, error: Exception) -> None:
    """Count a fault of ours and say it once a room. Only the class is said: a message may carry what was redacted.

    One that is `Plain` is said once, in its own words, whichever room it comes from.
    """
    told = str(error) if isinstance(error, Plain) else ""
    if not _news(room, told):
        return
    if told:
        logger.warning("vedette: %s", told)
        return
    logger.warning("vedette: internal fault in %s (%s); the application is not affected", room, type(error).__name__)
    logger.debug("vedette: fault in %s", room, exc_info=error)


def _news(room: str, told: str) -> bool:
    """Count it; whether it has not been said yet."""
    with _lock:
        _counts[room] += 1
        if not told:
            return _counts[room] == 1
        news = told not in _said and len(_said) < MOST_SAID
        _said.update([told] if news else [])
        return news


def faults() -> dict[str, int]:
    """Faults so far, by room."""
    with _lock:
        return dict(_counts)


def loud(on: bool) -> bool:
    """Raise our faults instead of swallowing them (tests); returns the setting before."""
    global _loud
    before, _loud = _loud, on
    return before


def reset() -> None:
    """Forget all counts (tests)."""
    with _lock:
        _counts.clear()
        _said.clear()
