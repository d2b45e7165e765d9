"""`make bench-redact`: what redaction costs (issue 5, R13 to R17), against RE2's set over the same patterns and against
a copy of the bytes, all in one run.

Texts are all different: one repeated text flatters engines that learn (`Redactor.text` remembers no text; a Call's
Event does, and its rows say what came before). Times are medians; a machine that is busy with
other things shows in all columns alike, so the ratios hold where the microseconds do not.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.bench import calls
from tests.bench.chats import HOSTILE, chat
from vedette.redact import Redactor, make_key
from vedette.redact.pack import shipped
from vedette.redact.scanners.choose import compiled, ready
from vedette.redact.scanners.regex import Twin

_LOAD = """
import time
def resident():  # of this process alone: ru_maxrss begins with the parent's
    return int(open("/proc/self/statm").read().split()[1]) * 4096
import vedette.redact as redact
before, began = resident(), time.perf_counter()
redactor = redact.Redactor("all", redact.make_key(b"k" * 32))
redactor.text("a first text")
print(time.perf_counter() - began, resident() - before)
"""


_BYTES = 1_000_000
"""Of texts for one row: a fifth of it, scanned five times, is learnt by branch predictors and looks half as dear."""


def median(work: Callable[[Any], object], inputs: Sequence[Any], rounds: int) -> float:
    """Microseconds of one call, over all inputs."""
    times = []
    for _ in range(rounds):
        for each in inputs:
            began = time.perf_counter()
            work(each)
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


def sizes(redactor: Redactor, rounds: int) -> list[dict[str, Any]]:
    """R13 and R14."""
    twin = Twin(shipped())
    rows = []
    for size, goals in ((1024, (8, 15)), (10240, (70, 120))):
        for hits, goal in zip((False, True), goals, strict=True):
            texts = [chat(seed, size, hits=hits) for seed in range(_BYTES // size)]
            data = [text.encode() for text in texts]
            ours = median(redactor.text, texts, rounds)
            re2 = median(twin.hits, data, rounds)
            copy = median(bytearray, data, rounds)
            name = f"{size // 1024} KB {'hits' if hits else 'clean'}"
            rows.append({"what": name, "us": ours, "goal": goal, "re2": ours / re2, "copy": ours / copy})
    return rows


def events(redactor: Redactor, rounds: int) -> list[dict[str, Any]]:
    """A Call to its Event. Each is new; names and addresses, and of a history all but the last turn, came before."""
    rows = []
    for name, make in (
        ("intent of a chat", calls.intent),
        ("chat of one turn", lambda seed: calls.turns(seed, 1, hits=False)),
        ("chat of twenty turns", lambda seed: calls.turns(seed, 20, hits=False)),
        ("chat of twenty turns, hits", lambda seed: calls.turns(seed, 20, hits=True)),
    ):
        made = [make(seed) for seed in range(60 * rounds)]
        redactor.event(make(1_000_000))
        rows.append({"what": name, "us": median(redactor.event, made, 1)})
    return rows


def throughput(redactor: Redactor, rounds: int) -> list[dict[str, Any]]:
    """R15: MB/s of stage 1 alone, and of str to str with a hit a KB, on texts of 100 KB."""
    texts = [chat(seed, 100_000, hits=True) for seed in range(8)]
    data = [text.encode() for text in texts]
    engine = ready(shipped())
    rows = []
    if engine is not None:
        rows.append({"what": "scan MB/s", "mbs": 1e5 / median(engine.scanner.hits, data, rounds), "goal": 200})
    rows.append({"what": "redact MB/s", "mbs": 1e5 / median(redactor.text, texts, rounds), "goal": 100})
    return rows


def hostile(redactor: Redactor, size: int = 100_000) -> list[dict[str, Any]]:
    """R16: milliseconds of the worst texts, and that twice the size costs no more than 2.6 times."""
    rows = []
    for name, make in HOSTILE.items():
        text, half = make(random.Random(1), size), make(random.Random(1), size // 2)
        redactor.text(half)
        once = min(median(redactor.text, [text], 1) for _ in range(3)) / 1e3
        less = min(median(redactor.text, [half], 1) for _ in range(3)) / 1e3
        rows.append({"what": name, "ms": once, "goal": 20, "growth": once / less})
    return sorted(rows, key=lambda row: -row["ms"])


def load() -> dict[str, Any]:
    """R17: a fresh process; what importing the standard library costs is in it."""
    best: list[float] = []
    for _ in range(5):
        out = subprocess.run([sys.executable, "-c", _LOAD], capture_output=True, text=True, check=True).stdout.split()
        best.append(float(out[0]) * 1e3)
    return {"what": "import of the engine and load", "ms": min(best), "goal": 20, "rss_mb": int(out[1]) / 2**20}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.redact", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("sizes", "events", "throughput", "hostile", "load"))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if ready(shipped()) is None:
        compiled(shipped())
    redactor = Redactor("all", make_key(b"k" * 32), lineage=False)
    redactor.text("warm")
    parts: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "sizes": lambda: sizes(redactor, args.rounds),
        "events": lambda: events(redactor, args.rounds),
        "throughput": lambda: throughput(redactor, args.rounds),
        "hostile": lambda: hostile(redactor),
        "load": lambda: [load()],
    }
    for name, part in parts.items():
        for row in part() if args.only in (None, name) else ():
            print(json.dumps(row) if args.json else _line(row), flush=True)
    return 0


def _line(row: dict[str, Any]) -> str:
    told = "  ".join(f"{name} {value:8.2f}" for name, value in row.items() if name != "what")
    return f"{row['what']:<32} {told}"


if __name__ == "__main__":
    sys.exit(main())
