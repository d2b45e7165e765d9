"""One contract, three engines: the same bytes are masked, by whichever is installed (issue 5, R5)."""

import gc
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.redact.drawn import texts

from vedette.redact.find import Finder
from vedette.redact.scanners import Busy, TooDense
from vedette.redact.scanners.choose import Engine
from vedette.redact.scanners.contract import MOST_HITS

MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def masked(finder: Finder, data: bytes) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in finder.find(data).spans]


@pytest.mark.parametrize("other", ["re2", "plain"])
def test_the_same_spans_on_the_corpus(finders: dict[str, Finder], corpus: list[str], other: str) -> None:
    differ = []
    for text in corpus if other == "re2" else corpus[::8]:
        data = text.encode()
        if masked(finders["hyperscan"], data) != masked(finders[other], data):
            differ.append(text)
    assert not differ, f"{len(differ)}, the first: {differ[0]!r}"


@MANY
@given(text=texts)
def test_the_same_spans_on_random_texts(finders: dict[str, Finder], text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    assert masked(finders["hyperscan"], data) == masked(finders["re2"], data) == masked(finders["plain"], data)


@MANY
@given(data=st.binary(max_size=600))
def test_the_same_spans_on_random_bytes(finders: dict[str, Finder], data: bytes) -> None:
    assert masked(finders["hyperscan"], data) == masked(finders["re2"], data) == masked(finders["plain"], data)


def test_many_threads_scan_at_once(engines: dict[str, Engine], corpus: list[str]) -> None:
    """Each with a scratch of its own, so none is told that it is in use."""
    scanner = engines["hyperscan"].scanner
    data = "\n".join(corpus[:400]).encode()
    expected, found = scanner.hits(data), []

    def scan() -> None:
        found.extend(scanner.hits(data) == expected for _ in range(20))

    threads = [threading.Thread(target=scan) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 120


def test_a_thread_that_enters_again_is_told_busy(engines: dict[str, Engine]) -> None:
    """The collector may run a finaliser of the host's in the middle of a scan, and that may log, and be redacted."""
    scanner, seen = engines["hyperscan"].scanner, []

    class Logs:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            try:
                scanner.hits(b"x")
            except Busy as error:
                seen.append(error)

    text = b"AKIA" + b"ABCDEFGHIJKLMNOP "
    gc.collect()
    before = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    try:
        for _ in range(50):
            Logs()
            scanner.hits(text * 40)
    finally:
        gc.set_threshold(*before)
    assert scanner.hits(text)


def test_a_text_of_nothing_but_hits_is_too_dense(engines: dict[str, Engine]) -> None:
    dense = b"a@b.co " * (MOST_HITS + 10)
    for engine in engines.values():
        with pytest.raises(TooDense):
            engine.scanner.hits(dense)
    assert engines["hyperscan"].scanner.hits(b"nothing") == []
