"""Failed authentications in a row: of one subject, or against one target."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.detect.memory import Memory
from vedette.detect.rule import Rule
from vedette.event import Event, Kind, Result

MOST = 5
WINDOW_NS = 300 * 10**9


def _failures(event: Event, memory: Memory) -> Iterable[str]:
    if event.kind is not Kind.AUTH or event.result is not Result.DENIED:
        return
    for name in ("vedette.auth.subject", "vedette.auth.target"):
        who = str(event.facts.get(name, ""))
        if who and memory.count((name, who), event.begin_ns, WINDOW_NS) == MOST:
            yield f"{MOST} failed authentications within five minutes, {name.rpartition('.')[2]} {who}"


REPEATED_FAILURES = Rule(
    "repeated-auth-failures", "Repeated failed authentications", "high", "brute_force", ("attack.t1110",), _failures
)
