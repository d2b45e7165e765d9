"""Personal data as people and programs write it, by hand: e-mail, telephone numbers of 40 countries, accounts, national
ids, documents, addresses of machines and of houses, births, cards, in prose, JSON, CSV, SQL and logs
(`hard_held.txt`); and texts that only look like it (`hard_harmless.txt`). Numbers are those of manuals, films and
ranges kept for examples.

A line is a text; what stands between the brackets must be taken out, `\\n` is a line end.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.corpora.sample import Sample

_MARKED = re.compile("\u27e6(.*?)\u27e7")
_FOLDER = Path(__file__).parent


def held() -> list[Sample]:
    """A line each, with its values and where they stand."""
    return [_sample(line.replace("\\n", "\n")) for line in _lines("hard_held.txt")]


def harmless() -> list[str]:
    return _lines("hard_harmless.txt")


def _lines(name: str) -> list[str]:
    return (_FOLDER / name).read_text(encoding="utf-8").splitlines()


def _sample(line: str) -> Sample:
    pieces = _MARKED.split(line)  # text, value, text, value, text
    spans, at = [], 0
    for number, piece in enumerate(pieces):
        if number % 2:
            spans.append((at, at + len(piece), "personal"))
        at += len(piece)
    return Sample("".join(pieces), spans=tuple(spans), rule="hard", source="by hand", values=tuple(pieces[1::2]))
