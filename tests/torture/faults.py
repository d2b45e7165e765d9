"""T11. ENOSPC, EDQUOT and EIO at the N-th system call of the append path, for every N: once, and for a spell.

Nothing is acknowledged without its data, nothing but `Unavailable` leaves, and writing goes on within a second after.
"""

from __future__ import annotations

import errno
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.sound import Sound, streams
from tests.torture.report import Report, command
from vedette import guard
from vedette.event import Ack, Event, Kind, Phase
from vedette.guard import AuditUnavailable
from vedette.trail import Trail, Unavailable
from vedette.trail.writing import segment, writer
from vedette.trail.writing.room import Limits

ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
CALLS = ("pwrite", "write", "open", "mkdir", "ftruncate", "fsync", "rename", "replace", "fchmod", "unlink")
OURS = ((segment, "_datasync"), (segment, "_allocate"))
ZERO = ("acknowledged_without_data", "other_exceptions", "not_back_within_1_s", "broken_streams")
SPELL = 7
"""So many calls in a row fail in a spell."""


class Faults:
    """Fails the `at`-th call and the `spell - 1` after it. Counts all of them, `mine` are the ones that failed."""

    def __init__(self, at: int, spell: int, number: int) -> None:
        self._bad = range(at, at + spell)
        self._error = number
        self._lock = threading.Lock()
        self.count = self.mine = 0

    def wrap(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            with self._lock:
                self.count += 1
                fails = self.count in self._bad
                self.mine += fails
            if fails:
                raise OSError(self._error, os.strerror(self._error))
            return real(*args, **named)

        return call

    @contextmanager
    def on(self) -> Iterator[None]:
        """While inside, system calls go through here; those of the test itself must not."""
        places = [(os, name) for name in CALLS] + list(OURS)
        real = [(place, name, getattr(place, name)) for place, name in places]
        try:
            for place, name, function in real:
                setattr(place, name, self.wrap(function))
            yield
        finally:
            for place, name, function in real:
                setattr(place, name, function)


def _tool(i: int, phase: Phase = Phase.SINGLE) -> Event:
    return Event(kind=Kind.TOOL, name=f"t{i}", phase=phase, content={"input": f"{i}" * 300})


def _cycle(trail: Trail, appends: int, acks: list[tuple[Ack, str]], report: Report) -> None:
    """One life of a trail: birth, records of each class, a roll, checkpoints."""
    for i in range(appends):
        event = _tool(i, Phase.INTENT if i % 3 == 0 else Phase.SINGLE)
        if i % 5 == 4:
            event = Event(kind=Kind.AUTH, name=f"t{i}")
        try:
            ack = trail.append(event, sync=i % 3 == 0)
            acks.append((ack, f"t{i}"))
            if i % 3 == 0:
                trail.wait(ack)
        except (Unavailable, AuditUnavailable):
            report.counts["refused"] += 1
        except Exception as error:  # whatever it is, it is what must not leave
            report.counts["other_exceptions"] += 1
            report.notes.append(repr(error))
        if i == appends // 2:
            with suppress(OSError):
                trail.seal()


def _case(at: int, spell: int, number: int, appends: int, report: Report) -> int:
    """One run with one fault; how many calls it made. A birth that failed is tried again at once: more to go wrong."""
    guard.loud(False)
    writer.RETRY = 0.0
    faults = Faults(at, spell, number)
    acks: list[tuple[Ack, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        limits = Limits(most=1024 * 1024)  # small segments: they roll
        trail = Trail(
            Path(folder) / "t", birth=lambda: Event(kind=Kind.LIFECYCLE, name="b"), limits=limits, sync_timeout=1
        )
        with faults.on():
            _cycle(trail, appends, acks, report)
        _back(trail, acks, report)
        trail.close("stop")
        report.counts["faults"] += faults.mine
        _check(Path(folder) / "t", acks, report)
    report.counts["cases"] += 1
    return faults.count


def _back(trail: Trail, acks: list[tuple[Ack, str]], report: Report) -> None:
    """The faults are over: within a second a record is written and on disk."""
    end = time.monotonic() + 1.0
    while True:
        with suppress(Unavailable):
            ack = trail.append(_tool(999))
            acks.append((ack, "t999"))
            if trail.wait(ack):
                return
        if time.monotonic() > end:
            report.counts["not_back_within_1_s"] += 1
            return
        time.sleep(0.02)


def _check(folder: Path, acks: list[tuple[Ack, str]], report: Report) -> None:
    try:
        found: dict[str, Sound] = {each.id: each for each in streams(folder)}
    except AssertionError as error:
        report.counts["broken_streams"] += 1
        report.notes.append(str(error)[:200])
        return
    report.counts["acknowledged"] += len(acks)
    for ack, name in acks:
        records = found[ack.stream].records if ack.stream in found else []
        if not 0 <= ack.n < len(records) or records[ack.n].get("e") != name:
            report.counts["acknowledged_without_data"] += 1


def run(scale: int, chance: random.Random) -> Report:
    """`scale` is how many records a run appends: 6 is one append cycle with its birth and close."""
    report = Report("faults", zero=ZERO, least={"faults": 30})
    calls = _case(10**9, 1, errno.EIO, scale, report)
    report.counts["system_calls_of_a_run"] = calls
    for at in range(1, calls + 3):
        for number in ERRORS if at % 3 == 0 or scale > 6 else (ERRORS[at % 3],):
            _case(at, 1, number, scale, report)
        if at % 4 == 0 or scale > 6:
            _case(at, SPELL, chance.choice(ERRORS), scale, report)
    return report


if __name__ == "__main__":
    sys.exit(command(run, 60))
