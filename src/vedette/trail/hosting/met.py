"""Which streams the keeper has met, and with which it is done: what it would otherwise read out of the whole host log.

A hint beside the log, in `met.json`: it tells up to which segment it holds, and the rest is read again. Losing it costs
the time to read the log once; nothing else hangs on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from vedette.trail.files.folder import replace
from vedette.trail.format.spool import segment_files
from vedette.trail.hosting.growth import told

FILE = "met.json"


@dataclass(slots=True)
class Met:
    """`heads` maps the ordinal of a stream to the index of its newest head in the log; `done` have ended there."""

    heads: dict[int, int] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)

    def take(self, facts: dict[str, object]) -> None:
        """What a record of the log says of a stream."""
        ordinal, phase = facts.get("vedette.ordinal"), facts.get("vedette.lifecycle.phase")
        index = facts.get("vedette.head.index")
        if isinstance(ordinal, int) and phase in ("closed", "recovered"):
            self.done.add(ordinal)
        elif isinstance(ordinal, int) and isinstance(index, int) and phase == "head":
            self.heads[ordinal] = index

    def save(self, log: Path, there: Iterable[int]) -> None:
        """Write it down for those streams that are still `there`. `OSError` as it comes."""
        kept = set(there)
        segment = int(segment_files(log)[-1].stem)
        heads = [[ordinal, index] for ordinal, index in sorted(self.heads.items()) if ordinal in kept - self.done]
        about = {"segment": segment, "heads": heads, "done": sorted(self.done & kept)}
        replace(log / FILE, json.dumps(about).encode())


def met(log: Path) -> Met:
    """What the log says, by the hint as far as it goes."""
    found, segment = _hint(log)
    for facts in told(log, segment):
        found.take(facts)
    return found


def _hint(log: Path) -> tuple[Met, int]:
    try:
        about = json.loads((log / FILE).read_bytes())
        segment = int(about["segment"])
        heads = {int(ordinal): int(index) for ordinal, index in about["heads"]}
        known = Met(heads, {int(ordinal) for ordinal in about["done"]})
    except (OSError, ValueError, TypeError, KeyError):
        return Met(), 0
    return (known, segment) if segment <= int(segment_files(log)[-1].stem) else (Met(), 0)
