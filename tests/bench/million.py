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
from collections.abc import Iterable, Iterator
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
    """Three streams of together `count` records, and what there is of them as lines, shuffled."""
    limits = Limits(most=64 * 2**30, sync=("off",))
    for i in range(STREAMS):
        trail = Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"), limits=limits)
        for _ in range(count // STREAMS + (i < count % STREAMS) - 2):  # birth and close are records too
            trail.append(METADATA)
        trail.close("stop")
    _shuffled(segments(folder), path)


def _shuffled(bodies: Iterable[str], path: Path) -> None:
    """The bodies as lines, in another order; only where they begin is kept in memory."""
    begins = array("Q", [0])
    with tempfile.TemporaryFile() as file, path.open("wb") as to:
        for body in bodies:
            begins.append(begins[-1] + file.write(f"{body}\n".encode()))
        file.flush()
        order = array("L", range(len(begins) - 1))
        random.Random(1).shuffle(order)
        to.writelines(os.pread(file.fileno(), begins[i + 1] - begins[i], begins[i]) for i in order)


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for line in file:
            yield line[:-1].decode()


def main() -> int:
    begin = time.process_time()
    report = verify(_lines(Path(sys.argv[1])))
    seconds = time.process_time() - begin
    records = sum(each.records for each in report.streams)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, records, report.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
