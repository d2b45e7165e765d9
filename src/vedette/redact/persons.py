"""Names of persons, by a language model: `vedette redact --names`, never on the line (60 to 200 ms a KB).

An optional extra: `pip install 'vedette[ner]'` brings spaCy, and one of its models has to be downloaded.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from vedette import late
from vedette.event import Label
from vedette.redact.texts import Taken
from vedette.redact.tokens import Tokens

MODEL = "en_core_web_sm"
MOST = 64 * 1024
"""Bytes of a line that the model is shown at once; a longer one is cut at a blank, if it has any."""

_LABELS = frozenset({"PERSON", "PER"})
_NO_NAME = re.compile(r"[\d\[\]{}<>\"\\/:=@_]")
"""What stands in structure, paths and marks, and in nobody's name: a guess of the model that would break them."""

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
        self._read: Any = late.module("spacy").load(model)

    def names(self, text: str) -> Iterator[Name]:
        for entity in self._read(text).ents:
            if entity.label_ in _LABELS:
                yield Name(entity.start_char, entity.end_char)


class Nameless:
    """Redacted bytes in, the same without names out, whole lines at a time. `labels`: what was taken out."""

    def __init__(self, persons: Persons, tokens: Tokens) -> None:
        self._persons = persons
        self._tokens = tokens
        self._rest = b""
        self.labels: list[Label] = []

    def pieces(self, source: Iterable[bytes]) -> Iterator[bytes]:
        for piece in source:
            self._rest += piece
            while end := self._end():
                line, self._rest = self._rest[:end], self._rest[end:]
                yield self._without(line)
        yield self._without(self._rest)

    def _end(self) -> int:
        """Where what can be judged ends; 0 = more must come."""
        end = self._rest.find(b"\n", 0, MOST) + 1
        if end or len(self._rest) < MOST:
            return end
        return self._rest.rfind(b" ", 0, MOST) + 1 or MOST

    def _without(self, line: bytes) -> bytes:
        text = line.decode("utf-8", "surrogateescape")
        pieces, done = [], 0
        for start, end in self._persons.names(text):
            name = text[start:end]
            if not _NO_NAME.search(name):
                digest = self._tokens.digest("person", name.encode("utf-8", "surrogateescape"))
                self.labels.append(Taken("person", digest, "names", "pii", "redact").at(""))
                pieces += [text[done:start], f"[person:{digest}]"]
                done = end
        return "".join([*pieces, text[done:]]).encode("utf-8", "surrogateescape")
