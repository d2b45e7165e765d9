"""Engine A: hyperscan, the PyPI wheel over Vectorscan. Imported by `choose` only, when a text is first redacted.

Guarantees. One scratch a thread and database; a thread that enters again gets `Busy`, never a shared scratch. Databases
live as long as the process: the binding borrows them. The callback cannot raise: it appends, and says "enough" at the
limit. The lock is released while bytes are scanned.

Known sad paths (PyPI `hyperscan` 0.9.1): `loadb` leaves no scratch behind, so one is always passed; a database is
native input whose checksum tells accidents, not forgeries, so only `store` may hand one over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import hyperscan

from vedette.redact.scanners.contract import MOST_HITS, NO_START, Busy, Hit, TooDense
from vedette.redact.scanners.gates import STARTS_REACH, Joined, windows

_FEW_ENDS, _BYTES_AN_END = 16, 128
"""Ends of a gate in one text, and one more for so many bytes, beyond which the whole text is scanned."""

_MOST_STARTS, _BYTES_A_START = 300, 80
"""Hits whose start is asked for, and one more for so many bytes: to ask costs three times what finding the end does."""


class Part(NamedTuple):
    """One database that every text is scanned with; `gates`: numbers whose matches are no hits, but ends of a gate,
    around which the database `behind` is scanned, `reach` bytes before and after."""

    database: hyperscan.Database
    gates: frozenset[int] = frozenset()
    behind: hyperscan.Database | None = None
    reach: tuple[int, int] = (0, 0)


class Hyper:
    """All databases of one pack."""

    name = "hyperscan"

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)
        self._threads = threading.local()

    def hits(self, data: bytes) -> list[Hit]:
        try:
            mine: _Mine = self._threads.mine
        except AttributeError:
            mine = self._threads.mine = _Mine(self._parts)
        if mine.busy:
            raise Busy
        mine.busy = True
        try:
            return mine.scan(data)
        finally:
            mine.busy = False


class _Mine:
    """What one thread scans with."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.busy = False
        self._passes = [_Pass(part) for part in parts]

    def scan(self, data: bytes) -> list[Hit]:
        try:
            found: list[Hit] = []
            for each in self._passes:
                if hits := each.scan(data):
                    found += hits
            return found
        except hyperscan.ScanTerminated:
            raise TooDense from None


class _Pass:
    """One database with its scratch, and what stands behind its gates."""

    def __init__(self, part: Part) -> None:
        self._scan, self._scratch = part.database.scan, hyperscan.Scratch(part.database)
        self._behind = _Pass(Part(part.behind)) if part.behind is not None else None
        self._reach = part.reach
        self._found: list[Hit] = []
        self._ends: list[Hit] = []
        found, ends, gates = self._found, self._ends, part.gates
        self._asks_starts = asks_starts = part.reach == STARTS_REACH

        def note(core: int, start: int, end: int, _flags: int, _context: object) -> bool | None:
            if core in gates:
                if len(ends) <= MOST_HITS:
                    ends.append((core, end, NO_START))
                    return None
                return asks_starts
            found.append((core, end, start))
            return True if len(found) > MOST_HITS else None

        self._note = note

    def scan(self, data: bytes) -> Sequence[Hit]:
        """Raises `ScanTerminated` for too many hits."""
        found, ends = self._found, self._ends
        try:
            self._scan(data, match_event_handler=self._note, scratch=self._scratch)
            if ends and self._behind is not None:
                return [*found, *self._around(data, self._behind)]
            return found.copy() if found else ()
        finally:
            if found or ends:
                found.clear()
                ends.clear()

    def _around(self, data: bytes, behind: _Pass) -> Iterable[Hit]:
        """What stands around the ends; in the whole text, where there are many."""
        ends, size = self._ends, len(data)
        if len(ends) <= _FEW_ENDS + size // _BYTES_AN_END:
            joined = Joined(data, windows((end for _, end, _ in ends), self._reach, size))
            return joined.back(behind.scan(joined.data))
        most = _MOST_STARTS + size // _BYTES_A_START
        if not self._asks_starts or len(ends) <= most:
            return behind.scan(data)
        last = ends[most][1]
        return [*behind.scan(data[:last]), *(hit for hit in ends if hit[1] > last)]
