"""What an anchor is, what it answers, and what can go wrong with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from vedette.trail.format.envelope import b64u, encode
from vedette.trail.format.notes import Note

MOST = 64 * 1024
"""Bytes of a statement at most: a note, and a token or a few signatures."""


class BadAnchor(ValueError):
    """A setting that names no anchor; the message says why, in one sentence."""


class Failed(Exception):
    """An anchor could not be reached, or refused: try again later. The message is one short sentence."""


class Forked(Failed):
    """An anchor has seen another history of this log: whoever holds the host key has shown two."""


class NotProven(ValueError):
    """A statement that proves nothing to whoever trusts this anchor; the message says why."""


class Growing(Protocol):
    """The host log as an anchor is shown it: its newest note, and proofs that older trees are its beginning."""

    size: int

    @property
    def note(self) -> str: ...
    def proof(self, old: int) -> list[bytes]: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """What an anchor said of one host note, with all that is needed to check it. Without a token the note is all."""

    kind: str
    name: str
    note: str
    token: bytes = b""

    def encoded(self) -> str:
        token = base64.b64encode(self.token).decode()
        return encode({"kind": self.kind, "name": self.name, "note": self.note, "token": token}).decode()

    @property
    def hash(self) -> str:
        """How records name it: base64url SHA-256 of its encoded form."""
        return b64u(sha256(self.encoded().encode()).digest())


def decoded(text: str) -> Statement | None:
    """The statement that `text` holds, or None."""
    try:
        found: Any = json.loads(text) if len(text) <= MOST else None
        parts = (found["kind"], found["name"], found["note"], found["token"])
        if not all(isinstance(part, str) for part in parts):
            return None
        return Statement(*parts[:3], base64.b64decode(parts[3], validate=True))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Seen:
    """A host note that an anchor has seen, at `time` (ns of its clock; 0 = it tells none); `hash` of the statement."""

    kind: str
    name: str
    note: Note
    time: int
    hash: str


class Anchor(Protocol):
    """One anchor. `name` is what people see, without secrets."""

    kind: str
    name: str

    def attest(self, log: Growing) -> Statement:
        """Show it the newest note. Raises `Failed`."""

    def time(self, statement: Statement) -> int | None:
        """When, in ns of the anchor's own clock, it saw the note. Raises `NotProven`.

        None where a statement proves nothing in other hands: only what is `kept` counts.
        """

    def kept(self, trail: str) -> Iterator[tuple[Statement, int]]:
        """Statements that lie with the anchor itself, for the trail of this id. Raises `Failed`.

        With the time at which it took them, in ns; 0 = it tells none.
        """
