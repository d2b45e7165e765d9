"""What a rule is, and how it makes a finding. Rules see redacted Events only, never a raw text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from vedette.detect.memory import Memory
from vedette.event import Event, Fact, Kind

RULESET = "vedette"
VERSION = "1"
"""Of the rule set: raised whenever a rule would find other things in the same Events."""

Level = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`id` is stable, it stands in records and alerts. `tags` are Sigma's, the ATT&CK tactic first: it is the category.

    `see` gives the findings that one Event completes; what it must remember it puts into the Memory.
    """

    id: str
    title: str
    level: Level
    tags: tuple[str, ...]
    see: Callable[[Event, Memory], Iterable[Event]]


def finding(rule: Rule, event: Event, message: str, *, confidence: int, evidence: Sequence[str] = ()) -> Event:
    """A finding that `event` completes; `evidence` are the ids of all Events it rests on (default: of that one).

    `message` is one plain sentence of redacted facts, `confidence` 0 to 100. The finding's id follows from the rule and
    its evidence, so that whoever computes it anew from the trail gets the same one.
    """
    last = str(event.facts.get("vedette.event.id", ""))
    ids = list(evidence) or [last]
    facts: dict[str, Fact] = {
        "security_rule.name": rule.id,
        "security_rule.category": rule.tags[0].removeprefix("attack."),
        "security_rule.description": rule.title,
        "security_rule.ruleset.name": RULESET,
        "security_rule.version": VERSION,
        "vedette.finding.severity": rule.level,
        "vedette.finding.confidence": confidence,
        "vedette.finding.action": "observed",
        "vedette.event.id": _id(rule.id, message, ids),
        "vedette.parent.id": last,
    }
    return Event(
        kind=Kind.FINDING,
        name=rule.id,
        begin_ns=event.begin_ns + event.duration_ns,
        trace_id=event.trace_id,
        span_id=event.span_id,
        actor=event.actor,
        facts=facts,
        content={"vedette.finding.message": message, "vedette.finding.evidence": json.dumps(ids)},
    )


def _id(*parts: object) -> str:
    """64 bits in hex, as of any other Event."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
