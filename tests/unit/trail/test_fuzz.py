"""T17, short: 100,000 mutated exports and segments, on one core."""

from __future__ import annotations

import pytest
from tests.torture import fuzz


@pytest.mark.timeout(600)
def test_no_crash_no_hang_never_a_false_whole() -> None:
    """Seen in a run of the long form as well: `python -m tests.torture.fuzz`."""
    grades, wrong = fuzz.run(fuzz.SHORT)
    assert wrong == []
    assert grades.total() == fuzz.SHORT
    assert min(grades[each] for each in ("NOTE", "UNFINISHED", "BROKEN", "NO_ANSWER")) > 1_000
