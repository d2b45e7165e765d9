"""Floors of what is reached, on slices of the seeded corpora; `make accuracy` measures the whole."""

from __future__ import annotations

import itertools

from tests.corpora import assignments, clean, misses, people, secrets
from tests.corpora.accuracy import alerted, alerts_per_megabyte, recall

SEED = 7
PIECES = 37
"""Prime to the twelve surroundings and three escapings, so that a slice holds all of them."""


def test_planted_secrets_are_taken_out() -> None:
    found, count = recall(itertools.islice(secrets.planted(SEED), 0, None, PIECES))
    assert count > 1_000
    assert found >= 0.995


def test_near_misses_do_not_alert() -> None:
    wrong, count = alerted(itertools.islice(misses.near(SEED), 0, None, 5))
    assert count > 1_000
    assert wrong <= 0.01


def test_assignments_in_fifteen_languages() -> None:
    found, _ = recall(assignments.credentials(SEED))
    wrong, _ = alerted(assignments.harmless())
    assert found >= 0.90
    assert wrong == 0


def test_personal_data() -> None:
    found, count = recall([*people.own(SEED, each=1), *people.by_hand(SEED)])
    assert count > 400
    assert found >= 0.97


def test_clean_code_and_logs() -> None:
    code, _ = alerts_per_megabyte(clean.library(every=12))
    logs, _ = alerts_per_megabyte(clean.logs(SEED, lines=1_000))
    assert code <= 3
    assert logs <= 1
