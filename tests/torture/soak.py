"""T20. A soak: five hundred records a second, a random fault every so often, nothing lost, memory and descriptors flat.

Faults: the disk is full for a moment, a sync fails, the collector is away, refuses, or resets, the clock is set, a
child is forked. `--scale` is in seconds; 86400 is the profile of a day.
"""

from __future__ import annotations

import errno
import json
import os
import random
import sys
import tempfile
import threading
import time
from array import array
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from tests.otlp_receiver import Receiver, Say
from tests.torture.clocks import Clock
from tests.torture.outages import shipping
from tests.torture.report import Report, command
from vedette import guard
from vedette.event import Ack, Event, Kind
from vedette.trail import Trail, Unavailable
from vedette.trail.proving import verify as verifier
from vedette.trail.proving.verdicts import GRADES, Grade
from vedette.trail.sources import segments
from vedette.trail.writing import segment

ZERO = ("lost", "undelivered", "false_verdicts", "descriptors_not_flat", "memory_not_flat")
RATE = 500
FLAT = 48
"""MiB that memory may grow by after the first fifth; what the test itself remembers is 24 bytes a record."""


class Soak:
    def __init__(self, trail: Trail, receiver: Receiver, clock: Clock, report: Report) -> None:
        self.trail = trail
        self.receiver = receiver
        self.clock = clock
        self.report = report
        self.stream = ""
        self.acknowledged = (array("Q"), array("Q"))
        self.delivered = array("Q")
        self._written = 0

    def write(self, seconds: float) -> None:
        """Records at the rate, each remembered when it was acknowledged."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(RATE // 50):
                i = self._written = self._written + 1
                with suppress(Unavailable):
                    event = Event(kind=Kind.TOOL, name=f"t{i}", content={"input": "x" * (i % 900)})
                    self._acknowledge(i, self.trail.append(event, sync=i % 100 == 0))
            time.sleep(0.02)

    def _acknowledge(self, i: int, ack: Ack) -> None:
        self.stream = ack.stream
        for numbers, number in zip(self.acknowledged, (ack.n, i), strict=True):
            numbers.append(number)

    def remember(self) -> None:
        """Take the bodies out of the receiver, so that its memory is not taken for ours: eight bytes of each stay."""
        there = len(self.receiver.requests)  # what comes meanwhile stays for the next time
        self.delivered.extend(_short(body) for body in self.receiver.bodies if _is_record(body))
        del self.receiver.requests[:there]

    # Faults, a moment each.

    def full(self) -> None:
        real = os.pwrite

        def fails(descriptor: int, data: bytes, at: int) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        os.pwrite = fails
        self.write(0.3)
        os.pwrite = real

    def sync(self) -> None:
        real, failed = segment._datasync, threading.Event()

        def fails(descriptor: int) -> None:
            if not failed.is_set():
                failed.set()
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            real(descriptor)

        segment._datasync = fails
        self.write(0.3)
        segment._datasync = real

    def away(self) -> None:
        self.receiver.judge = lambda received: Say(503)
        self.write(0.5)
        self.receiver.judge = None

    def resets(self) -> None:
        self.receiver.judge = lambda received: Say(reset=True)
        self.write(0.5)
        self.receiver.judge = None

    def clock_set(self) -> None:
        self.clock.set(random.choice([-120.0, 120.0]))
        self.write(0.2)

    def child(self) -> None:
        child = os.fork()
        if not child:
            self.trail.append(Event(kind=Kind.TOOL, name="child"))
            self.trail.close("stop")
            os._exit(0)
        os.waitpid(child, 0)


def run(scale: int, chance: random.Random) -> Report:
    report = Report("soak", zero=ZERO, least={"acknowledged": scale * RATE // 4, "faults": scale // 4})
    guard.loud(False)
    clock = Clock()
    try:
        with tempfile.TemporaryDirectory() as folder, Receiver() as receiver:
            trail_folder = Path(folder) / "trail"
            with shipping(trail_folder, receiver.environment) as (trail, shipper):
                soak = Soak(trail, receiver, clock, report)
                _soak(soak, scale, chance)
                trail.close("stop")
                report.counts["undelivered"] += not shipper.drain(30)
                _adopt(shipper, soak)
            _check(trail_folder, soak)
    finally:
        clock.restore()
    return report


def _soak(soak: Soak, scale: int, chance: random.Random) -> None:
    faults: list[Callable[[], None]] = [
        soak.full, soak.sync, soak.away, soak.resets, soak.clock_set, soak.child,
    ]  # fmt: skip
    every = 2.0 if scale <= 600 else 60.0
    end, begin = time.monotonic() + scale, None
    while time.monotonic() < end:
        soak.write(every * 0.6)
        chance.choice(faults)()
        soak.report.counts["faults"] += 1
        soak.remember()
        if begin is None and time.monotonic() > end - scale * 0.8:
            begin = _resources()
    begin, now = begin or _resources(), _resources()
    soak.report.counts["descriptors_not_flat"] += now[0] > begin[0] + 3
    soak.report.counts["memory_not_flat"] += now[1] > begin[1] + FLAT * 1024
    soak.report.notes.append(f"descriptors {begin[0]} to {now[0]}, memory {begin[1] // 1024} to {now[1] // 1024} MiB")


def _resources() -> tuple[int, int]:
    """Descriptors, and resident memory in KiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return len(os.listdir("/proc/self/fd")), pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _adopt(shipper: object, soak: Soak) -> None:
    """The children's streams are adopted within ten seconds; a drain looks at once."""
    shipper.drain(10)  # type: ignore[attr-defined]  # a Shipper
    soak.remember()


def _check(folder: Path, soak: Soak) -> None:
    counts = soak.report.counts
    delivered, stored = set(soak.delivered), set[tuple[int, str]]()
    for body in filter(_is_record, segments(folder)):
        counts["undelivered"] += _short(body) not in delivered
        record = json.loads(body)
        if record["s"] == soak.stream:
            stored.add((record["n"], record.get("e", "")))
    named = {(n, f"t{i}") for n, i in zip(*soak.acknowledged, strict=True)}
    counts["acknowledged"] = len(named)
    counts["lost"] += len(named - stored)
    bad = [each for each in verifier.verify(segments(folder)).verdicts if GRADES[each.name] is Grade.BROKEN]
    counts["false_verdicts"] += len(bad)
    soak.report.notes += map(str, bad[:2])


def _is_record(body: str) -> bool:
    return '"y":' not in body


def _short(body: str) -> int:
    return int.from_bytes(sha256(body.encode()).digest()[:8], "little")


if __name__ == "__main__":
    sys.exit(command(run, 600, seconds=True))
