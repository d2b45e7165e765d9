"""From a fact to a rule: alphabets, parts, and what is derived from them."""

from __future__ import annotations

import random
import re

import pytest

from vedette.redact.rules import alphabet, derive, naming, parts
from vedette.redact.rules.samples import sample


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0-9a-f", "0-9a-f"),
        ("-0-9A-Z_a-z", r"\-0-9A-Z_a-z"),
        ("+-/0-9", r"+\-/-9"),
        (r"^ \t\n", r"^\x09\x0a\x0d\x20"),
        ("^", r"\^"),
    ],
)
def test_alphabets_are_read_and_written(text: str, written: str) -> None:
    assert alphabet.body(alphabet.read(text)) == written


def test_folding_adds_the_other_case() -> None:
    assert alphabet.body(alphabet.read("0-9a-f", fold=True)) == "0-9A-Fa-f"


def test_a_pattern_matches_its_own_samples() -> None:
    tree = parts.parse(
        [
            "sk_",
            {"any": ["live", "test"]},
            "_",
            ["0-9A-Za-z", 24, None],
            {"repeat": ["==", ["0-9", 2, 2]], "min": 0, "max": 1},
        ]
    )
    pattern, rng = re.compile(parts.written(tree)), random.Random(3)
    assert all(pattern.fullmatch(sample(tree, rng)) for _ in range(200))


def test_the_core_ends_as_early_as_the_value_may() -> None:
    tree = parts.parse(["ghp_", ["0-9A-Za-z", 36, 255]])
    assert parts.written(parts.at_least(tree)) == "ghp_[0-9A-Za-z]{36}"


def test_an_open_lead_is_no_part_of_the_core() -> None:
    tree = parts.parse([["0-9A-Za-z", 1, None], ".v1.", ["0-9a-f", 8, 8]])
    assert parts.written(parts.without_lead(tree)) == r"\.v1\.[0-9a-f]{8}"


def test_repeats_over_the_limit_of_re2_are_split() -> None:
    assert parts.written(parts.parse([["0-9", 1500, 1600]])) == "[0-9]{1000}[0-9]{500,600}"


def test_no_value_has_blanks_among_its_letters() -> None:
    assert parts.written(parts.parse([[r"\t\n 0-9a-z", 8, 8]])) == "[0-9a-z]{8}"


def test_a_closed_format_says_what_may_not_follow_an_open_one_what_does() -> None:
    assert derive.follow(parts.parse(["a_", ["0-9a-f", 8, 8]])) == ("0-9A-Za-z", "")
    assert derive.follow(parts.parse(["a_", ["0-9a-f", 8, None]])) == ("", "0-9a-f")


def test_only_random_formats_mix_digits_and_letters() -> None:
    assert derive.mixes(parts.parse([["0-9a-f", 32, 32]]))
    assert not derive.mixes(parts.parse([["0-9a-z", 8, 8]]))
    assert not derive.mixes(parts.parse([["a-z", 40, 40]]))


@pytest.mark.parametrize(
    ("word", "text", "hit"),
    [
        ("box", "BOX_KEY", True),
        ("box", "boxKey", True),
        ("box", "boxes are", False),
        ("box", "inbox key", False),
        ("new_relic", "new-relic", True),
        ("new_relic", "NewRelic", True),
        ("gitlab", "mygitlab ", False),
        ("datadog", "mydatadog", True),
    ],
)
def test_short_words_stand_alone(word: str, text: str, hit: bool) -> None:
    assert bool(re.search(naming.pattern([word]), text)) is hit


def test_keywords_are_what_every_spelling_holds() -> None:
    assert naming.pieces(["new_relic", "token-id:"]) == ("relic", "token")
