"""The contract of an engine, and what all three share."""

from __future__ import annotations

from typing import Protocol

Hit = tuple[int, int, int]
"""(core, end, start): a match of that core ends before byte `end`. Cores are numbered as in `Pack.cores`.

`start` is the leftmost place where that match may begin, for cores of the group `keyvalue`; for others it says nothing.
Where a text is so full of them that an engine does not ask, it is `NO_START`, and the hit is not judged but masked.
"""

NO_START = -1

MOST_HITS = 20_000
"""Of one scan. A text that has more is an attack or a table of nothing but secrets; it is withheld (redaction.md 10).
"""

_NAMES = (
    "pass(?:word|wd|phrase)?|pwd|secret|token|key|credentials?|auth(?:orization)?|cookie|signature|sig|otp|pin|cv[vc]|"
    "salt|hmac|string"
)
_QUOTE = "[\"']"
_CLOSE = "|".join(f"{blanks}{_QUOTE}{more}:" for blanks in ("", " ", " {3}", " {7}") for more in ("", " {1,7}"))
"""Spelled out, so that each name has a literal with its quote: a third of the time."""
GATES = (f"(?i:{_NAMES})(?:{_CLOSE})".encode(), rb"[0-9A-Za-z+/_\-]{40}")
"""Not rules but questions, answered by the same scan: is there a JSON key that may be a secret's name; is there a long
run of base64. Asked once a text: one answer each, wherever it is. They are numbered after the last core."""


class Busy(RuntimeError):
    """The engine was entered again by its own thread (a signal, the garbage collector): the caller withholds."""


class TooDense(ValueError):
    """More than `MOST_HITS` in one text."""


class Scanner(Protocol):
    """An engine. `hits` may be called on any thread; it raises `Busy` or `TooDense`, and nothing else is expected."""

    name: str

    def hits(self, data: bytes) -> list[Hit]:
        """Every core's ends in `data`; of ends that follow each other within one match, at least the first."""
        ...
