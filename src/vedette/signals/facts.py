"""An Event's facts as signals tell them: the types, the bounds and the defaults of the conventions."""

from __future__ import annotations

import json
from typing import Any

from vedette.event import NOBODY, Event, Fact, Result
from vedette.names import FACTS
from vedette.signals.naming import ACTOR, METHODS

OTHER = "_OTHER"
FAILED = frozenset({Result.ERROR, Result.DENIED})
CONVERTED = frozenset(name for name, kind in FACTS.items() if kind in ("double", "list"))
"""Facts that are no attribute as they are."""


def told(event: Event) -> dict[str, Fact]:
    """Who acted, below what the operation says itself; without empty values, which some backends drop in silence.

    An HTTP method that HTTP does not know is `_OTHER`, and so is an error that has no type (semconv `error.type`).
    """
    facts = dict(event.facts)
    if event.actor is not NOBODY:
        facts = {name: getattr(event.actor, field) for field, name in ACTOR.items()} | facts
    if "" in facts.values():
        facts = {name: value for name, value in facts.items() if value != ""}
    method = facts.get("http.request.method")
    if method is not None and method not in METHODS:
        facts["http.request.method"] = OTHER
        facts.setdefault("http.request.method_original", method)
    if event.result in FAILED:
        facts.setdefault("error.type", OTHER)
    return facts


def typed(name: str, value: Fact) -> Any:
    """A fact as the attribute that the conventions define: doubles and lists are strings in the record only.

    What redaction has put a token in place of stays that token.
    """
    kind = FACTS.get(name)
    try:
        if kind == "double":
            return float(value)
        if kind == "list":
            return tuple(str(each) for each in json.loads(str(value)))
    except (ValueError, TypeError, RecursionError):
        return value
    return value
