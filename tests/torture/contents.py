"""T15. Content of 0 B to 64 MB, ten thousand levels deep, cyclic, a million keys, surrogates, NUL, hostile `__str__`.

Through the public API: nothing reaches the host, every record is there, its envelope within 64 KiB, quickly.
"""

from __future__ import annotations

import json
import math
import random
import sys
import tempfile
import time
from pathlib import Path
from types import GeneratorType
from typing import Any

import vedette
from tests.torture.report import Report, command
from vedette import guard, runtime
from vedette.trail.proving import verify as verifier
from vedette.trail.proving.verdicts import GRADES, Grade
from vedette.trail.sources import segments

ZERO = ("exceptions", "missing", "too_large", "too_slow", "false_verdicts", "faults", "changed")
HARD = 64 * 1024
SLOW = 2.5
"""Seconds that the host may wait for 64 MB. The goal is 0.25; copying and hashing a text of that size takes 1.1."""


class Hostile:
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


def _deep(levels: int) -> Any:
    value: Any = "bottom"
    for _ in range(levels):
        value = [value]
    return value


def _cycle() -> Any:
    value: dict[str, Any] = {}
    value["self"] = [value]
    return value


CASES: dict[str, Any] = {
    "empty": lambda: "",
    "one byte": lambda: "x",
    "64 KB": lambda: "x" * 65_536,
    "1 MB": lambda: "x" * 2**20,
    "1 MB and one": lambda: "x" * (2**20 + 1),
    "64 MB": lambda: "x" * (64 * 2**20),
    "64 MB of bytes": lambda: bytes(64 * 2**20),
    "deep": lambda: _deep(10_000),
    "cycle": _cycle,
    "a million keys": lambda: {f"k{i}": i for i in range(10**6)},
    "surrogates": lambda: "\ud800" + "\udfff" * 100,
    "surrogate key": lambda: {"\ud800": "\udc00"},
    "NUL": lambda: "a\0b",
    "NaN": lambda: {"a": math.nan, "b": math.inf, "c": -math.inf},
    "huge integer": lambda: 10**400,
    "hostile": Hostile,
    "hostile key": lambda: {Hostile(): Hostile()},
    "generator": lambda: (i for i in range(3)),
    "binary": lambda: bytes(range(256)) * 100,
}


@vedette.tool
def swallow(value: Any) -> Any:
    """A tool that gives back what it is given."""
    return value


def run(scale: int, chance: random.Random) -> Report:
    """All cases, `scale` times."""
    report = Report("contents", zero=ZERO, least={"contents": scale * len(CASES)})
    guard.loud(False)
    guard.reset()
    with tempfile.TemporaryDirectory() as folder:
        trail = Path(folder) / "trail"
        vedette.start(trail=trail, shutdown=60, trail_max=4 * 2**30)
        try:
            for _ in range(scale):
                for name, make in CASES.items():
                    _case(name, make(), report)
        finally:
            vedette.stop()
        report.counts["faults"] += sum(guard.faults().values())
        report.notes += [str(guard.faults())] if guard.faults() else []
        _check(trail, scale, report)
    return report


def _case(name: str, value: Any, report: Report) -> None:
    report.counts["contents"] += 1
    begin = time.perf_counter()
    try:
        report.counts["changed"] += _changed(value, swallow(value))
    except Exception as error:  # nothing of ours may come out of it
        report.counts["exceptions"] += 1
        report.notes.append(f"{name}: {error!r}")
    took = time.perf_counter() - begin
    runtime.flush(60)
    if name.startswith("64 MB"):
        report.counts["too_slow"] += took > SLOW
        report.notes.append(f"{name}: {took * 1000:.0f} ms")


def _changed(given: Any, got: Any) -> bool:
    """Whether the host got something else. The call of a generator lasts until that ends, so it is run to its end."""
    return list(got) != [0, 1, 2] if isinstance(given, GeneratorType) else got is not given


def _check(trail: Path, scale: int, report: Report) -> None:
    bodies = list(segments(trail))
    records = [body for body in bodies if '"y":' not in body[:40] and '"k":"tool"' in body]
    phases = [json.loads(body)["f"] for body in records]
    report.counts["missing"] += 2 * scale * len(CASES) - len(phases)
    envelopes = [body for body in bodies if '"y":"content"' not in body]
    report.counts["too_large"] += sum(len(body.encode()) > HARD for body in envelopes)
    found = verifier.verify(segments(trail)).verdicts
    report.counts["false_verdicts"] += sum(GRADES[each.name] is Grade.BROKEN for each in found)


if __name__ == "__main__":
    sys.exit(command(run, 3))
