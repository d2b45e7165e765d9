"""What a core costs that finds nothing: one without a literal costs more than three hundred with one.

In units of what a plain literal costs in the same run, for a machine is never idle twice. Looked at are the cores that
every text is scanned with; what stands behind a gate (`scanners.gates`) is spared.
"""

from __future__ import annotations

import argparse
import difflib
import functools
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from vedette.redact.rule import Rule
from vedette.redact.scanners.choose import imported

MOST = 6.0
"""Of 1,562 cores alone on 100 KB of source code, 1,555 cost less than 3, the dearest 5. The dearest of numbers cost 7
to 10 before they had a gate."""
_PLAIN = "zqxjk_vwpf"
_SIZE = 50_000
_TIMES = 5


def faults(rules: Iterable[Rule]) -> Iterator[str]:
    """Each rule whose core costs more than `MOST`."""
    texts = [Path(str(module.__file__)).read_bytes()[:_SIZE] for module in (argparse, difflib)]
    measured: dict[str, float] = {}
    for rule in rules:
        if rule.gate:
            continue
        if rule.core not in measured:
            measured[rule.core] = ratio(rule.core, texts)
        if measured[rule.core] > MOST:
            yield f"{rule.id}: scanning for it costs {measured[rule.core]:.0f} times a literal: give it one, or a gate"


def ratio(core: str, texts: list[bytes]) -> float:
    """The cost of a core over that of a plain literal measured right after it."""
    scan, plain = _scan(core), _plain()
    return sum(_least(scan, text) for text in texts) / sum(_least(plain, text) for text in texts)


@functools.lru_cache(maxsize=1)
def _plain() -> Callable[[bytes], object]:
    return _scan(_PLAIN)


def _scan(core: str) -> Callable[[bytes], object]:
    hyperscan = imported("hyperscan")
    assert hyperscan is not None  # noqa: S101  # the lint runs where engines are developed
    database = hyperscan.Database()
    database.compile(expressions=[core.encode()], flags=[0])
    return lambda text: database.scan(text, match_event_handler=lambda *_: None)


def _least(scan: Callable[[bytes], object], text: bytes) -> float:
    """Seconds of the quickest of some runs."""
    times = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        scan(text)
        times.append(time.perf_counter() - began)
    return min(times)
