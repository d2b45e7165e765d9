"""How large an envelope may grow. 8 KiB is aimed at, below what log backends cut; 64 KiB is never passed.

Facts beyond the aim move into a content field `facts`, committed to like any other; a few that readers sort by stay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

AIM = 8 * 1024
HARD = 64 * 1024
FIELD = "facts"
_LONGEST = 256
_STAY = (
    "vedette.", "security_rule.name", "error.type", "gen_ai.operation.name", "gen_ai.tool.name", "gen_ai.request.model",
    "http.request.method", "http.response.status_code", "server.address", "server.port",
)  # fmt: skip


def split(facts: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The facts that stay in an envelope that grew too large, and all of them as text for the field `facts`."""
    kept: dict[str, Any] = {}
    room = AIM // 2
    for name, value in facts.items():
        size = len(name) + len(str(value)) if isinstance(value, str | int) else AIM
        if name.startswith(_STAY) and size <= _LONGEST and size <= room:
            kept[name] = value
            room -= size
    return kept, json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, default=lambda value: type(value).__name__)


def shortened(envelope: dict[str, Any]) -> dict[str, Any]:
    """`envelope` with its name, actor and labels cut: they are short, unless somebody makes them long on purpose."""
    cut = dict(envelope)
    for key in ("e", "tr", "sp"):
        if key in cut:
            cut[key] = cut[key][:_LONGEST]
    if "w" in cut:
        cut["w"] = {key: value[:_LONGEST] for key, value in cut["w"].items()}
    if "q" in cut:
        cut["q"] = {"labels": sum(cut["q"].values())}
    return cut
