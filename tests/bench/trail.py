"""`make bench-trail`: what the trail costs, as ratios against SHA-256, `fdatasync` and `Logger.emit` of the same run.

Rounds take turns, so that a machine whose speed drifts cannot fool a ratio. A cost is the CPU of the whole process, the
median of all rounds; U is SHA-256 over 2,070 bytes. Gates are those of the issue; exit code 1 if one is missed.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter, LogRecordExportResult

from tests.bench import million
from tests.bench.records import INTENT, METADATA, OUTCOME
from vedette.event import Event, Kind
from vedette.signals.logs import project
from vedette.trail import Trail
from vedette.trail.shipping import otlp
from vedette.trail.shipping.backlog import Backlog
from vedette.trail.writing.room import Limits

COUNT = 4_000
SYNCS = 32
"""Of each kind in a turn. Turns are short: a disk that others use changes its speed within a second."""


@dataclass(frozen=True)
class Row:
    """One line of the table: `cost` in `unit`, how it compares, and what it may be at most."""

    name: str
    cost: float
    unit: str
    ratio: float
    of: str
    aim: float
    gate: float

    @property
    def missed(self) -> bool:
        return self.gate > 0 and self.ratio > self.gate


class _Nowhere(LogRecordExporter):
    def export(self, batch: object) -> LogRecordExportResult:
        return LogRecordExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is held."""

    def force_flush(self, timeout_millis: int = 0) -> bool:
        return True


def _cpu(run: Callable[[], object]) -> float:
    """Seconds of CPU of the whole process, the collector of garbage held off as `timeit` does."""
    gc.collect()
    gc.disable()
    begin = time.process_time()
    run()
    took = time.process_time() - begin
    gc.enable()
    return took


class Paths:
    """What is measured, each a function that does it `COUNT` times."""

    def __init__(self, folder: Path) -> None:
        birth = lambda: Event(kind=Kind.LIFECYCLE, name="birth")  # noqa: E731 - one expression
        self._trail = Trail(folder / "t", birth=birth, limits=Limits(most=64 * 2**30))
        self._trail.append(OUTCOME)
        provider = LoggerProvider()
        provider.add_log_record_processor(BatchLogRecordProcessor(_Nowhere()))
        self._logger = provider.get_logger("bench")
        self._block = os.urandom(2070)
        self.all: dict[str, Callable[[], object]] = {
            "U": self._sha,
            "emit": self._emit,
            "outcome": lambda: self._append(OUTCOME),
            "metadata": lambda: self._append(METADATA),
            "intent": lambda: self._append(INTENT),
            "outcome, 4 threads": lambda: self._threads(OUTCOME),
            "metadata, 4 threads": lambda: self._threads(METADATA),
            "encode": self._encode,
        }

    def _sha(self) -> None:
        block = self._block
        for _ in range(COUNT):
            sha256(block).digest()

    def _append(self, event: Event, count: int = COUNT) -> None:
        append = self._trail.append
        for _ in range(count):
            append(event)

    def _threads(self, event: Event) -> None:
        threads = [threading.Thread(target=self._append, args=(event, COUNT // 4)) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    def _emit(self) -> None:
        """The same record, as an application would log it: its name as the body, all else as attributes."""
        body, actor = OUTCOME.name, OUTCOME.actor
        facts = {**OUTCOME.facts, **OUTCOME.content, "user.id": actor.user, "session.id": actor.session}
        for _ in range(COUNT):
            now = time.time_ns()
            record = LogRecord(timestamp=now, severity_number=SeverityNumber.INFO, body=body, attributes=facts)
            self._logger.emit(record)

    def _encode(self) -> None:
        """Read from disk, project, encode and compress: all of the shipper's CPU but the connection."""
        (stream,) = (self._trail.folder / "streams").iterdir()
        backlog = Backlog(stream, project, dead=False)
        done = 0
        while done < COUNT:
            backlog.fill()
            batch = backlog.next_batch()
            gzip.compress(otlp.request(batch, {"service.name": "bench"}, "1"), 1, mtime=0)
            done += len(batch)
            backlog.settle()

    def close(self) -> None:
        self._trail.close("stop")


def measure(rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder))
        costs: dict[str, list[float]] = {name: [] for name in paths.all}
        for name, run in [*paths.all.items()] * (rounds + 1):  # the first round warms up
            costs[name].append(_cpu(run) / COUNT)
        paths.close()
    cost = {name: median(each[1:]) for name, each in costs.items()}

    def ratio(name: str, of: str) -> float:
        return median(one / other for one, other in zip(costs[name][1:], costs[of][1:], strict=True))

    def row(name: str, key: str, aim: float, gate: float) -> Row:
        return Row(name, cost[key] * 1e6, "us", ratio(key, "U"), "U", aim, gate)

    return [
        row("SHA-256 over 2,070 B", "U", 0, 0),
        row("Logger.emit, batch processor", "emit", 0, 0),
        row("append, outcome, 2 content fields", "outcome", 10, 14),
        Row("  against Logger.emit", cost["outcome"] * 1e6, "us", ratio("outcome", "emit"), "emit", 0, 1.2),
        row("append, metadata only", "metadata", 5, 8),
        row("append, intent, 245 B arguments", "intent", 6, 9),
        row("append, outcome, 4 threads", "outcome, 4 threads", 0, 16),
        row("append, metadata, 4 threads", "metadata, 4 threads", 0, 9),
        row("ship: a log record read, encoded, gzip", "encode", 0, 0),
    ]


# Durable appends: wall time, since they wait for the disk.


def _bare(path: Path) -> float:
    """p50 of a write of the same size and a bare `fdatasync`, in a file whose space is reserved."""
    with path.open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, 4 * 2**20)
        data, took = os.urandom(1898), []
        for i in range(SYNCS):
            os.pwrite(file.fileno(), data, i * len(data))
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begin)
    return median(took)


def _durable(trail: Trail, threads: int) -> float:
    took: list[float] = []

    def work() -> None:
        for _ in range(max(SYNCS // threads, 8)):
            begin = time.perf_counter()
            assert trail.wait(trail.append(OUTCOME, sync=True))
            took.append(time.perf_counter() - begin)

    running = [threading.Thread(target=work) for _ in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    return median(took)


def durable(turns: int) -> list[Row]:
    """`sync` appends with one and sixteen threads, against the disk alone: the median of the turns' ratios."""
    here = Path.cwd() if os.access(Path.cwd(), os.W_OK) else Path(tempfile.gettempdir())
    with tempfile.TemporaryDirectory(dir=here) as folder:
        trail = Trail(Path(folder) / "t", birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"))
        trail.append(OUTCOME)
        costs = [(_bare(Path(folder) / "bare"), _durable(trail, 1), _durable(trail, 16)) for _ in range(turns)]
        trail.close("stop")
    bare, one, many = (median(each) for each in zip(*costs, strict=True))
    one_ratio, many_ratio = (median(each[i] / each[0] for each in costs) for i in (1, 2))
    return [
        Row("bare fdatasync, p50", bare * 1e6, "us", 1.0, "fdatasync", 0, 0),
        Row("sync append, 1 thread, p50", one * 1e6, "us", one_ratio, "fdatasync", 1.5, 2),
        Row("sync append, 16 threads, p50", many * 1e6, "us", many_ratio, "fdatasync", 4, 6),
    ]


def verified(count: int, unit: float) -> list[Row]:
    seconds, rss = million.measure(count)
    scale = count / 1_000_000
    return [
        Row(f"verify {count:,} shuffled records", seconds, "s", seconds / scale, "s a million", 0, 10),
        Row("  a record", seconds / count * 1e6, "us", seconds / count * 1e6 / unit, "U", 5, 7),
        Row("  memory", rss / 2**20, "MiB", rss / 1e6 / scale, "MB a million", 0, 300),
    ]


def table(rows: list[Row]) -> str:
    lines = [f"{'':<42}{'cost':>10}{'':>5}{'ratio':>8} {'of':<14}{'aim':>6}{'gate':>6}"]
    for row in rows:
        aim, gate = (f"{each:g}" if each else "-" for each in (row.aim, row.gate))
        said = "  MISSED" if row.missed else ""
        lines.append(
            f"{row.name:<42}{row.cost:>10.1f} {row.unit:<4}{row.ratio:>8.2f} {row.of:<14}{aim:>6}{gate:>6}{said}"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.trail", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--records", type=int, default=1_000_000, help="how many are verified; 0 = none")
    args = parser.parse_args()
    rows = measure(args.rounds) + durable(args.rounds * 3)
    if args.records:
        rows += verified(args.records, rows[0].cost)
    print(table(rows))
    return 1 if any(row.missed for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
