"""Failed authentications in a row: guessing (detection.md 4, sliding window).

Not seen: guesses spread over more than the window, one guess each at many users, and what no `note.auth_attempt` tells.
"""

from __future__ import annotations

from collections.abc import Iterable

from vedette.detect.memory import Memory
from vedette.detect.rule import Rule, finding
from vedette.event import Event, Kind, Result

MOST = 5
WINDOW_NS = 5 * 60 * 10**9


def _see(event: Event, memory: Memory) -> Iterable[Event]:
    if event.kind is not Kind.AUTH:
        return
    subject, target = (str(event.facts.get(f"vedette.auth.{name}", "")) for name in ("subject", "target"))
    key, at = ("auth", subject, target), event.begin_ns
    if event.result is Result.OK:  # whoever gets in had only mistyped; a guess that succeeds was told before
        memory.forget(key)
    if event.result is not Result.DENIED or not (subject or target):
        return
    failures = memory.recent(key, at, WINDOW_NS, str(event.facts.get("vedette.event.id", "")))
    if len(failures) >= MOST and memory.first(key, at, WINDOW_NS):
        message = f"{len(failures)} failed authentications of {subject or 'anybody'} in 5 minutes"
        message += f" for {target}" if target else ""
        yield finding(REPEATED_FAILURES, event, message, confidence=90, evidence=failures)


REPEATED_FAILURES = Rule(
    id="repeated-auth-failures",
    title="Repeated failed authentications",
    level="high",
    tags=("attack.credential-access", "attack.t1110"),
    see=_see,
)
