"""Checkpoints: known answers, who must sign which, and that nobody else can."""

from __future__ import annotations

import json
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from vedette.trail.format import checkpoint as cp
from vedette.trail.format.envelope import genesis
from vedette.trail.format.merkle import Frontier

STREAM = "000102030405060708090a0b0c0d0e0f"
TRAIL = "f" * 32
NAME = f"vedette.local/{TRAIL}/{STREAM}"
HOST = f"vedette.local/{TRAIL}/host"
LEAF = bytes.fromhex("c69f00e4409cb63bff946fdf48502604d4594c01703cc2b29231a7cd1740666e")


def keys() -> cp.Keys:
    host = cp.Named(HOST, cp.signer(bytes([2]) * 32))
    return cp.Keys(NAME, host, 42, 0, cp.signer(bytes(32)), cp.signer(bytes([1]) * 32))


def signatures(note: str) -> list[str]:
    return note.partition("\n\n")[2].splitlines()


def test_known_answers() -> None:
    """Key ids, note 0 and its line are those of trail.md, section 20."""
    note = keys().sign(1, LEAF)
    line = cp.checkpoint_line(STREAM, 0, note, [LEAF])
    assert cp.key_id(NAME, cp.public_bytes(cp.signer(bytes(32)))).hex() == "7c225811"
    assert cp.key_id(HOST, cp.public_bytes(cp.signer(bytes([2]) * 32))).hex() == "4bcc03b8"
    assert sha256(note.encode()).hexdigest() == "afcb669a5c3221696bf6204b1a18133be724dcaf20128fc58a94891ffbda288d"
    assert len(line) == 704
    assert sha256(line).hexdigest() == "0424a5a4caee4a34412c1094b8a752ab3f728de20fc1065528f627b6134e2b70"


def test_the_known_roots() -> None:
    """Of two and of three leaves, section 20."""
    tree = Frontier()
    roots = []
    for leaf in (
        LEAF.hex(),
        "8d9d46469c4b7d8ec6106932dd0fed0c24b4a4d174ca268f9259c8a6898c1d79",
        "774da5cdede7927c3b4c3f54d8c9e50c7c9632f20733371f90e693036e4cbf17",
    ):
        tree.add(bytes.fromhex(leaf))
        roots.append(tree.root().hex())
    assert roots[1:] == [
        "d7f7f97da78ac22ca5544f23442a0b11c7bde14ac6388998e46bf32c70439e71",
        "f50c6e44728e24b6ae66820fae829109b1cc1c254da5d9339a97c8be393edf35",
    ]


def test_only_checkpoint_0_is_certified_by_the_host() -> None:
    """It states the ordinal and its own key; later ones are signed by the announced key alone."""
    first = keys()
    second = first.after()
    note0, note1 = first.sign(1, LEAF), second.sign(2, genesis(bytes(16)))
    assert [line.split()[1] for line in signatures(note0)] == [NAME, HOST]
    assert [line.split()[1] for line in signatures(note1)] == [NAME]
    body0, body1 = (note.partition("\n\n")[0].splitlines() for note in (note0, note1))
    assert [line.split()[0] for line in body0[3:]] == ["ordinal", "key", "next"]
    assert [line.split()[0] for line in body1[3:]] == ["next"]
    assert body0[3] == "ordinal 42"


def test_each_checkpoint_is_signed_by_the_key_that_the_one_before_announced() -> None:
    """The chain of keys: `next` of one is the public key under which the following verifies."""
    current = keys()
    announced = cp.public_bytes(current.current)
    for size in range(1, 5):
        note = current.sign(size, LEAF)
        text = note.partition("\n\n")[0] + "\n"
        blob = cp.base64.b64decode(signatures(note)[0].split()[2])
        assert blob[:4] == cp.key_id(NAME, announced)
        Ed25519PublicKey.from_public_bytes(announced).verify(blob[4:], text.encode())
        assert cp.verifies(announced, blob[4:], text.encode())
        assert not cp.verifies(announced, blob[4:], text.encode() + b"x")
        announced = cp.base64.b64decode(text.splitlines()[-1].removeprefix("next "))
        current = current.after()


def test_the_last_checkpoint_announces_nobody() -> None:
    """Nothing can follow, whoever holds the leftover key."""
    assert "next " not in keys().after().sign(7, LEAF, last=True)


def test_a_stream_without_a_host_key() -> None:
    """Where the host key does not lie here, checkpoint 0 carries one signature."""
    lone = cp.Keys.first(NAME, None, 0)
    assert len(signatures(lone.sign(1, LEAF))) == 1


def test_a_garbage_key_verifies_nothing() -> None:
    """A key that is no point on the curve is a failed check, not a crash."""
    assert not cp.verifies(b"\xff" * 32, bytes(64), b"text")
    assert not cp.verifies(b"short", bytes(64), b"text")


def test_the_line_is_canonical_json() -> None:
    """One line, sorted keys, peaks largest first."""
    line = cp.checkpoint_line(STREAM, 3, "note", [bytes(32), b"\xff" * 32])
    assert line.decode() == json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"))
    assert json.loads(line) == {
        "f": ["A" * 43, "_" * 42 + "8"],
        "i": 3,
        "note": "note",
        "s": STREAM,
        "v": 1,
        "y": "checkpoint",
    }
