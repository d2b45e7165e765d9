"""`python -m tests.corpora.accuracy`: what redaction finds, what it misses, and what it finds where nothing is.

Rows R18, R21 and R22 on corpora made here from seeds. R19 and R20 are held out: their rows give the nearest we have,
assignments in fifteen languages by our own templates, and say so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.corpora import assignments, clean, misses, people, presidio, secrets
from tests.corpora.measure import alerts, covered, cuts
from tests.corpora.sample import Sample
from vedette.redact.texts import Cut

COVERED = 0.95
"""A value is taken out if this much of its bytes is."""
SEED = 7


class Row(NamedTuple):
    """One line of the table; `good` says whether the goal is met."""

    name: str
    number: float
    goal: str
    good: bool
    note: str


def recall(samples: Iterable[Sample]) -> tuple[float, int]:
    """The share of values taken out, and how many there are."""
    found = [covered(each.text, value, cuts(each.text)) >= COVERED for each in samples for value in each.values]
    return sum(found) / max(len(found), 1), len(found)


def alerted(samples: Iterable[Sample]) -> tuple[float, int]:
    """The share of texts with an alert, and how many there are."""
    found = [bool(alerts(cuts(each.text))) for each in samples]
    return sum(found) / max(len(found), 1), len(found)


def alerts_per_megabyte(texts: Iterable[str]) -> tuple[float, float]:
    """Alerts a megabyte, and how many megabytes."""
    size = count = 0
    for text in texts:
        size += len(text.encode())
        count += len(alerts(cuts(text)))
    return count / size * 1e6, size / 1e6


def precision(samples: Iterable[Sample]) -> float:
    """The share of what was taken out that overlaps a labelled span of any kind."""
    right = wrong = 0
    for each in samples:
        for cut in cuts(each.text):
            hit = _overlaps(each, cut)
            right, wrong = right + hit, wrong + (not hit)
    return right / max(right + wrong, 1)


def _overlaps(sample: Sample, cut: Cut) -> bool:
    def at(place: int) -> int:
        return len(sample.text[:place].encode())

    return any(at(start) < cut.end and cut.start < at(end) for start, end, _ in sample.spans)


def table() -> Iterator[Row]:
    found, count = recall(secrets.planted(SEED))
    yield Row("R18 own corpus, recall", found, ">= .995", found >= 0.995, f"{count} values")
    found, count = alerted(misses.near(SEED))
    yield Row("R18 near misses, alerted", found, "<= .01", found <= 0.01, f"{count} texts")
    found, count = recall(assignments.credentials(SEED))
    yield Row("R20 like: assignments, recall", found, ">= .80", found >= 0.80, f"{count} own templates, not held out")
    wrong, _ = alerted(assignments.harmless())
    yield Row("R20 like: harmless, alerted", wrong, "<= .12", wrong <= 0.12, "own templates")
    found, count = recall([*people.own(SEED), *people.by_hand(SEED)])
    yield Row("R21 own personal data, recall", found, ">= .95", found >= 0.95, f"{count} values")
    yield from _presidio()
    rate, size = alerts_per_megabyte(clean.library())
    yield Row("R22 standard library, alerts/MB", rate, "<= 3", rate <= 3, f"{size:.1f} MB")
    rate, size = alerts_per_megabyte(clean.logs(SEED))
    yield Row("R22 logs, alerts/MB", rate, "<= 1", rate <= 1, f"{size:.1f} MB")


def _presidio() -> Iterator[Row]:
    python = presidio.made()
    if python is None:
        yield Row("R21 presidio-evaluator", 0.0, "-", True, "not measured: python -m tests.corpora.presidio makes it")
        return
    sentences = presidio.sentences(python, SEED, 1500)
    found, count = recall(sentences)
    yield Row("R21 presidio structured, recall", found, ">= .95", found >= 0.95, f"{count} values")
    right = precision(sentences)
    yield Row("R21 presidio, precision", right, ">= .98", right >= 0.98, "any labelled span counts")


def main() -> int:
    met = True
    for row in table():
        met &= row.good
        sys.stdout.write(
            f"{row.name:34} {row.number:8.4f}  {row.goal:8} {'ok' if row.good else 'SHORT':6} {row.note}\n"
        )
        sys.stdout.flush()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
