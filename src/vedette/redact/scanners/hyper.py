"""Engine A: hyperscan, the PyPI wheel over Vectorscan. Imported by `choose` only, when a text is first redacted.

Guarantees. One scratch a thread and database; a thread that enters again gets `Busy`, never a shared scratch. Databases
live as long as the process: the binding borrows them. The callback cannot raise: it appends, and says "enough" at the
limit. The lock is released while bytes are scanned.

Known sad paths (PyPI `hyperscan` 0.9.1): `loadb` leaves no scratch behind, so one is always passed; a database is
native input whose checksum tells accidents, not forgeries, so only `store` may hand one over.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import hyperscan

from vedette.redact.scanners.contract import MOST_HITS, Busy, Hit, TooDense


class Hyper:
    """All databases of one pack."""

    name = "hyperscan"

    def __init__(self, databases: Sequence[hyperscan.Database]) -> None:
        self._databases = tuple(databases)
        self._threads = threading.local()

    def hits(self, data: bytes) -> list[Hit]:
        try:
            mine: _Mine = self._threads.mine
        except AttributeError:
            mine = self._threads.mine = _Mine(self._databases)
        if mine.busy:
            raise Busy
        mine.busy = True
        try:
            return mine.scan(data)
        finally:
            mine.busy = False


class _Mine:
    """What one thread scans with."""

    def __init__(self, databases: Sequence[hyperscan.Database]) -> None:
        self.busy = False
        self._found: list[Hit] = []
        self._passes = [(database.scan, hyperscan.Scratch(database)) for database in databases]
        found = self._found

        def note(core: int, start: int, end: int, _flags: int, _context: object) -> bool | None:
            found.append((core, end, start))
            return True if len(found) > MOST_HITS else None

        self._note = note

    def scan(self, data: bytes) -> list[Hit]:
        found, note = self._found, self._note
        try:
            for scan, scratch in self._passes:
                scan(data, match_event_handler=note, scratch=scratch)
            return found.copy() if found else found
        except hyperscan.ScanTerminated:
            raise TooDense from None
        finally:
            if found:
                found.clear()
