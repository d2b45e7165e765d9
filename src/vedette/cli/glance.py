"""A record at a glance: the members of an envelope that a reader looks at.

Read with distrust, for nothing is verified before it is shown: a member that is missing or of another type counts as
empty, and never stops the reader. `vedette verify` is what judges a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vedette.trail.files.reading import Record


@dataclass(frozen=True, slots=True)
class Glance:
    """`began_ns` is wall-clock time, 0 where none is stated; `who` are user, session, agent and run, as they stand."""

    kind: str
    phase: str
    result: str
    name: str
    began_ns: int
    duration_ns: int
    stream: str
    number: int
    answers: int | None
    event: str
    parent: str
    who: tuple[str, ...]
    facts: Mapping[str, Any]
    content: Mapping[str, str]
    taken: Mapping[str, int]

    def fact(self, name: str) -> str:
        """A fact as text; "" if it is not there."""
        value = self.facts.get(name, "")
        return str(value) if isinstance(value, str | int) else ""


def glance(record: Record) -> Glance:
    """The record's members, each of the type it should have."""
    envelope = record.envelope
    facts = _mapping(envelope.get("a"))
    who = _mapping(envelope.get("w"))
    return Glance(
        kind=_text(envelope.get("k")),
        phase=_text(envelope.get("f")),
        result=_text(envelope.get("r")),
        name=_text(envelope.get("e")),
        began_ns=_number(envelope.get("b")) or _number(envelope.get("t")),
        duration_ns=_number(envelope.get("d")),
        stream=_text(envelope.get("s")),
        number=_number(envelope.get("n")),
        answers=_number(envelope["of"]) if "of" in envelope else None,
        event=_text(facts.get("vedette.event.id")),
        parent=_text(facts.get("vedette.parent.id")),
        who=tuple(_text(who.get(each)) for each in ("user", "session", "agent", "run")),
        facts=facts,
        content=record.content,
        taken={str(kind): _number(count) for kind, count in _mapping(envelope.get("q")).items()},
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    """A count of at most 19 digits, also where it stands as text; 0 for anything else."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else 0
    return value if isinstance(value, int) and 0 <= value < 10**19 else 0
