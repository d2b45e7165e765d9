"""Where a stream's content goes when it is shipped: as it is, sealed, or nowhere (`VEDETTE_CONTENT`).

The stream's own birth record decides, not the settings of whoever ships it: a keeper that adopts a stream sends no more
of it than its writer allowed. Where no birth record can be read, no content leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vedette.trail.custody.seals import Seals
from vedette.trail.format.content import bodies
from vedette.trail.format.envelope import split_content

Outgoing = Callable[[Mapping[str, Any], str, bytes], list[str]]
"""The bodies that carry a content payload: envelope of its record, field, payload."""


def outgoing(facts: Mapping[str, Any], trail: Path) -> Outgoing:
    """What the facts of a birth record say; none = it is not known what its writer wanted."""
    policy = facts.get("vedette.content.policy", "ship") if facts else "trail"
    if policy == "ship":
        return _open
    return Seals(trail).bodies if policy == "sealed" else _nothing


def _open(envelope: Mapping[str, Any], field: str, payload: bytes) -> list[str]:
    _, content = split_content(payload)
    return bodies(str(envelope["s"]), int(envelope["n"]), field, payload[:16], content.decode("utf-8", "replace"))


def _nothing(envelope: Mapping[str, Any], field: str, payload: bytes) -> list[str]:
    return []
