"""What rules remember: windows over the times of Events, within bounds whatever comes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.detect.memory import MOST_ENTRIES, Memory

KEY = ("rule", "x")


def test_a_window_slides() -> None:
    """An entry counts for exactly the window after it, not for a calendar interval."""
    memory = Memory()
    assert memory.recent(KEY, 100, 50, "a") == ["a"]
    assert memory.recent(KEY, 149, 50, "b") == ["a", "b"]
    assert memory.recent(KEY, 150, 50, "c") == ["b", "c"]
    memory.forget(KEY)
    assert memory.recent(KEY, 151, 50, "d") == ["d"]


def test_a_late_event_is_counted_where_it_belongs() -> None:
    """Events come in the order of their ends: one that happened earlier sees only what was before it."""
    memory = Memory()
    memory.recent(KEY, 200, 50, "late")
    assert memory.recent(KEY, 170, 50, "early") == ["early"]
    assert memory.recent(KEY, 201, 50, "now") == ["late", "early", "now"]


def test_what_goes_on_is_told_once_a_window() -> None:
    """First yes, then no, and yes again when a window has gone by."""
    memory = Memory()
    assert [memory.first(KEY, at, 60) for at in (0, 1, 59, 60, 61, 120)] == [True, False, False, True, False, True]


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10**6)), max_size=300))
def test_memory_is_bounded(happened: list[tuple[int, int]]) -> None:
    """Neither keys nor entries grow without end, and the key in use is never the one that goes."""
    memory = Memory(most=4)
    for who, at in happened:
        assert memory.recent(("r", str(who)), at, 10**6, "x")[-1] == "x"
        memory.first(("r", str(who)), at, 10)
    assert len(memory._windows) <= 4
    assert len(memory._said) <= 4
    assert all(len(window) <= MOST_ENTRIES for window in memory._windows.values())
