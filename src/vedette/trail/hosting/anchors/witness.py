"""`witness:` a C2SP tlog-witness. It is shown that the log has only grown, and cosigns the note with its own time.

A witness remembers the newest head it cosigned. 409 tells its size, so that a client needs no memory of its own; a size
that this log never had, or a root that is not the beginning of this log, means that somebody showed it another log.
Formats: C2SP tlog-witness and tlog-cosignature (`cosignature/v1`, Ed25519), read in November 2026.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping

from vedette.trail.format.checkpoint import verifies
from vedette.trail.format.notes import BadNote, parse_note
from vedette.trail.hosting.anchors.anchor import Anchor, BadAnchor, Failed, Forked, Growing, NotProven, Statement
from vedette.trail.hosting.anchors.http import Answer, ask, checked

COSIGNATURE = 4
MOST_PROOF = 63
SIZE = "text/x.tlog.size"


def make(where: str, options: Mapping[str, str]) -> Anchor:
    return Witness(checked(where).rstrip("/"), *_verifier(options.get("key", "")))


def _verifier(text: str) -> tuple[str, bytes]:
    """Name and public key of a verifier key `name+id+base64`, whose algorithm is that of cosignatures."""
    name, _, rest = text.partition("+")
    identity, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 33 or raw[0] != COSIGNATURE or _key_id(name, raw[1:]).hex() != identity:
        raise BadAnchor("witness: needs #key=NAME+ID+KEY, the witness's verifier key for Ed25519 cosignatures")
    return name, raw[1:]


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([COSIGNATURE]) + public).digest()[:4]


class Witness:
    """One witness. `_seen` is the size it cosigned last, as far as we know; it is asked where we do not."""

    kind = "witness"

    def __init__(self, url: str, name: str, public: bytes) -> None:
        self._url = url
        self._public = public
        self.name = name
        self._seen = 0

    def attest(self, log: Growing) -> Statement:
        answer = self._add(log)
        if answer.status == 409 and answer.kind.startswith(SIZE):
            self._seen = self._told(answer, log)
            answer = self._add(log)
        if answer.status in (409, 422):
            raise Forked(f"{self.name} has seen another log of this name")
        if answer.status != 200:
            raise Failed(f"{self.name} answered {answer.status}")
        statement = Statement(self.kind, self.name, log.note, answer.body)
        try:
            self.time(statement)
        except NotProven as error:
            raise Failed(str(error)) from error
        self._seen = log.size
        return statement

    def _add(self, log: Growing) -> Answer:
        proof = [base64.b64encode(each).decode() for each in log.proof(self._seen)]
        if len(proof) > MOST_PROOF:
            raise Failed("the proof is too long for a witness")
        body = "".join(f"{line}\n" for line in (f"old {self._seen}", *proof, "")) + log.note
        return ask("POST", f"{self._url}/add-checkpoint", body.encode(), {"Content-Type": "text/plain; charset=utf-8"})

    def _told(self, answer: Answer, log: Growing) -> int:
        """The size that the witness has seen; one that we never had is a fork."""
        text = answer.body.decode("ascii", "replace").strip()
        if not (text.isascii() and text.isdigit()) or len(text) > 16:
            raise Failed(f"{self.name} answered a size that is none")
        if int(text) > log.size:
            raise Forked(f"{self.name} has seen {text} records of this log, and there are {log.size}")
        return int(text)

    def time(self, statement: Statement) -> int:
        """The time of its cosignature, which MUST be over this very note."""
        body, _, _ = statement.note.rpartition("\n\n")
        for name, identity, signed in self._lines(statement):
            if name != self.name or identity != _key_id(self.name, self._public) or len(signed) != 72:
                continue
            seconds = int.from_bytes(signed[:8], "big")
            if seconds < 2**33 and verifies(
                self._public, signed[8:], f"cosignature/v1\ntime {seconds}\n{body}\n".encode()
            ):
                return seconds * 10**9
        raise NotProven(f"{self.name} has not cosigned this note")

    @staticmethod
    def _lines(statement: Statement) -> tuple[tuple[str, bytes, bytes], ...]:
        """The signature lines of its answer, read as those of the note they belong to."""
        try:
            body, _, _ = statement.note.rpartition("\n\n")
            return parse_note(f"{body}\n\n{statement.token.decode()}").signatures
        except (BadNote, UnicodeDecodeError):
            return ()

    def kept(self, trail: str) -> Iterator[tuple[Statement, int]]:
        return iter(())
