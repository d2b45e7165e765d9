"""Recording in this process, as `vedette.start()` does it, and the records as they stand in the trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.trails import records

import vedette

Told = dict[str, Any]


def recorded(trail: Path, work: Callable[[], object], **settings: Any) -> list[Told]:
    """What `work` leaves: each record's members, facts and content, without those that differ from run to run."""
    vedette.start(trail=trail, inline=True, **settings)
    try:
        work()
    finally:
        vedette.stop()
    return [told(each.envelope, each.content) for each in records(trail)]


def told(envelope: Told, content: dict[str, str]) -> Told:
    members = {name: envelope[name] for name in ("k", "f", "e", "r", "w", "q") if name in envelope}
    drop = ("vedette.event.id", "vedette.parent.id", "vedette.source")
    facts = {name: value for name, value in envelope["a"].items() if name not in drop}
    texts = {name: _read(text) for name, text in content.items()}
    return {**members, "a": facts, **({"c": texts} if texts else {})}


def _read(text: str) -> Any:
    """JSON as what it says; a token in brackets, a line of JSON after another: as they stand."""
    try:
        return json.loads(text) if text[:1] in ("[", "{") else text
    except ValueError:
        return text
