"""A million records of three streams, shuffled, and the verifier over them in a process of its own."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from pathlib import Path

from tests.bench.records import METADATA
from vedette.event import Event, Kind
from vedette.trail import Trail
from vedette.trail.proving.verify import verify
from vedette.trail.sources import segments
from vedette.trail.writing.room import Limits

STREAMS = 3


def measure(count: int) -> tuple[float, int]:
    """Seconds of CPU on one core, and the largest resident memory in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bodies"
        _written(Path(folder) / "trail", count, path)
        command = [sys.executable, "-m", "tests.bench.million", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, rss, records, exit_code = done.stdout.split()
    assert (int(records), int(exit_code)) == (count, 0), done.stdout
    return float(seconds), int(rss)


def _written(folder: Path, count: int, path: Path) -> None:
    """Three streams of together `count` records, and what there is of them as lines."""
    limits = Limits(most=64 * 2**30, sync=("off",))
    for i in range(STREAMS):
        trail = Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"), limits=limits)
        for _ in range(count // STREAMS + (i < count % STREAMS) - 2):  # birth and close are records too
            trail.append(METADATA)
        trail.close("stop")
    with path.open("w") as file:
        file.writelines(f"{body}\n" for body in segments(folder))


def _shuffled(path: Path) -> Iterator[str]:
    """The lines in another order, one at a time: only where they begin is kept."""
    begins, at = array("Q"), 0
    with path.open("rb") as file:
        for line in file:
            begins.append(at)
            at += len(line)
        begins.append(at)
        order = array("L", range(len(begins) - 1))
        random.Random(1).shuffle(order)
        descriptor = file.fileno()
        for i in order:
            yield os.pread(descriptor, begins[i + 1] - begins[i] - 1, begins[i]).decode()


def main() -> int:
    bodies = _shuffled(Path(sys.argv[1]))
    first = next(bodies)  # the order is made by now
    begin = time.process_time()
    report = verify(_chained(first, bodies))
    seconds = time.process_time() - begin
    records = sum(each.records for each in report.streams)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, records, report.exit_code)
    return 0


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


if __name__ == "__main__":
    sys.exit(main())
