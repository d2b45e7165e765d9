"""The whole pack: every fact through its generator, with what is written by hand; deterministic, linted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vedette.redact.rule import Rule, Tier, dumps
from vedette.redact.rules import facts, forge, personal, structural

PATH = Path(__file__).parent.parent / "pack.jsonl"


def forged() -> list[Rule]:
    """All rules, sorted by id; of twins only the first. Raises `ValueError` naming a bad row."""
    rules = [*(_of(fact) for fact in facts.read()), *structural.RULES, *personal.rules()]
    return _without_twins(sorted(rules, key=lambda each: each.id))


def _of(fact: facts.Fact) -> Rule:
    try:
        return forge.token(fact) if fact.group == "token" else forge.context(fact)
    except ValueError as error:
        raise ValueError(f"{fact.id}: {error}") from error


def _without_twins(rules: list[Rule]) -> list[Rule]:
    """One rule a pattern, by the first id; the stronger tier stays, and a validator that any of them has."""
    kept: dict[tuple[str, str], Rule] = {}
    for rule in rules:
        twin = kept.setdefault((rule.core, rule.exact), rule)
        if twin is not rule:
            tier: Tier = "alert" if "alert" in (rule.tier, twin.tier) else "redact"
            kept[rule.core, rule.exact] = replace(twin, tier=tier, validator=twin.validator or rule.validator)
    return list(kept.values())


def text() -> str:
    """The pack file."""
    return dumps(forged())
