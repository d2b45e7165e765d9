"""One rule, as the pack holds it: what both the generator that writes packs and the engines that run them know of.

A pack is a JSON-lines file, one rule a line, sorted by id; `rules/forge` makes it out of facts, nothing edits it by
hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Group = Literal["token", "context", "keyvalue", "pii"]
Tier = Literal["alert", "redact"]
Gate = Literal["", "digits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One format. Patterns are over bytes, ASCII, in the dialect that Hyperscan, RE2 and `re` share.

    `core` is what stage 1 looks for; a hit that ends at byte e opens the window `[e - left, e + right]`, in which
    `exact` is searched. `width`: how long the core's end is, if that is fixed and `exact`, anchored that far before e,
    is the right match; 0 = the window is searched.

    The group `value` is what is masked, with what follows up to the end of a match of `until`, else of the class
    `swallow` (16 KiB at most). A byte of the class `not_after` behind it makes it no match; for the group `token` it is
    then masked with the whole run, and only the alert is lost.

    `validator` names a function of `validators`; `entropy` is the least Shannon entropy of the value, bits a character:
    what fails them is no match, for the group `token` no alert. `judge` names a function that sees what stands before
    and behind and says itself which tier the match has, if any, `tier` at most. `stop` names a set of stop words that
    take the alert. `gate` names what stands in every value, where the core alone costs too much to be looked for
    everywhere (`scanners.gates`). `tier`: `alert` implies redact; `redact` alone never becomes a finding. `keywords`:
    one of them (lower case) stands in every match, for the engine without a scanner.
    """

    id: str
    kind: str
    group: Group
    core: str
    exact: str
    value: int = 0
    not_after: str = ""
    swallow: str = ""
    until: str = ""
    width: int = 0
    left: int
    right: int
    validator: str = ""
    judge: str = ""
    entropy: float = 0.0
    keywords: tuple[str, ...] = ()
    stop: str = ""
    tier: Tier = "redact"
    gate: Gate = ""
    source: str


_DEFAULTS: dict[str, Any] = {
    "value": 0,
    "not_after": "",
    "swallow": "",
    "until": "",
    "width": 0,
    "validator": "",
    "judge": "",
    "entropy": 0.0,
    "keywords": [],
    "stop": "",
    "tier": "redact",
    "gate": "",
}


def dumps(rules: Iterable[Rule]) -> str:
    """The text of a pack; what is at its default is left out."""
    lines = []
    for rule in sorted(rules, key=lambda each: each.id):
        row = {**asdict(rule), "keywords": list(rule.keywords)}
        kept = {name: value for name, value in row.items() if name not in _DEFAULTS or value != _DEFAULTS[name]}
        lines.append(json.dumps(kept, ensure_ascii=True, separators=(",", ":")))
    return "\n".join(lines) + "\n"


def loads(text: str) -> tuple[Rule, ...]:
    """The rules of a pack. Raises `ValueError` or `TypeError` for what is none."""
    return tuple(
        Rule(**{**row, "keywords": tuple(row.get("keywords", ()))}) for row in map(json.loads, text.splitlines())
    )
