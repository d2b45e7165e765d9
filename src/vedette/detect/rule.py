"""What a rule is, and how it makes a finding. Rules see redacted Events only, never a raw text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vedette.detect.memory import Memory
from vedette.event import Event, Fact, Kind, Result


@dataclass(frozen=True, slots=True)
class Rule:
    """`level` is low, medium, high or critical; `tags` as in Sigma; `see` gives the findings of one Event."""

    id: str
    title: str
    level: str
    category: str
    tags: tuple[str, ...]
    see: Callable[[Event, Memory], Iterable[str]]


def finding(rule: Rule, event: Event, message: str) -> Event:
    """A finding about `event`, which is its evidence. The message is made of redacted facts only."""
    facts: dict[str, Fact] = {
        "security_rule.name": rule.id,
        "security_rule.category": rule.category,
        "security_rule.description": rule.title,
        "security_rule.ruleset.name": "vedette",
        "vedette.finding.severity": rule.level,
        "vedette.finding.action": "observed",
    }
    evidence = [str(event.facts.get("vedette.event.id", ""))]
    return Event(
        kind=Kind.FINDING,
        name=rule.id,
        result=Result.OK,
        begin_ns=event.begin_ns + event.duration_ns,
        trace_id=event.trace_id,
        span_id=event.span_id,
        actor=event.actor,
        facts=facts,
        content={"vedette.finding.message": message, "vedette.finding.evidence": json.dumps(evidence)},
    )
