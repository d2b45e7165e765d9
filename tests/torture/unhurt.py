"""What a collector that swallows everything costs the host: the p99 of an append, against that with a well one.

The collector runs in a process of its own, or its work would be taken for ours.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from vedette.event import Event, Kind

APPENDS = 1_500
ROUNDS = 3

SERVER = """
import sys
from tests.otlp_receiver import Receiver, Say
receiver = Receiver()
receiver.judge = (lambda received: Say(hang=60.0)) if sys.argv[1] == "hole" else None
print(receiver.endpoint, flush=True)
sys.stdin.read()
"""


@contextmanager
def collector(kind: str) -> Iterator[str]:
    command = [sys.executable, "-c", SERVER, kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def p99(kind: str) -> float:
    """Seconds."""
    from tests.torture.outages import shipping  # it imports this module

    took = []
    with tempfile.TemporaryDirectory() as folder, collector(kind) as endpoint:
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
        with shipping(Path(folder) / "trail", environment) as (trail, _):
            trail.append(Event(kind=Kind.TOOL, name="first"))
            time.sleep(0.3)
            for i in range(APPENDS):
                event = Event(kind=Kind.TOOL, name=f"t{i}", content={"input": "x" * 200})
                begin = time.perf_counter()
                trail.append(event)
                took.append(time.perf_counter() - begin)
                time.sleep(0.0005)
            trail.close("stop")
    return sorted(took)[APPENDS * 99 // 100]


def ratio() -> float:
    """The median of some rounds, each a ratio of its own: a machine whose speed drifts cannot fool it."""
    return median(p99("hole") / p99("well") for _ in range(ROUNDS))
