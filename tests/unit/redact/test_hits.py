"""The cheap ways of deciding give the answers of the plain ones."""

import hashlib
import hmac
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.redact import Redactor, find, make_key
from vedette.redact.memory import Memory
from vedette.redact.runs import is_run, runs
from vedette.redact.tokens import Tokens
from vedette.redact.validators import entropy, stopped, varied
from vedette.redact.validators.words import _WORDS

FEW = settings(max_examples=200, deadline=None, derandomize=True)
VALUE = "".join(random.Random(3).choices(string.ascii_letters + string.digits, k=30)).encode()


def test_a_digest_is_the_first_64_bits_of_hmac_sha_256() -> None:
    for secret in (b"k" * 32, b"long" * 40):
        tokens = Tokens(make_key(secret))
        key_id, _, digest = tokens.digest("secret", VALUE).partition(".")
        assert key_id == make_key(secret).id
        assert digest == hmac.new(secret, VALUE, hashlib.sha256).hexdigest()[:16]


@FEW
@given(
    text=st.one_of(st.text(max_size=60), st.text("abc1", max_size=40)), least=st.sampled_from((0.5, 2.0, 2.5, 3.0, 4.0))
)
def test_varied_is_a_bound_of_entropy(text: str, least: float) -> None:
    assert varied(text, least) is (entropy(text) >= least)


@FEW
@given(parts=st.lists(st.one_of(st.sampled_from(_WORDS), st.text("aexy-_*0", max_size=5)), max_size=4))
def test_stop_words_are_found_wherever_they_stand(parts: list[str]) -> None:
    text = "".join(parts).upper()
    low = text.lower()
    assert stopped(text) is (any(word in low for word in _WORDS) or any(each * 6 in low for each in set(low)))


def test_remembered_values_are_found_glued_apart_and_with_blanks() -> None:
    memory = Memory()
    loose = b"correct horse battery staple 42"
    memory.add([(VALUE, "secret", 0), (loose, "secret", 0)])
    assert is_run(VALUE) and not is_run(loose)
    for text in (
        VALUE,
        b"x" + VALUE + b"y",
        b"(" + VALUE + b")",
        b"k=" + VALUE + b"; " + VALUE,
        b"the " + loose + b"!",
    ):
        found = memory.copies(text)
        assert b"".join(text[copy.start : copy.end] for copy in found) in (VALUE, VALUE * 2, loose)
    assert memory.copies(VALUE[:-1] + b" " + VALUE[-1:]) == []


@FEW
@given(
    data=st.lists(st.sampled_from((b"a", b"Zz9", b" ", b"\n", b"-", b"=", b"\xc3\xa9", VALUE)), max_size=30).map(
        b"".join
    )
)
def test_every_run_of_a_text_is_among_its_runs(data: bytes) -> None:
    among = runs(data, 12)
    for at in range(len(data) - 11):
        if is_run(data[at : at + 12]):
            assert data[at : at + 12].decode("latin-1") in among


def test_a_cut_never_splits_a_character(redactor: Redactor) -> None:
    for before in ("\ud800", "\u4e2d", "\U0001f600"):
        for secret in (
            "ann.other@example.org",
            "xoxb-" + "1" * 11 + "-" + "2" * 12 + "-" + "aB3dE6" * 4 + "@example.org",
        ):
            assert secret not in redactor.text(f"word{before}{secret}{before}")


def test_what_is_remembered_within_a_text_is_what_would_be_decided_anew(
    redactor: Redactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(11)
    pieces = (
        "password=",
        "max_tokens=",
        "x_token: ",
        "hunter2xyz",
        VALUE.decode(),
        "ann@example.org",
        " ",
        "\n",
        ",",
        '"',
    )
    for _ in range(60):
        few = rng.sample(pieces, 5)
        text = "".join(rng.choices(few, k=120))
        spans = []
        for many in (0, 10**9):
            monkeypatch.setattr(find, "_MANY", many)
            spans.append(redactor.texts.finder().find(text.encode()).spans)
        assert spans[0] == spans[1]
