"""What a torture test prints: one line of counts. Those that must be zero, and those that must be reached, decide."""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Run = Callable[[int, random.Random], "Report"]


@dataclass
class Report:
    """`counts` as printed; `zero` names those that must be 0, `least` what must at least be reached."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    zero: tuple[str, ...] = ()
    least: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[str]:
        bad = [f"{each} = {self.counts[each]}, must be 0" for each in self.zero if self.counts[each]]
        few = {each: count for each, count in self.least.items() if self.counts[each] < count}
        return bad + [f"{each} = {self.counts[each]}, must be at least {count}" for each, count in few.items()]

    def line(self) -> str:
        shown = [f"{name}={count}" for name, count in self.counts.items()]
        shown += [f"{each}=0" for each in self.zero if each not in self.counts]
        return f"{self.name}: {' '.join(shown)}{''.join(f' ({note})' for note in self.notes)}"


def command(run: Run, scale: int, arguments: Sequence[str] | None = None) -> int:
    """`python -m tests.torture.NAME --scale N --seed S`; exit code 1 if a count is not as it must be."""
    parser = argparse.ArgumentParser(description=sys.modules[run.__module__].__doc__)
    parser.add_argument("--scale", type=int, default=scale, help=f"how much of it (default {scale})")
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("VEDETTE_TEST_SEED", "0")) or random.getrandbits(32)
    )
    args = parser.parse_args(arguments)
    report = run(args.scale, random.Random(args.seed))
    print(report.line(), f"seed={args.seed}", flush=True)
    for each in report.failed:
        print(f"{report.name}: FAILED: {each}", flush=True)
    return 1 if report.failed else 0
