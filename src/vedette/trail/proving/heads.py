"""The chain of keys of one stream: which of its checkpoints are true, which are forged, missing or two-faced.

Checkpoint 0 is signed by its own key and by the host's, each further one by the key that the one before names. A break
costs the trust of all that follows, not the reading of it: the next checkpoint is taken as it is, so that one loss has
one name. Trust returns with a head that the host log attests, which may also stand for the host's own signature.

The checkpoints of the host log itself have no chain: each is signed by the one host key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from vedette.trail.format.notes import Checkpoint
from vedette.trail.proving.attested import Mark
from vedette.trail.proving.intervals import Head

MOST_FACES = 16

Run = tuple[int, int]


@dataclass(slots=True)
class Chain:
    """What came out. `certified`: checkpoint 0 is there and signed as it must be.

    `forks` are sizes of which the host key signed two histories.
    """

    heads: list[Head] = field(default_factory=list)
    missing: list[Run] = field(default_factory=list)
    bad_signature: list[int] = field(default_factory=list)
    forged: list[int] = field(default_factory=list)
    equivocal: list[int] = field(default_factory=list)
    forks: list[int] = field(default_factory=list)
    certified: bool = False
    closed: bool = False


class Heads:
    """All checkpoints of one stream, as they come. `prefix` is `<origin>/<trail id>` of the first one."""

    def __init__(self) -> None:
        self._faces: dict[int, list[Checkpoint]] = {}
        self.prefix = ""

    def __len__(self) -> int:
        return len(self._faces)

    def put(self, checkpoint: Checkpoint) -> None:
        self.prefix = self.prefix or checkpoint.note.prefix
        faces = self._faces.setdefault(checkpoint.index, [])
        if len(faces) < MOST_FACES and checkpoint not in faces:
            faces.append(checkpoint)

    @property
    def first(self) -> Sequence[Checkpoint]:
        return self._faces.get(0, ())

    @property
    def of_host(self) -> bool:
        """Whether these are checkpoints of a host log."""
        return any(each.note.of_host for faces in self._faces.values() for each in faces)

    def chain(self, host_key: bytes | None, attested: Mapping[int, Mark], *, young: bool = False) -> Chain:
        """Follow the keys. `host_key` must have signed checkpoint 0; None = not known.

        `attested` heads, by index, are true. `young`: the writer lives, and the keeper may not have met it yet.
        """
        walk = _Walk(host_key, attested, young=young)
        for index in sorted(self._faces):
            walk.step(index, self._faces[index])
        return walk.chain

    def host_chain(self, host_key: bytes | None) -> Chain:
        """The heads of a host log, by their sizes, each of which must be signed by `host_key`; None = not known."""
        chain = Chain(closed=True)
        sizes: dict[int, list[Checkpoint]] = {}
        for index, faces in sorted(self._faces.items()):
            true = [each for each in faces if _is_of_host(each, host_key)]
            if not true:
                chain.bad_signature.append(index)
            elif len(true) < len(faces):
                chain.forged.append(index)
            for each in true:
                sizes.setdefault(each.note.size, []).append(each)
        for size, options in sorted(sizes.items()):
            if len({each.note.root for each in options}) > 1:
                chain.forks.append(size)
            chain.heads.append(Head(options[0].index, options, trusted=True))
        chain.missing = _holes(sorted(self._faces))
        return chain


def _is_of_host(checkpoint: Checkpoint, host_key: bytes | None) -> bool:
    note = checkpoint.note
    return note.of_host and (host_key is None or note.signed_by(note.origin, host_key))


def _holes(indexes: Sequence[int]) -> list[Run]:
    return [(before + 1, after - 1) for before, after in pairwise([-1, *indexes]) if after > before + 1]


class _Walk:
    """`keys` are those that may sign the next checkpoint; empty = not known, something was lost before."""

    def __init__(self, host_key: bytes | None, attested: Mapping[int, Mark], *, young: bool) -> None:
        self.chain = Chain()
        self._host_key = host_key
        self._attested = attested
        self._young = young
        self._keys: list[bytes] = []
        self._next = 0
        self._trusted = True

    def step(self, index: int, faces: Sequence[Checkpoint]) -> None:
        chain = self.chain
        if chain.closed:
            chain.forged.append(index)
            return
        if index > self._next:
            chain.missing.append((self._next, index - 1))
            self._lose()
        self._next = index + 1
        true = self._true(index, faces)
        if not true:
            chain.bad_signature.append(index)
            self._lose()
            return
        self._judge(index, faces, true)
        chain.certified |= index == 0
        self._trusted |= all(map(self._is_attested, true))
        chain.heads.append(Head(index, true, self._trusted))
        self._keys = [key for each in true if (key := each.note.key("next")) is not None]
        chain.closed = not any("next" in each.note.extensions for each in true)
        if not self._keys and not chain.closed:
            self._lose()

    def _lose(self) -> None:
        self._keys = []
        self._trusted = False

    def _true(self, index: int, faces: Sequence[Checkpoint]) -> list[Checkpoint]:
        """The checkpoints that are signed as they must be; where that cannot be known any more, all."""
        if index == 0:
            return [each for each in faces if self._is_birth(each)]
        if not self._trusted and not self._keys:
            return [each for each in faces if self._is_attested(each)] or list(faces)
        return [each for each in faces if any(each.note.signed_by(each.note.origin, key) for key in self._keys)]

    def _is_birth(self, checkpoint: Checkpoint) -> bool:
        note, key = checkpoint.note, checkpoint.note.key("key")
        if key is None or not note.signed_by(note.origin, key):
            return False
        name = f"{note.prefix}/host"
        if self._host_key is None or note.signed_by(name, self._host_key) or self._is_attested(checkpoint):
            return True
        if self._young and not any(signer == name for signer, _, _ in note.signatures):
            self._trusted = False
            return True
        return False

    def _is_attested(self, checkpoint: Checkpoint) -> bool:
        mark, note = self._attested.get(checkpoint.index), checkpoint.note
        return mark is not None and (note.size, note.root, note.key("next") or b"") == (mark.size, mark.root, mark.next)

    def _judge(self, index: int, faces: Sequence[Checkpoint], true: Sequence[Checkpoint]) -> None:
        """One index, one head: what stands beside it."""
        heads = {each.note.text for each in true}
        if len(heads) > 1 and (self._keys or index == 0):
            self.chain.equivocal.append(index)
        elif len(heads) > 1 or any(each.note.text not in heads for each in faces):
            self.chain.forged.append(index)
