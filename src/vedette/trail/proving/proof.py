"""A proof of one record, small enough to mail: whoever pins the host key needs nothing else, not even us.

It holds the record, the audit path from its leaf to a signed root, and the notes that lead from the host key to that
root: note 0 is signed by its own key and the host's, each further one by the key that the one before names. It proves
that the record stood there, unaltered, when the root was signed; not that nothing was left out beside it.

Where a keeper under another user holds the host key, the first note is attested by the host log instead: `head` is the
proof of the host log's record that saw it.

One line of canonical JSON: `{"body":envelope,"n":n,"notes":[0 to i],"path":[hashes],"s":stream,"v":1,"y":"proof"}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.trail.format import inclusion
from vedette.trail.format.canonical import Unreadable, parse
from vedette.trail.format.envelope import b64u, encode, unb64u
from vedette.trail.format.merkle import leaf_hash, spans
from vedette.trail.format.notes import BadNote, Note, parse_note
from vedette.trail.proving.attested import Mark, mark_of
from vedette.trail.proving.leaves import claim_of, leaf_of
from vedette.trail.proving.verdicts import Verdict, plain
from vedette.trail.proving.weighed import Weighed

MAX_NOTES = 2**20
MAX_PATH = 64

Bodies = Callable[[str, int], str]
"""Finds the body of a record: stream and number."""


class NoProof(ValueError):
    """Of this record no proof can be made, or this is none; the message says why."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof as it was read: nothing in it is believed yet."""

    stream: str
    n: int
    body: str
    path: Sequence[bytes]
    notes: Sequence[Note]
    head: Proof | None = None

    def line(self) -> str:
        """As it travels."""
        return encode(self._members()).decode()

    def _members(self) -> dict[str, Any]:
        members = {"body": self.body, "n": self.n, "notes": [note.whole for note in self.notes], "s": self.stream}
        head = {"head": self.head._members()} if self.head else {}
        return {**members, **head, "path": [b64u(each) for each in self.path], "v": 1, "y": "proof"}


# Making one.


def prove(weighed: Weighed, n: int, bodies: Bodies, host: Weighed | None = None) -> Proof:
    """The proof of record `n`, from its stream as it was verified, and its host log. Raises `NoProof`."""
    if not weighed.vouches(n):
        raise NoProof("the record is not proven itself: no checkpoint covers it, or it is not as it was signed")
    notes, head = _notes(weighed, n), None
    if not notes[0].of_host and not _names_host(notes[0]):
        notes, mark = _attested(weighed, n)
        if host is None:
            raise NoProof("its birth is attested by a host log that is not here")
        head = prove(host, mark.by, bodies)
    return Proof(weighed.stream, n, bodies(weighed.stream, n), _path(weighed, n, notes[-1]), notes, head)


def _names_host(note: Note) -> bool:
    return any(name == f"{note.prefix}/host" for name, _, _ in note.signatures)


def _notes(weighed: Weighed, n: int) -> list[Note]:
    """From checkpoint 0 to the first that covers the record; of a host log that one alone: its key does not change."""
    heads = weighed.chain.heads
    notes = [head.options[0].note for head in heads]
    index = next((at for at, note in enumerate(notes) if note.size > n), None)
    if index is not None and notes[index].of_host:
        return [notes[index]]
    if index is None or [head.index for head in heads[: index + 1]] != list(range(index + 1)):
        raise NoProof("the chain of checkpoints that leads to it is not whole")
    return notes[: index + 1]


def _attested(weighed: Weighed, n: int) -> tuple[list[Note], Mark]:
    """From the first checkpoint that the host log has seen to the first one behind that covers the record."""
    heads = {head.index: head.options[0].note for head in weighed.chain.heads}
    marks = weighed.attested.heads
    for first in sorted(marks.keys() & heads.keys()):
        notes: list[Note] = []
        while (note := heads.get(first + len(notes))) is not None:
            notes.append(note)
            if note.size > n:
                return notes, marks[first]
    raise NoProof("the host log has seen no checkpoint of its stream")


def _path(weighed: Weighed, n: int, last: Note) -> list[bytes]:
    """From the peaks of the last checkpoint at or before `n`, and the leaves behind it: the only ones surely here."""
    earlier = [each for head in weighed.chain.heads for each in head.options if each.sound and each.note.size <= n]
    before = max(earlier, key=lambda each: each.note.size, default=None)
    begin, peaks = (before.note.size, before.peaks or ()) if before else (0, ())
    known = dict(zip(spans(begin), peaks, strict=True))
    path = inclusion.path(n, last.size, known, lambda at: _leaf(weighed, at))
    if inclusion.root(_leaf(weighed, n), n, last.size, path) != last.root:
        raise NoProof("records beside it are missing or in doubt")
    return path


def _leaf(weighed: Weighed, n: int) -> bytes:
    """The leaf that was signed: of a record that is not as it was, its successor still tells it."""
    slots = weighed.evidence.leaves.at(n if weighed.vouches(n) else n + 1)
    if not slots:
        raise NoProof("records beside it are missing or in doubt")
    return leaf_of(slots[0]) if weighed.vouches(n) else claim_of(slots[0])


# Checking one.


def read(text: str) -> Proof:
    """Raises `NoProof`."""
    try:
        line = json.loads(text)
        head = line.get("head")
        return _proof(line, _proof(head, None) if head is not None else None)
    except (BadNote, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise NoProof(f"not a proof: {error if isinstance(error, NoProof) else type(error).__name__}") from error


def _proof(line: Any, head: Proof | None) -> Proof:
    notes = [parse_note(note) for note in line["notes"][:MAX_NOTES]]
    path = [unb64u(each) for each in line["path"][:MAX_PATH]]
    stream, n, body = line["s"], line["n"], line["body"]
    if (type(stream), type(n), type(body)) != (str, int, str) or not notes or any(len(each) != 32 for each in path):
        raise NoProof("a member is missing or is none")
    return Proof(stream, n, body, path, notes, head)


def check_proof(proof: Proof, host_key: bytes) -> tuple[dict[str, Any], list[Verdict]]:
    """The envelope, and what is wrong with its proof: nothing, if it is one under this host key. Raises `NoProof`."""
    try:
        envelope, raw, canonical = parse(proof.body)
    except Unreadable as error:
        raise NoProof(f"the record is {error}") from error
    mark, found = _seen(proof, host_key)
    found += _of_chain(proof, host_key, mark)
    place = (envelope.get("s"), envelope.get("n")) == (proof.stream, proof.n)
    if not canonical:
        found.append(Verdict("not-canonical", plain(proof.stream), str(proof.n), proof.n))
    last = proof.notes[-1]
    in_tree = 0 <= proof.n < last.size
    if not place or not in_tree or inclusion.root(leaf_hash(raw), proof.n, last.size, proof.path) != last.root:
        found.append(Verdict("altered-record", plain(proof.stream), str(proof.n), proof.n))
    return envelope, found


def _seen(proof: Proof, host_key: bytes) -> tuple[Mark | None, list[Verdict]]:
    """The head that the host log attests, and what is wrong with the proof of that."""
    if proof.head is None:
        return None, []
    envelope, found = check_proof(proof.head, host_key)
    facts = envelope.get("a")
    if found or type(facts) is not dict or not all(note.of_host for note in proof.head.notes):
        return None, found
    return (mark_of(proof.head.n, facts) if facts.get("vedette.head.stream") == proof.stream else None), found


def _of_chain(proof: Proof, host_key: bytes, mark: Mark | None) -> Iterator[Verdict]:
    """The first note that is not signed by the key that had to sign it; what follows it hangs in the air."""
    key: bytes | None = None
    for index, note in enumerate(proof.notes):
        attested = index == 0 and mark is not None and _is(note, mark, proof.stream)
        if not attested and not _is_signed(note, proof.stream, host_key if index == 0 else None, key):
            yield Verdict("bad-checkpoint-signature", plain(proof.stream), str(index), index)
            return
        key = note.key("next")


def _is(note: Note, mark: Mark, stream: str) -> bool:
    seen = (mark.size, mark.root, mark.next)
    return note.origin.endswith(f"/{stream}") and (note.size, note.root, note.key("next") or b"") == seen


def _is_signed(note: Note, stream: str, host_key: bytes | None, key: bytes | None) -> bool:
    """Note 0, for which the host key is given, needs its signature and that of its own key."""
    if host_key is not None and note.origin.endswith(f"/{stream}/host"):
        return note.signed_by(note.origin, host_key)
    signer = note.key("key") if host_key is not None else key
    if not note.origin.endswith(f"/{stream}") or signer is None or not note.signed_by(note.origin, signer):
        return False
    return host_key is None or note.signed_by(f"{note.prefix}/host", host_key)
