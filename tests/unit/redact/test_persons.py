"""Names of persons, after the fact: `vedette redact --names`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from vedette.redact import make_key
from vedette.redact.persons import MOST, Name, Nameless, Spacy, Unavailable
from vedette.redact.tokens import Tokens


class Known:
    """A model that knows two persons, and takes whatever stands before `said` for a third."""

    def names(self, text: str) -> Iterator[Name]:
        for match in re.finditer(r"Ada Lovelace|Émile Zola|\S+(?= said)", text):
            yield Name(*match.span())


def out(*pieces: bytes) -> tuple[bytes, list[str]]:
    names = Nameless(Known(), Tokens(make_key(b"k" * 32)))
    return b"".join(names.pieces(pieces)), [label.kind for label in names.labels]


def test_the_same_person_has_the_same_mark() -> None:
    text, kinds = out("Ada Lovelace met Émile Zola.\nÉmile Zola left.\n".encode())
    first, second, third = re.findall(rb"\[person:[0-9a-f]+\.[0-9a-f]{16}\]", text)
    assert text == first + b" met " + second + b".\n" + third + b" left.\n"
    assert (first != second, second == third, kinds) == (True, True, ["person"] * 3)


def test_a_name_that_comes_in_two_pieces_is_one() -> None:
    whole, _ = out(b"by Ada Lovelace\nx")
    assert out(b"by Ada Love", b"lace\n", b"x")[0] == whole and b"Love" not in whole


def test_what_no_name_can_hold_stays() -> None:
    """Structure, marks and paths are not broken by a guess."""
    line = b'{"k":"[email:ab12.0123456789abcdef] said","p":"/home/x said"}\n'
    assert out(line) == (line, [])
    assert json.loads(out(b'{"who":"Ada Lovelace"}\n')[0])["who"].startswith("[person:")


def test_a_line_without_an_end_is_cut_at_a_blank_and_bytes_that_are_no_text_stay() -> None:
    line = b"\xff" + b"word " * MOST + b"Ada Lovelace"
    text, kinds = out(line)
    assert text.startswith(b"\xffword word ") and text.endswith(b"]") and kinds == ["person"]
    assert text.count(b"word ") == MOST


def test_without_a_model_it_says_how_to_get_one() -> None:
    with pytest.raises(Unavailable, match=r"pip install 'vedette\[ner\]' && python -m spacy download no_such_model"):
        Spacy("no_such_model")
