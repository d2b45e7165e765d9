"""What is looked for only around a sign of it is found wherever it would have been found without (scanners.gates)."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.redact.find import Finder
from vedette.redact.rules import derive
from vedette.redact.rules.parts import parse
from vedette.redact.scanners.choose import Engine
from vedette.redact.scanners.gates import APART, Joined, windows

LOOK = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

_NUMBERS = (
    "4111 1111 1111 1111", "078-05-1120", "AB 12 34 56 C", "S1234567D", "(415) 555-2671", "020 7946 0958",
    "RSSMRA85T10A562S", "DE89 3704 0044 0532 0130 00", "ABCDE1234F", "x86_64", "0x1f", "1234567", "12.3.4",
    "00:1B:44:11:3A:B7",
)  # fmt: skip
_GLUE = (
    " ",
    "-",
    ".",
    "/",
    "(",
    ")",
    "a",
    "Z",
    "_",
    ":",
    "\n",
    "\0",
    ", ",
    "call ",
    "tel: ",
    "token=",
    "max_tokens: ",
    "é",
)
texts = st.lists(st.sampled_from(_NUMBERS + _GLUE) | st.integers(0, 10**9).map(str), max_size=60).map("".join)


@LOOK
@given(text=texts)
def test_numbers_dense_and_sparse_are_what_the_engine_without_gates_finds(
    finders: dict[str, Finder], text: str
) -> None:
    for data in (text.encode(), (text + " nothing here " * 200 + text).encode()):
        mine, other = (finders[name].find(data).spans for name in ("hyperscan", "re2"))
        assert [each[:2] for each in mine] == [each[:2] for each in other]


def test_many_numbers_are_scanned_whole_and_found_all(finders: dict[str, Finder]) -> None:
    """More ends of the gate than windows are worth."""
    data = b"\n".join(b"card 4111 1111 1111 1111 of %d" % each for each in range(60))
    assert len(finders["hyperscan"].find(data).spans) == 60


def test_a_beginning_is_told_from_its_end(engines: dict[str, Engine]) -> None:
    """The hit behind a name begins where the name does, however far into the text."""
    before = b"words " * 500
    data = before + b"my_secret = 'x'"
    starts = [start for core, _, start in engines["hyperscan"].scanner.hits(data)]
    assert starts == [len(before) + len(b"my_")]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [([], []), ([5], [(0, 8)]), ([50, 5], [(0, 8), (40, 53)]), ([20, 25], [(10, 28)]), ([99], [(89, 100)])],
)
def test_windows_are_cut_merged_and_in_order(ends: list[int], expected: list[tuple[int, int]]) -> None:
    assert windows(ends, (10, 3), 100) == expected


def test_hits_in_windows_are_hits_in_the_text() -> None:
    data = bytes(random.Random(3).randrange(256) for _ in range(300))
    joined = Joined(data, [(10, 30), (100, 140)])
    assert joined.data == data[10:30] + APART + data[100:140]
    behind = 20 + len(APART)
    hits = [(7, 5, 0), (7, 21, 15), (8, behind + 4, 18), (9, behind + 40, behind)]
    assert list(joined.back(hits)) == [(7, 15, 10), (8, 104, 100), (9, 140, 100)]


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        ([["0-9", 3, 3], "-", ["0-9", 2, 2], "-", ["0-9", 4, 4]], 9),
        ([["A-Z", 1, 1], ["0-9", 7, 7], ["A-Z", 1, 1]], 7),
        ([["a-z", 1, 1], ["0-9", 7, 7]], 0),
        ([["a-z", 1, 1], " ", ["0-9", 7, 7]], 7),
        ([["0-9", 4, 4], [" ", 0, 3], ["0-9", 4, 4]], 4),
        ([{"any": ["12", ["0-9", 5, 5]]}, ["0-9", 2, 2]], 4),
        ([{"repeat": [" ", ["0-9", 4, 4]], "min": 2, "max": 3}], 8),
        ([["0-9", 5, 5], {"repeat": ["x"], "min": 0, "max": 1}, ["0-9", 5, 5]], 5),
    ],
)
def test_how_many_digits_stand_together_in_every_value(value: list[object], digits: int) -> None:
    assert derive.digits(parse(value)) == digits
