"""The committed pack is what the facts give, and each of its rules is fit for every engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vedette.redact.rule import Rule, loads
from vedette.redact.rules import lint, pack

SLICE = 24
"""Each run tries one rule in so many; `make pack` tries all."""


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return loads(pack.PATH.read_text(encoding="ascii"))


def test_the_committed_pack_is_exactly_what_the_facts_give() -> None:
    assert pack.PATH.read_text(encoding="ascii") == pack.text()


def test_a_thousand_secrets_and_thirty_kinds_of_personal_data(rules: tuple[Rule, ...]) -> None:
    assert sum(rule.group != "pii" for rule in rules) >= 1_000
    assert len({rule.kind for rule in rules if rule.group == "pii"}) >= 30


def test_ids_are_told_apart(rules: tuple[Rule, ...]) -> None:
    assert len({rule.id for rule in rules}) == len(rules)


def test_both_tiers_are_there(rules: tuple[Rule, ...]) -> None:
    assert {rule.tier for rule in rules} == {"alert", "redact"}


def test_a_slice_of_the_rules_passes_the_lint(rules: tuple[Rule, ...]) -> None:
    assert lint.faults(rules[::SLICE]) == []


def _bad(rule: Rule, **changes: object) -> list[str]:
    return lint.faults([replace(rule, **changes)])  # type: ignore[arg-type]  # names and values of any field


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"exact": "(ghp_[0-9A-Za-z]*)"}, "repeats without bound"),
        ({"core": "ghp_[0-9A-Za-z]{36,}"}, "repeats without bound"),
        ({"exact": "(?=x)(ghp_[0-9]{36})"}, "looks around"),
        ({"exact": "([0-9a-z]{0,9})"}, "matches nothing at all"),
        ({"exact": r"(\[secret:[0-9a-f.]{6,40}\])"}, "matches a token of ours"),
        ({"left": 5000}, "window over 4 KiB"),
        ({"validator": "unheard_of"}, "no validator"),
        ({"judge": "unheard_of"}, "no judge"),
        ({"source": "somewhere"}, "no source with its licence"),
        ({"kind": "GitHub Token"}, "cannot stand in a token"),
        ({"keywords": ()}, "no keyword"),
        ({"exact": "(ghq_[0-9A-Za-z]{36})", "width": 0}, "of its own values are not found"),
        ({"id": "own:nobody"}, "no texts to try it on"),
        ({"exact": "(ghp_[0-9A-Za-z]{1001})"}, "re2 refuses"),
        ({"exact": "(ghp_\xe9)"}, "not ASCII"),
        ({"core": "(?:^|[^0-9])[XYZ][ \\-]?[0-9]{7}[ \\-]?[A-Z]"}, "times a literal"),
        ({"gate": "digits"}, "of its own values are not found"),
    ],
)
def test_the_lint_refuses(rules: tuple[Rule, ...], changes: dict[str, object], fault: str) -> None:
    good = next(rule for rule in rules if rule.id == "gitleaks:github-pat")
    assert any(fault in each for each in _bad(good, **changes))
