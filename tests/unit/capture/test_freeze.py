"""What the host waits for while its values are frozen: little, however large they are."""

from __future__ import annotations

import json
import time
from hashlib import sha256
from pathlib import Path

import pytest
from tests.trails import records

import vedette
from vedette.capture.freeze import LARGE, freeze
from vedette.redact.tokens import Tokens, make_key

MB = 2**20


@vedette.tool
def swallow(value: object, also: str = "") -> object:
    return value


@pytest.mark.parametrize(
    "text", ["x" * (LARGE + 1), "\ud800" + "ü" * LARGE, "x" * (64 * 1024 - 1) + "\ud83d\ude00" * LARGE]
)
def test_an_argument_too_long_to_keep_is_its_size_and_digest(text: str) -> None:
    """The arguments beside it are kept; the digest is over the whole text, wherever the pieces end."""
    frozen = freeze({"value": text, "also": "short"})
    assert isinstance(frozen, str)
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    assert json.loads(frozen) == {"value": {"type": "str", "size": len(text), "sha256": digest}, "also": "short"}


def test_an_argument_that_is_kept_stays_as_it_is() -> None:
    """Up to the limit, to the character."""
    given = {"value": "x" * LARGE}
    assert json.loads(str(freeze(given))) == given


def test_the_keyed_digest_of_a_long_text_is_that_of_its_bytes() -> None:
    """However it is cut."""
    tokens = Tokens(make_key(b"k" * 32))
    for text in ("", "x" * 65_537, "x" * 65_535 + "\ud83d\ude00ü", "\udfff" * 70_000):
        assert tokens.of_text(text) == tokens.digest("arguments", text.encode("utf-8", "surrogatepass"))


def test_an_argument_of_64_mb_costs_the_host_a_quarter_of_a_second_at_most(tmp_path: Path) -> None:
    """CPU of the host's own thread; what it was is told, and so is the argument beside it."""
    vedette.start(trail=tmp_path / "trail")
    text = "x" * (64 * MB)
    swallow("warm")
    begin = time.thread_time()
    assert swallow(text, also="beside it") is text
    took = time.thread_time() - begin
    vedette.stop()
    assert took < 0.25
    (intent,) = (each for each in records(tmp_path / "trail", phase="intent") if "beside it" in str(each.content))
    assert str(64 * MB) in str(intent.content)
