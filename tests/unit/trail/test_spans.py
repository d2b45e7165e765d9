"""Runs of record numbers: as sets, and as text in facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vedette.trail.format.spans import MOST_TEXT, Spans

NUMBERS = st.sets(st.integers(0, 10**6), max_size=2000)


@given(NUMBERS, st.integers(0, 10**6))
def test_they_are_the_set_that_they_were_made_of(numbers: set[int], other: int) -> None:
    """Whatever the order; what touches is one run."""
    spans = Spans((n, n) for n in numbers)
    assert {n for first, last in spans.runs for n in range(first, last + 1)} == numbers
    assert (other in spans) == (other in numbers) and bool(spans) == bool(numbers)
    assert all(before[1] + 1 < after[0] for before, after in zip(spans.runs, spans.runs[1:], strict=False))


@given(NUMBERS)
def test_text_and_back(numbers: set[int]) -> None:
    """In pieces that each fit in a fact; all pieces together are all of them."""
    texts = list(Spans((n, n) for n in numbers).texts())
    assert all(len(each) <= MOST_TEXT for each in texts)
    assert {n for each in texts for first, last in Spans.parse(each).runs for n in range(first, last + 1)} == numbers


@given(st.text(alphabet="0123456789-, x", max_size=60))
def test_hostile_text_is_survived(text: str) -> None:
    """What can be read of it counts; a run that is the wrong way round holds nothing."""
    spans = Spans.parse(text)
    assert all(isinstance(first, int) and isinstance(last, int) for first, last in spans.runs)
    assert 5 not in Spans.parse("9-3")
