"""T12. A collector that is down, flaps, is slow, swallows, drips, resets; every row of the answer table; bad TLS.

All that was written is delivered once it behaves, nothing twice after de-duplication, memory flat, appends unhurt.
"""

from __future__ import annotations

import random
import resource
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.otlp_receiver import OK, Received, Receiver, Say
from tests.torture import unhurt
from tests.torture.certificates import Tls, tls
from tests.torture.report import Report, command
from vedette.event import Event, Kind
from vedette.signals.logs import project
from vedette.trail import Trail
from vedette.trail.shipping import answer, otlp
from vedette.trail.shipping.ship import Shipper
from vedette.trail.shipping.target import target
from vedette.trail.sources import segments

ZERO = ("lost", "doubled", "not_drained", "plaintext")
RECORDS = 120
FLAT = 32
HURT = 3.0
"""The goal is 1.1, printed; the p99 of two runs on a machine with other work differs by this much without any cause."""


@dataclass
class Bench:
    """One trail, and where its counts go."""

    folder: Path
    report: Report

    def write(self, trail: Trail, count: int = RECORDS) -> None:
        for i in range(count):
            trail.append(Event(kind=Kind.TOOL, name=f"t{i}", content={"input": "x" * 200}))
            time.sleep(0.001)


@contextmanager
def shipping(folder: Path, environment: dict[str, str]) -> Iterator[tuple[Trail, Shipper]]:
    """A live trail and its shipper, with the real transport; half a second is the longest it waits for an answer."""
    trail = Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"))
    where = target({"OTEL_EXPORTER_OTLP_TIMEOUT": "0.5", **environment})
    assert where is not None
    transport = otlp.connect(where)
    shipper = Shipper(
        folder,
        lambda items: transport.send(otlp.request(items, {"service.name": "torture"}, "1")),
        project,
        lambda: None if trail.ordinal is None else f"{trail.ordinal:08d}",
    )
    trail.wake = shipper.wake
    shipper.start()
    try:
        yield trail, shipper
    finally:
        shipper.stop(1.0)
        transport.close()


def _drained(shipper: Shipper, seconds: float = 15.0) -> bool:
    return shipper.drain(seconds)


def _check(bench: Bench, receiver: Receiver, drained: bool) -> None:
    counts = bench.report.counts
    counts["scenarios"] += 1
    counts["not_drained"] += not drained
    stored = Counter(body for body in segments(bench.folder) if '"y":' not in body)
    arrived = Counter(body for body in receiver.bodies if '"y":' not in body)
    counts["records"] += len(stored)
    counts["lost"] += len(stored.keys() - arrived.keys())
    counts["doubled"] += len(arrived.keys() - stored.keys())
    counts["duplicates"] += sum(arrived.values()) - len(arrived)


Judge = Callable[[Received], Say]


def _flapping() -> Judge:
    begin = time.monotonic()
    return lambda received: Say(503) if int((time.monotonic() - begin) * 5) % 2 else OK


def _always(say: Say) -> Callable[[], Judge]:
    return lambda: lambda received: say


def _bad_one(say: Say) -> Callable[[], Judge]:
    """One record is refused for good; the rest must arrive. It is named by its word."""
    return lambda: lambda received: say if any('"t7"' in each.body.string_value for each in received.records) else OK


BEHAVIOURS: dict[str, Callable[[], Judge]] = {
    "flapping": _flapping,
    "slow": _always(Say(hang=0.2)),
    "black hole": _always(Say(hang=2.0)),
    "drip": _always(Say(body=b"one byte a second", drip=1.0)),
    "reset mid-body": _always(Say(reset=True)),
    **{str(status): _always(Say(status)) for status in (401, 403, 404, 405, 408, 415, 429, 502, 503, 504)},
    **{f"{status} few": _always(Say(status)) for status in (500, 501, 507)},
    "302": _always(Say(302, headers={"Location": "/login"})),
    "login page": _always(Say(200, body=b"<html>", headers={"Content-Type": "text/html"})),
    "429 wish": _always(Say(429, headers={"Retry-After": "1"})),
    "unreadable": _always(Say(200, body=b"thanks", headers={"Content-Type": "text/plain"})),
    "partial JSON": _always(Say(200, body=b'{"partialSuccess":{}}')),
}
REFUSALS = {f"{say.status} for one": say for say in (Say(400), Say(413), Say(422))}


def _behave(bench: Bench, judge: Judge | None, parked: int = 0) -> None:
    with Receiver() as receiver:
        receiver.judge = judge
        with shipping(bench.folder, receiver.environment) as (trail, shipper):
            bench.write(trail)
            if not parked:
                time.sleep(0.3)
                receiver.judge = None
            drained = _drained(shipper)
            trail.close("stop")
            drained &= _drained(shipper)
            _check(bench, receiver, drained)
        bench.report.counts["lost"] -= parked  # it lies in `rejected/`, as it must
        bench.report.counts["parked"] += len(list(bench.folder.glob("streams/*/rejected/*.json")))


def _down(bench: Bench) -> None:
    """Nobody listens, then somebody does; then the collector is restarted under load."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with shipping(bench.folder, {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}"}) as (trail, shipper):
        bench.write(trail)
        with Receiver(port=port) as first:
            first.wait_for(lambda got: got.logs, 5)
            bench.write(trail)
        bench.write(trail)
        with Receiver(port=port) as second:
            drained = _drained(shipper)
            trail.close("stop")
            drained &= _drained(shipper)
            second.requests[:0] = first.requests
            _check(bench, second, drained)


def _tls(bench: Bench, made: Tls, name: str) -> None:
    """A certificate that must not be taken, then the right one, without a restart. Plaintext is never spoken."""
    with Receiver() as receiver, made.front(receiver.port, name) as front:
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"https://127.0.0.1:{front.port}",
            "OTEL_EXPORTER_OTLP_CERTIFICATE": str(made.authority),
        }
        with shipping(bench.folder, environment) as (trail, shipper):
            bench.write(trail)
            time.sleep(0.3)
            bench.report.counts["plaintext"] += len(receiver.requests) + front.plaintext
            front.present("good")
            drained = _drained(shipper)
            trail.close("stop")
            drained &= _drained(shipper)
            _check(bench, receiver, drained)


def run(scale: int, chance: random.Random) -> Report:
    """Each scenario `scale` times."""
    answer.LATEST, answer.SLOW, answer.SLOWEST = 0.3, 1.0, 2.0
    cases: list[tuple[str, Callable[[Bench], None]]] = [("down", _down)]
    cases += [(name, lambda bench, judge=judge: _behave(bench, judge())) for name, judge in BEHAVIOURS.items()]
    cases += [(name, lambda bench, say=say: _behave(bench, _bad_one(say)(), 1)) for name, say in REFUSALS.items()]
    report = Report("outages", zero=ZERO, least={"parked": 3 * scale})
    _told("well", lambda bench: _behave(bench, None), report)  # what is imported late is no growth
    _first_peak()
    with tempfile.TemporaryDirectory() as folder:
        made = tls(Path(folder))
        cases += [
            (f"TLS {name}", lambda bench, name=name: _tls(bench, made, name))
            for name in ("expired", "wrong name", "stalled")
        ]
        for _ in range(scale):
            for name, case in cases:
                _told(name, case, report)
    grown = (_peak() - _first_peak()) // 1024
    report.notes.append(f"memory grew by {grown} MiB")
    report.zero += ("memory_not_flat",)
    report.counts["memory_not_flat"] += grown > FLAT
    hurt = unhurt.ratio()
    report.counts["append_hurt"] += hurt > HURT
    report.zero += ("append_hurt",)
    report.notes.append(f"append p99 with a black hole {hurt:.2f} of that with a well collector")
    return report


def _peak() -> int:
    """KiB, resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@cache
def _first_peak() -> int:
    """Before anything went wrong, in the first round of this process."""
    return _peak()


def _told(name: str, case: Callable[[Bench], None], report: Report) -> None:
    """Do it, and say which one it was if a count is not as it must be."""
    with tempfile.TemporaryDirectory() as folder:
        before = report.counts.copy()
        case(Bench(Path(folder) / "trail", report))
        bad = [each for each in ZERO if report.counts[each] > before[each]]
        report.notes += [f"{name}: {', '.join(bad)}"] if bad else []


if __name__ == "__main__":
    sys.exit(command(run, 1_000, round_of=1))
