"""Names of persons, by a language model: after the fact, never on the line (60 to 200 ms a KB).

An optional extra: `pip install 'vedette[ner]'` brings spaCy, and one of its models has to be downloaded. Whoever reads
a trail or a file may ask for it; what is on its way to the trail is not kept waiting for it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

MODEL = "en_core_web_sm"
_LABELS = frozenset({"PERSON", "PER"})
_HINT = "names of persons need a language model: pip install 'vedette[ner]' && python -m spacy download {model}"


class Unavailable(RuntimeError):
    """No model is installed; the message says how to get one."""


class Name(NamedTuple):
    """Characters `start` to `end` of a text are somebody's name."""

    start: int
    end: int


class Persons(Protocol):
    """What finds names; any model can stand behind it."""

    def names(self, text: str) -> Iterator[Name]: ...


class Spacy:
    """spaCy's named entities. Raises `Unavailable` where it or its model is not installed."""

    def __init__(self, model: str = MODEL) -> None:
        if importlib.util.find_spec("spacy") is None or importlib.util.find_spec(model) is None:
            raise Unavailable(_HINT.format(model=model))
        self._read: Any = importlib.import_module("spacy").load(model)

    def names(self, text: str) -> Iterator[Name]:
        for entity in self._read(text).ents:
            if entity.label_ in _LABELS:
                yield Name(entity.start_char, entity.end_char)
