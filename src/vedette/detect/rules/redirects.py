"""A redirect leads to another host, and the client sends its credentials along: a stolen token in one hop (CWE-522)."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.detect.memory import Memory
from vedette.detect.rule import Rule, finding
from vedette.event import Event


def _see(event: Event, memory: Memory) -> Iterable[Event]:
    if event.facts.get("vedette.http.credential_forwarded") is True:
        where = event.facts.get("server.address", "another host")
        message = f"credentials went along with a redirect to {where}"
        yield finding(CREDENTIAL_FORWARDED, event, message, confidence=90)


CREDENTIAL_FORWARDED = Rule(
    id="credential-forwarded",
    title="Credentials followed a redirect to another host",
    level="high",
    tags=("attack.credential-access", "attack.t1528"),
    see=_see,
)
