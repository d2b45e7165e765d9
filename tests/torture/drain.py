"""T21. Eight hours without a collector, then it is back, while the agent goes on: the backlog drains under live load.

Nothing is refused by the time rules of Loki, and the backlog drains at least ten times as fast as live records come.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.torture.clocks import Clock
from tests.torture.loki import Loki
from tests.torture.report import Report, command
from vedette.event import Event, Kind
from vedette.signals.logs import project
from vedette.trail import Trail
from vedette.trail.shipping import otlp
from vedette.trail.shipping.ship import Shipper
from vedette.trail.sources import segments

ZERO = ("refused", "lost", "not_drained", "slower_than_10x")
HOURS = 8.0
LIVE = 100
"""Records a second that the agent writes while the backlog drains."""


def run(scale: int, chance: random.Random) -> Report:
    """`scale` records in the eight hours."""
    report = Report("drain", zero=ZERO, least={"backlog": scale})
    clock = Clock()
    try:
        with tempfile.TemporaryDirectory() as folder:
            _outage(Path(folder) / "trail", scale, clock, report)
    finally:
        clock.restore()
    return report


def _outage(folder: Path, scale: int, clock: Clock, report: Report) -> None:
    loki = Loki(clock.read, clock.read, away=True)
    trail = Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"))
    encoded = [0]

    def send(items):  # type: ignore[no-untyped-def]  # as the real one: the message is made, and weighed
        encoded[0] += len(otlp.request(items, {"service.name": "torture"}, "1"))
        return loki.send(items)

    shipper = Shipper(folder, send, project, lambda: None if trail.ordinal is None else f"{trail.ordinal:08d}")
    trail.wake = shipper.wake
    shipper.start()
    for i in range(scale):
        clock.set(HOURS * 3600 / scale)
        trail.append(_event(i))
    report.counts["backlog"] = scale
    stop = threading.Event()
    live = threading.Thread(target=_live, args=(trail, stop))
    live.start()
    begin, loki.away = time.monotonic(), False
    asked = shipper.ask()
    report.counts["not_drained"] += not _reached(loki, scale)
    took = time.monotonic() - begin
    stop.set()
    live.join()
    trail.close("stop")
    report.counts["not_drained"] += not shipper.answered(asked, 30) or not shipper.drain(30)
    shipper.stop(1)
    report.counts["drained_per_s"] = int(scale / took)
    report.counts["slower_than_10x"] += scale / took < 10 * LIVE
    report.counts["refused"] += len(loki.refused)
    report.counts["lost"] += len(set(segments(folder)) - set(loki.bodies))
    report.notes.append(f"{encoded[0] // 2**20} MiB of OTLP; live {LIVE}/s meanwhile")


def _event(i: int) -> Event:
    facts = {"gen_ai.tool.name": "weather", "gen_ai.conversation.id": f"c{i % 7}"}
    return Event(kind=Kind.TOOL, name=f"t{i}", begin_ns=time.time_ns(), facts=facts, content={"input": "x" * 100})


def _live(trail: Trail, stop: threading.Event) -> None:
    i = 0
    while not stop.wait(1 / LIVE):
        trail.append(_event(i))
        i += 1


def _reached(loki: Loki, count: int) -> bool:
    end = time.monotonic() + 60 + count / 100
    while len(loki.bodies) < 2 * count and time.monotonic() < end:  # a record and its content
        time.sleep(0.01)
    return len(loki.bodies) >= 2 * count


if __name__ == "__main__":
    sys.exit(command(run, 200_000))
