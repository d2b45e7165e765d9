"""A stream however it is cut gives what the whole gives (issue 5, R7)."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.redact.conftest import KEY
from tests.unit.redact.drawn import secret, texts

from vedette.redact import Redactor

MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
WORDS = "the quick brown fox jumps over the lazy dog and then some more words follow ".split()


def streamed(redactor: Redactor, pieces: list[bytes]) -> tuple[bytes, list[tuple[str, str]]]:
    stream = redactor.stream()
    out = b"".join([*(stream.feed_bytes(piece) for piece in pieces), stream.close_bytes()])
    return out, [(label.kind, label.digest) for label in stream.labels]


def whole(text: str) -> tuple[bytes, list[tuple[str, str]]]:
    """By a redactor of its own, so that nothing is remembered from one to the other."""
    redactor = Redactor("all", KEY)
    data = text.encode("utf-8", "surrogatepass")
    return redactor.text(text).encode("utf-8", "surrogatepass"), streamed(Redactor("all", KEY), [data])[1]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    return [data[lo:hi] for lo, hi in zip([0, *ends], ends, strict=False)]


@MANY
@given(text=texts, places=st.lists(st.integers(0, 10**6), max_size=12))
def test_short_texts_cut_anywhere(engines: object, text: str, places: list[int]) -> None:
    data = text.encode("utf-8", "surrogatepass")
    assert streamed(Redactor("all", KEY), cut(data, places)) == whole(text)


def long_text(seed: int, size: int) -> str:
    """Prose with a secret every KB or so: long enough for the stream to let go of its beginning."""
    rng = random.Random(seed)
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        parts += [" ".join(rng.choices(WORDS, k=rng.randint(20, 160))), rng.choice((" ", "\n", '"', "中")), secret(rng)]
    return "".join(parts)


@settings(MANY, max_examples=12)
@given(seed=st.integers(0, 2**32), places=st.lists(st.integers(0, 10**6), max_size=40))
def test_long_texts_cut_anywhere(engines: object, seed: int, places: list[int]) -> None:
    text = long_text(seed, 40_000)
    assert streamed(Redactor("all", KEY), cut(text.encode(), places)) == whole(text)


def test_every_single_place_and_every_single_byte(engines: object) -> None:
    """A multi-byte character, an escape, a key block and a key cut at each place."""
    text = 'é中 "token": "' + secret(random.Random(1)) + '"\\n' + secret(random.Random(8)) + " end"
    data, expected = text.encode(), whole(text)
    for at in range(len(data)):
        assert streamed(Redactor("all", KEY), [data[:at], data[at:]]) == expected
    assert streamed(Redactor("all", KEY), [data[at : at + 1] for at in range(len(data))]) == expected


def test_a_stream_lets_go_while_it_runs(redactor: Redactor) -> None:
    """Of what is older than the hold-back: a live view shows it before the end."""
    stream = redactor.stream()
    shown = sum(len(stream.feed("some more words here\n" * 50)) for _ in range(40))
    assert shown > 30_000


def test_json_is_kept_until_its_end_and_judged_as_a_whole(redactor: Redactor) -> None:
    stream = redactor.stream("/body")
    assert stream.feed('{"password": {"a":') == ""
    assert stream.feed(' "hunter2-hunter2"}}') == ""
    assert "hunter2" not in stream.close()
    assert [(label.kind, label.path) for label in stream.labels] == [("password", "/body/password/a")]


def test_what_has_no_end_is_withheld(redactor: Redactor) -> None:
    """Nothing passes through because it was too long to judge."""
    stream = redactor.stream()
    out = "".join(stream.feed("a" * 100_000) for _ in range(12)) + stream.close()
    assert "[withheld:size:1" in out
    assert stream.withheld == 1
