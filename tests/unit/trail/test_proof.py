"""Proofs of one record: they stand alone, under the pinned host key, and for nothing but that record."""

from __future__ import annotations

import hashlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import trail_forge as forge

from vedette.trail.format import inclusion
from vedette.trail.format.merkle import leaf_hash, root_of, spans
from vedette.trail.format.notes import public_key
from vedette.trail.proving.proof import Bodies, NoProof, Proof, check_proof, prove, read
from vedette.trail.proving.verify import Beside, Examined, examined

ONE = forge.stream(0)
KEY = public_key(forge.HOST_KEYS[f"{forge.PREFIX}/host"])
OTHER = forge.public(forge.seed(7, 7))


def seen(bodies: list[str]) -> Examined:
    return examined(bodies, Beside(host_keys=forge.HOST_KEYS))


def proof_of(n: int, bodies: list[str] | None = None) -> Proof:
    weighed = seen(forge.lines(ONE) if bodies is None else bodies).judge.of(ONE.id)
    assert weighed is not None
    return prove(weighed, n, body_in(ONE))


def body_in(*streams: forge.Stream) -> Bodies:
    return lambda stream, n: next(each for each in streams if each.id == stream).at("record", n).body


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(size)]


@given(st.integers(1, 200), st.data())
def test_every_leaf_has_a_path_to_the_root(size: int, data: st.DataObject) -> None:
    """RFC 6962, 2.1.1: also where only the peaks of a smaller tree are known; no other place and leaf has it."""
    n, begin = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    every = leaves(size)
    begin = min(begin, n)
    known = dict(zip(spans(begin), forge.peaks(every[:begin]), strict=True))

    def leaf(at: int) -> bytes:
        assert at >= begin, "a leaf below the known peaks"
        return every[at]

    path = inclusion.path(n, size, known, leaf)
    top = forge.root(every)
    assert top == root_of(forge.peaks(every))
    assert inclusion.root(every[n], n, size, path) == top
    assert all(inclusion.root(every[at], at, size, path) != top for at in range(size) if at != n)
    assert inclusion.root(every[n], n, size, [*path, bytes(32)]) is None
    assert not path or inclusion.root(every[n], n, size, path[:-1]) is None


@pytest.mark.parametrize("n", [0, 1, 2, 16, 17, 40, 96, 97, 101])
def test_a_record_is_proven_by_its_proof_alone(n: int) -> None:
    """Written, read elsewhere, checked with the pinned key."""
    proof = read(proof_of(n).line())
    envelope, verdicts = check_proof(proof, KEY)
    assert (envelope["n"], verdicts) == (n, [])
    assert len(proof.line()) < 8_000


def test_the_path_needs_no_record_before_its_interval() -> None:
    """Old parts may be gone: the peaks of the checkpoint before are enough."""
    kept = [each.body for each in ONE.items if each.sort == "checkpoint" or each.n >= 33]
    assert check_proof(proof_of(40, kept), KEY)[1] == []


def test_an_altered_record_has_no_proof_and_its_neighbours_have() -> None:
    """What is not as signed cannot be proven; what stands beside it can: its successor still tells the signed leaf."""
    true = ONE.at("record", 40)
    bodies = [true.changed(e="other").body if each is true else each.body for each in ONE.items]
    for n in (33, 39, 41, 48):
        assert check_proof(proof_of(n, bodies), KEY)[1] == []
    with pytest.raises(NoProof, match="not proven itself"):
        proof_of(40, bodies)


def test_in_a_torn_interval_nothing_can_be_proven() -> None:
    """Two records missing in a row: the root cannot be reached."""
    bodies = [each.body for each in ONE.items if each.sort != "record" or each.n not in (40, 41)]
    with pytest.raises(NoProof, match="not proven itself"):
        proof_of(38, bodies)


def test_a_record_beyond_the_last_checkpoint_has_none() -> None:
    """Nobody has signed it yet."""
    one = forge.stream(0, records=40, closed=False)
    weighed = seen(forge.lines(one)).judge.of(one.id)
    assert weighed is not None
    with pytest.raises(NoProof, match="no checkpoint covers it"):
        prove(weighed, 37, body_in(one))


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"body": ONE.at("record", 41).body}, "altered-record {} 40"),
        ({"body": ONE.at("record", 40).body.replace("weather", "whether")}, "altered-record {} 40"),
        ({"body": json.dumps(ONE.at("record", 40).value)}, "not-canonical {} 40"),
        ({"n": 41}, "altered-record {} 41"),
        ({"n": 2**60}, "altered-record {} " + str(2**60)),
        ({"path": []}, "altered-record {} 40"),
        ({"s": "0" * 32}, "bad-checkpoint-signature " + "0" * 32 + " 0"),
    ],
)
def test_a_changed_proof_proves_nothing(change: dict[str, object], verdict: str) -> None:
    """Whatever member is changed, what is wrong is named."""
    line = json.loads(proof_of(40).line()) | change
    found = [str(each) for each in check_proof(read(json.dumps(line)), KEY)[1]]
    assert verdict.format(ONE.id) in found


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_the_chain_of_notes_must_be_whole(gone: int) -> None:
    """A note left out, or another host key, breaks the way from the pinned key to the root."""
    line = json.loads(proof_of(40).line())
    assert len(line["notes"]) == 4
    del line["notes"][gone]
    assert [str(each) for each in check_proof(read(json.dumps(line)), KEY)[1]] == [
        f"bad-checkpoint-signature {ONE.id} {gone}"
    ]
    assert [str(each) for each in check_proof(proof_of(40), OTHER)[1]] == [f"bad-checkpoint-signature {ONE.id} 0"]


def test_a_forged_root_is_not_signed() -> None:
    """A path to a root of one's own, in a note signed by a key of one's own."""
    line = json.loads(proof_of(40).line())
    thief = forge.Stream(0, keys={3: forge.seed(9, 9)})
    thief.leaves = [hashlib.sha256(bytes([n])).digest() for n in range(49)]
    line["notes"][3] = thief.note(3)
    assert f"bad-checkpoint-signature {ONE.id} 3" in map(str, check_proof(read(json.dumps(line)), KEY)[1])


def kept() -> tuple[forge.Stream, forge.Host, Examined]:
    """A stream whose birth the host key did not sign: a keeper under another user saw it."""
    one = forge.stream(0, host=None)
    log = forge.host(one).checkpoint()
    return one, log, seen(forge.lines(one, log))


@pytest.mark.parametrize("n", [0, 1, 40, 97, 101])
def test_a_birth_that_the_host_log_attests_is_proven_by_its_record(n: int) -> None:
    """The proof holds the host log's record that saw the first note, proven under the same pinned key."""
    one, log, found = kept()
    weighed = found.judge.of(one.id)
    assert weighed is not None
    proof = read(prove(weighed, n, body_in(one, log), found.judge.of(log.id)).line())
    assert (check_proof(proof, KEY)[1], proof.head is not None) == ([], True)
    assert check_proof(proof, OTHER)[1] != []
    line = json.loads(proof.line())
    del line["head"]
    assert check_proof(read(json.dumps(line)), KEY)[1] != []
    line["head"] = json.loads(proof_of(40).line())
    assert check_proof(read(json.dumps(line)), KEY)[1] != []


def test_without_the_host_log_such_a_birth_cannot_be_proven() -> None:
    """Said, not guessed."""
    one, _, found = kept()
    weighed = found.judge.of(one.id)
    assert weighed is not None
    with pytest.raises(NoProof, match="host log that is not here"):
        prove(weighed, 40, body_in(one))


def test_a_mutated_proof_is_never_one() -> None:
    """3,000 mutations of one byte or slice: no crash, and never a proof of anything but the record itself."""
    chance = random.Random(11)
    whole = proof_of(40).line()
    for _ in range(3_000):
        at, size = chance.randrange(len(whole)), chance.choice((0, 1, 1, 8))
        mutated = whole[:at] + chance.choice(("", "0", '"', whole[at : at + 3])) + whole[at + size :]
        try:
            proof = read(mutated)
            verdicts = check_proof(proof, KEY)[1]
        except NoProof:
            continue
        assert verdicts or (proof.body, proof.n) == (ONE.at("record", 40).body, 40)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"notes":5}', "[" * 100_000, '{"notes":[],"path":[],"s":"","n":1,"body":""}']
)
def test_what_is_no_proof(text: str) -> None:
    """Said, not raised as anything else."""
    with pytest.raises(NoProof, match="not a proof"):
        read(text)
