"""Names of persons are an extra, and say so where it is missing."""

from __future__ import annotations

import importlib.util

import pytest

from vedette.redact import persons


@pytest.mark.skipif(importlib.util.find_spec("spacy") is not None, reason="the extra is installed")
def test_without_the_extra_the_message_says_how_to_get_it() -> None:
    with pytest.raises(persons.Unavailable, match=r"pip install 'vedette\[ner\]' && python -m spacy download"):
        persons.Spacy()
