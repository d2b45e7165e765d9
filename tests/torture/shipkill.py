"""T18. SIGKILL inside the shipper: between send, answer, `acked`, rename, park and adoption; before and after each.

Whatever the point, another shipper delivers all of it; duplicates collapse on stream and number.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.spooled import Spooled
from tests.torture.collector import FileCollector, number, undelivered
from tests.torture.report import Report, command
from vedette.signals.logs import project
from vedette.trail.files.keeper import Keeper
from vedette.trail.shipping import place as places
from vedette.trail.shipping.answer import Answer
from vedette.trail.shipping.backlog import Backlog
from vedette.trail.shipping.carrier import Carrier
from vedette.trail.shipping.item import Item
from vedette.trail.shipping.ship import Shipper
from vedette.trail.shipping.streams import Streams

ZERO = ("lost", "left_after_drain", "parked_good_ones")

POINTS: tuple[tuple[Any, str], ...] = (
    (FileCollector, "send"),
    (Carrier, "carry"),
    (Carrier, "_accept"),
    (Carrier, "_park"),
    (Backlog, "fill"),
    (Backlog, "settle"),
    (Backlog, "halve"),
    (Backlog, "park"),
    (Backlog, "save"),
    (places, "save"),
    (places, "create"),
    (Path, "replace"),
    (os, "fsync"),
    (Keeper, "_take"),
    (Keeper, "release"),
    (Streams, "_adopt"),
)


class Collector(FileCollector):
    """Refuses what holds the one bad word; stores all else before it answers."""

    def send(self, items: Sequence[Item]) -> Answer:
        if any("a bad word" in item.body for item in items):
            return Answer("400")
        return super().send(items)


def _armed(place: Any, name: str, when: str, at: int) -> None:
    """The `at`-th call of a function kills this process, before or after it is done."""
    real: Callable[..., Any] = getattr(place, name)
    seen = 0

    def call(*args: Any, **named: Any) -> Any:
        nonlocal seen
        seen += 1
        if when == "before" and seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **named)
        if when == "after" and seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(place, name, call)


def _spool(trail: Path, chance: random.Random) -> list[Spooled]:
    """Two dead streams over two segments each; one record is bad."""
    found = []
    for ordinal in range(2):
        stream = Spooled(trail, ordinal)
        stream.birth()
        for i in range(20):
            word = "a bad word" if (ordinal, i) == (0, 11) else "x" * chance.randrange(200)
            stream.record(a={"gen_ai.tool.name": word}, content={"input": "y" * chance.randrange(500)})
            if i == 9:
                stream.checkpoint()
                stream.roll()
        stream.die()
        found.append(stream)
    return found


def _ship(trail: Path, collected: Path, timeout: float) -> bool:
    collector = Collector(collected)
    shipper = Shipper(trail, collector.send, project)
    done = shipper.drain(timeout)
    shipper.stop(1.0)
    collector.close()
    return done


def _case(trail: Path, point: tuple[Any, str], when: str, chance: random.Random, report: Report) -> None:
    streams = _spool(trail, chance)
    collected = trail.with_name("collected")
    at = chance.choice([1, 1, 2, 3, 5])
    child = os.fork()
    if not child:
        _armed(*point, when, at)
        _ship(trail, collected, 20)
        os._exit(0)
    killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    report.counts["killed"] += killed
    report.counts["cases"] += 1
    report.counts["left_after_drain"] += not _ship(trail, collected, 30)
    bad = [body for stream in streams for body in stream.bodies if "a bad word" in body]
    sent = FileCollector(collected)
    bodies = sent.bodies()
    sent.close()
    stored = [body for stream in streams for body in stream.bodies]
    report.counts["lost"] += undelivered([*bodies, *bad], stored)
    report.counts["duplicates"] += len(list(filter(number, bodies))) - len(
        {number(body) for body in bodies if number(body)}
    )
    report.counts["parked_good_ones"] += sum(each["body"] not in bad for stream in streams for each in stream.rejected)


def run(scale: int, chance: random.Random) -> Report:
    """`scale` times each of the points, before and after."""
    cases = 2 * len(POINTS) * scale
    report = Report("shipkill", zero=ZERO, least={"cases": cases, "killed": cases // 2})
    report.notes.append(f"{2 * len(POINTS)} points")
    for _ in range(scale):
        for point in POINTS:
            for when in ("before", "after"):
                with tempfile.TemporaryDirectory() as folder:
                    _case(Path(folder) / "trail", point, when, chance, report)
    return report


if __name__ == "__main__":
    sys.exit(command(run, 1_000, round_of=1))
