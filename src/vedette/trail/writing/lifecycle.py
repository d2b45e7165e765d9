"""The trail's own records: birth, heartbeat, gap, clock, close, and the finding that a disk failed.

Nothing in them comes from the host but what the given birth record says, so there is nothing to redact.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from vedette.event import Event, Fact, Kind
from vedette.guard import faults
from vedette.names import SCHEMA


def record(phase: str, facts: Mapping[str, Fact]) -> Event:
    return Event(kind=Kind.LIFECYCLE, name=phase, facts={"vedette.lifecycle.phase": phase, **facts})


def birth(given: Event, ordinal: int, trail_id: str, parent: tuple[str, int] | None, content: str = "ship") -> Event:
    """The first record of a stream: what `given` says, this process, and the stream it was forked from.

    `content` says where the stream's content goes, if not to the collector: what a verifier may miss there.
    """
    facts: dict[str, Fact] = {
        **given.facts,
        "vedette.lifecycle.phase": "birth",
        "vedette.ordinal": ordinal,
        "vedette.trail.id": trail_id,
        "vedette.pid": os.getpid(),
        "vedette.schema": SCHEMA,
    }
    boot, start = _boot_id(), _start_ns()
    if boot:
        facts["vedette.boot.id"] = boot
    if start:
        facts["vedette.start_ns"] = start
    if content != "ship":
        facts["vedette.content.policy"] = content
    if parent is not None:
        facts["vedette.parent.stream"], facts["vedette.parent.seq"] = parent
    return replace(given, facts=facts)


def _boot_id() -> str:
    """Linux only: tells one boot of this host from another."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start_ns() -> str:
    """When the process was started, ns since boot, decimal (Linux only): tells it from another with the same pid.

    The process's name, in brackets, may hold anything, so it is counted from behind it (proc(5), field 22).
    """
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return ""
    return str(ticks * 10**9 // os.sysconf("SC_CLK_TCK"))


def heartbeat(open_intents: int, missed: int, lag_ms: int, vitals: Mapping[str, Fact]) -> Event:
    """`missed` records could not be written so far; the newest sync took `lag_ms`, told if the disk is slow."""
    facts: dict[str, Fact] = {"vedette.open.intents": open_intents, "vedette.guard.faults": sum(faults().values())}
    facts |= {"vedette.gap.total": missed} if missed else {}
    facts |= {"vedette.sync.lag_ms": lag_ms} if lag_ms else {}
    return record("heartbeat", {**facts, **vitals})


def close(reason: str, open_intents: int) -> Event:
    return record("close", {"vedette.lifecycle.reason": reason, "vedette.open.intents": open_intents})


def clock(before: int, after: int) -> Event:
    """The wall clock was set; offsets against the monotonic clock in ns."""
    return record("clock", {"vedette.clock.before": str(before), "vedette.clock.after": str(after)})


def anchor(kind: str, name: str, statement: str) -> Event:
    """An anchor has spoken, and what follows was written later: `statement` is the hash of what it said."""
    facts: dict[str, Fact] = {
        "vedette.anchor.kind": kind,
        "vedette.anchor.name": name,
        "vedette.anchor.hash": statement,
    }
    return record("anchor", facts)


def finding(rule: str, severity: str, message: str) -> Event:
    """Something is wrong with the trail itself. `message` holds nothing of the host's."""
    facts: dict[str, Fact] = {
        "security_rule.name": rule,
        "security_rule.category": "audit",
        "security_rule.ruleset.name": "vedette",
        "vedette.finding.severity": severity,
        "vedette.finding.action": "observed",
    }
    content = {"vedette.finding.message": message}
    return Event(kind=Kind.FINDING, name=rule, begin_ns=time.time_ns(), facts=facts, content=content)


def lost_sync(reason: str) -> Event:
    """The disk refused to keep what was written; it was written again, to another file."""
    return finding("trail-sync-failed", "high", f"fdatasync of the trail failed: {reason}")


def late_sync(seconds: float) -> Event:
    """Somebody waited for a record to reach the disk, and went on without."""
    return finding("sync-late", "medium", f"a record was not on disk within {seconds:g} s")


def filling(percent: int, most: int) -> Event:
    """The trail comes near its cap."""
    return finding("trail-filling", "medium", f"the trail takes {percent} % of VEDETTE_TRAIL_MAX ({most} bytes)")


def trim(stream: str, first: int, last: int, reason: str, left: Mapping[str, Fact]) -> Event:
    """The records `first` to `last` of a stream are about to be deleted.

    `left` tells of the checkpoint that begins what is left of it; of a stream that goes wholly, its ordinal.
    """
    facts: dict[str, Fact] = {
        "vedette.trim.stream": stream,
        "vedette.trim.first": first,
        "vedette.trim.last": last,
        "vedette.lifecycle.reason": reason,
    }
    return record("trim", {**facts, **left})


@dataclass(slots=True)
class Missed:
    """Records that could not be written, until a gap record can say so; `opened`: one already says that some are."""

    kinds: Counter[str] = field(default_factory=Counter)
    first: int = 0
    last: int = 0
    reason: str = ""
    opened: bool = False

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def count(self, kind: Kind, reason: str) -> None:
        self.last = time.time_ns()
        self.first = self.first or self.last
        self.reason = reason
        self.kinds[kind.value] += 1

    def begin(self) -> Event:
        """The gap as it opens: from here on something is missing."""
        facts: dict[str, Fact] = {
            "vedette.gap.state": "open",
            "vedette.gap.first": str(self.first),
            "vedette.lifecycle.reason": self.reason,
        }
        return record("gap", facts)

    def gap(self) -> Event:
        """The gap as it closes. Times are wall ns, decimal."""
        facts: dict[str, Fact] = {
            "vedette.gap.state": "closed",
            "vedette.gap.count": sum(self.kinds.values()),
            "vedette.gap.kinds": " ".join(f"{kind}={count}" for kind, count in sorted(self.kinds.items())),
            "vedette.gap.first": str(self.first),
            "vedette.gap.last": str(self.last),
            "vedette.lifecycle.reason": self.reason,
        }
        return record("gap", facts)
