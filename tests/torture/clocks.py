"""T14. The clock is set by an hour and by ten years, forwards and backwards, inside a checkpoint; the host sleeps.

Order is by `n`; a `clock` record says what happened within one tick; what verifies verifies; a backend takes all of it.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.torture.loki import Loki
from tests.torture.report import Report, command
from vedette.event import Event, Kind
from vedette.signals.logs import project
from vedette.trail import Trail
from vedette.trail.proving import verify as verifier
from vedette.trail.proving.verdicts import GRADES, Grade
from vedette.trail.shipping.ship import Shipper
from vedette.trail.sources import segments

ZERO = ("out_of_order", "untold", "false_verdicts", "parked", "undelivered")
HOUR, YEAR = 3600.0, 365.25 * 86_400.0
JUMPS = {"+1 h": HOUR, "-1 h": -HOUR, "+10 years": 10 * YEAR, "-10 years": -10 * YEAR, "suspend": 8 * HOUR}


class Clock:
    """The wall clock of this process, which can be set. A suspend looks the same: the monotonic clock stands still."""

    def __init__(self) -> None:
        self._real = time.time_ns
        self._shift = 0
        time.time_ns = self.read

    def read(self) -> int:
        return self._real() + self._shift

    @property
    def true(self) -> int:
        return self._real()

    def set(self, seconds: float) -> None:
        self._shift += int(seconds * 10**9)

    def restore(self) -> None:
        time.time_ns = self._real


def run(scale: int, chance: random.Random) -> Report:
    report = Report("clocks", zero=ZERO, least={"jumps": len(JUMPS) * scale})
    for _ in range(scale):
        for name, seconds in JUMPS.items():
            with tempfile.TemporaryDirectory() as folder:
                _case(Path(folder) / "trail", name, seconds, report)
    return report


def _case(folder: Path, name: str, seconds: float, report: Report) -> None:
    clock = Clock()
    asleep = name == "suspend"  # then it is the host's clock that is right
    loki = Loki((lambda: clock.read()) if asleep else (lambda: clock.true), clock.read)
    try:
        trail = Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"))
        own = lambda: None if trail.ordinal is None else f"{trail.ordinal:08d}"  # noqa: E731 - one expression
        shipper = Shipper(folder, loki.send, project, own)
        for i in range(20):
            trail.append(Event(kind=Kind.TOOL, name=f"t{i}", begin_ns=time.time_ns()))
            if i == 10:
                shipper.drain(10)
                clock.set(seconds)
                trail._tick()  # what the syncer does at the latest with the next heartbeat
        trail.close("stop")
        report.counts["undelivered"] += not shipper.drain(10)
        shipper.stop(1)
    finally:
        clock.restore()
    bodies = list(segments(folder))
    records = [json.loads(body) for body in bodies if '"y":' not in body]
    told = [each for each in records if each.get("a", {}).get("vedette.lifecycle.phase") == "clock"]
    bad = [each for each in verifier.verify(segments(folder)).verdicts if GRADES[each.name] is Grade.BROKEN]
    report.counts["jumps"] += 1
    report.counts["untold"] += not told
    report.counts["out_of_order"] += [each["n"] for each in records] != list(range(len(records)))
    report.counts["false_verdicts"] += len(bad)
    report.counts["parked"] += len(list(folder.glob("streams/*/rejected/*")))
    report.counts["refused_once"] += bool(loki.refused)
    report.counts["undelivered"] += len(set(bodies) - set(loki.bodies))


if __name__ == "__main__":
    sys.exit(command(run, 20))
