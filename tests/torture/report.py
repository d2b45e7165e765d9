"""What a torture test prints: one line of counts. Those that must be zero, and those that must be reached, decide."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Run = Callable[[int, random.Random], "Report"]

SO_FAR = 60.0
"""Seconds between two lines that say what was reached, so that a run that is stopped leaves its counts."""


@dataclass
class Report:
    """`counts` as printed; `zero` names those that must be 0, `least` what must at least be reached."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    zero: tuple[str, ...] = ()
    least: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        return [f"{each} = {self.counts[each]}, must be 0" for each in self.zero if self.counts[each]]

    @property
    def failed(self) -> list[str]:
        few = {each: count for each, count in self.least.items() if self.counts[each] < count}
        return self.wrong + [f"{each} = {self.counts[each]}, must be at least {count}" for each, count in few.items()]

    def line(self) -> str:
        shown = [f"{name}={count}" for name, count in self.counts.items()]
        shown += [f"{each}=0" for each in self.zero if each not in self.counts]
        return f"{self.name}: {' '.join(shown)}{''.join(f' ({note})' for note in self.notes)}"

    def add(self, other: Report) -> None:
        """Another round of the same test; the notes are those of the last one."""
        self.name, self.zero, self.notes = other.name, other.zero, other.notes
        for name, count in other.counts.items():  # `+=` of a Counter would drop what is 0
            self.counts[name] += count
        for name, count in other.least.items():
            self.least[name] = self.least.get(name, 0) + count


def command(
    run: Run, scale: int, arguments: Sequence[str] | None = None, *, round_of: int = 0, seconds: bool = False
) -> int:
    """`python -m tests.torture.NAME --scale N --minutes M --seed S`; exit code 1 if a count is not as it must be.

    A long run is made in rounds of `round_of` (0 = all at once), whose counts are added up; with minutes, it ends with
    the first round that is over after them. `seconds`: the scale is in seconds, and minutes are one.
    """
    parser = argparse.ArgumentParser(description=sys.modules[run.__module__].__doc__)
    parser.add_argument("--scale", type=int, help=f"how much of it (default {scale})")
    parser.add_argument("--minutes", type=float, help="as many rounds as begin within so many minutes")
    parser.add_argument(
        "--seed", type=int, default=int(os.environ.get("VEDETTE_TEST_SEED", "0")) or random.getrandbits(32)
    )
    args = parser.parse_args(arguments)
    chance = random.Random(args.seed)
    if args.minutes and seconds:
        total = run(int(args.minutes * 60), chance)
    else:
        most = args.scale or (sys.maxsize if args.minutes else scale)
        total = _rounds(run, most, round_of or (args.scale or scale), chance, (args.minutes or 0) * 60)
    print(total.line(), f"seed={args.seed}", flush=True)
    for each in total.failed:
        print(f"{total.name}: FAILED: {each}", flush=True)
    return 1 if total.failed else 0


def _rounds(run: Run, scale: int, size: int, chance: random.Random, most: float) -> Report:
    """Rounds of `size`, until there are `scale` or `most` seconds are over (0 = however long it takes)."""
    total, done, begin = Report(""), 0, time.monotonic()
    told = begin
    while done < scale and (not most or not done or time.monotonic() - begin < most):
        one = run(min(size, scale - done), chance)
        done += size
        total.add(one)
        if one.wrong:
            print(f"FAILED: {one.line()}", flush=True)
        if done < scale and time.monotonic() - told > SO_FAR:
            print(f"so far, {time.monotonic() - begin:.0f} s: {total.line()}", flush=True)
            told = time.monotonic()
    return total
