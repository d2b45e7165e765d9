"""Anchors on loopback: OpenSSL's time stamp authority, a witness, an object store; and a directory."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from tests import trail_forge as forge
from tests.witnessing.authority import Authority, authority
from tests.witnessing.bucket import KEY, SECRET, Store, store
from tests.witnessing.witness import Witness, consistent, witness

from vedette.event import Event, Kind
from vedette.trail import Trail, sources
from vedette.trail.files.identity import identity
from vedette.trail.format.merkle import Frontier, consistency
from vedette.trail.hosting.anchored import state
from vedette.trail.hosting.anchoring import Anchoring
from vedette.trail.hosting.anchors import anchor
from vedette.trail.hosting.anchors.anchor import Anchor, BadAnchor, Failed, Forked, NotProven, Statement, decoded
from vedette.trail.hosting.anchors.sigv4 import Credentials, Request, signed
from vedette.trail.hosting.anchors.trust import trust
from vedette.trail.hosting.growth import told
from vedette.trail.hosting.keeping import Keeping
from vedette.trail.proving.verify import Beside, Report, verify


class Log:
    """A host log in the making, as an anchor is shown it."""

    def __init__(self, records: int) -> None:
        self._host = forge.Host(0xFFFFFFFF, 1000)
        for n in range(records):
            self._host.record(k="lifecycle", a={"vedette.lifecycle.phase": "heartbeat", "number": n})

    @property
    def size(self) -> int:
        return len(self._host.leaves)

    @property
    def note(self) -> str:
        return self._host.note(0)

    def proof(self, old: int) -> list[bytes]:
        tree = Frontier()
        for leaf in self._host.leaves[:old]:
            tree.add(leaf)
        return consistency(old, tree.peaks, self._host.leaves[old:])

    def grow(self, records: int = 1) -> None:
        for _ in range(records):
            self._host.record(k="lifecycle")


class Other(Log):
    """Another log of the same name: what whoever holds the host key can make."""

    def __init__(self, records: int) -> None:
        super().__init__(0)
        for _ in range(records):
            self._host.record(k="lifecycle", e="another history")


ORIGIN = f"{forge.PREFIX}/host"


@pytest.fixture
def stamps(tmp_path: Path) -> Iterator[tuple[Authority, Anchor]]:
    with authority(tmp_path) as (made, entry):
        yield made, anchor(entry)


@pytest.fixture
def seen() -> Iterator[tuple[Witness, str]]:
    with witness() as (made, entry):
        made.logs[ORIGIN] = forge.public(forge.HOST)
        yield made, entry


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Anchor]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with store() as (made, entry):
        yield made, anchor(entry)


# RFC 3161.


def test_a_time_stamp_tells_when(stamps: tuple[Authority, Anchor]) -> None:
    """OpenSSL's word over this very note, to the second; the statement survives its own encoding."""
    _, tsa = stamps
    before = int(time.time())
    statement = tsa.attest(Log(5))
    assert decoded(statement.encoded()) == statement
    stamped = tsa.time(statement)
    assert stamped is not None and before <= stamped // 10**9 <= time.time()


def test_a_time_stamp_of_something_else_proves_nothing(stamps: tuple[Authority, Anchor], tmp_path: Path) -> None:
    """Another note, a token that was changed, and an authority that is not pinned."""
    _, tsa = stamps
    statement = tsa.attest(Log(5))
    forged = [
        Statement("tsa", statement.name, Log(6).note, statement.token),
        Statement("tsa", statement.name, statement.note, statement.token[:-1] + bytes([statement.token[-1] ^ 1])),
        Statement("tsa", statement.name, statement.note, b""),
    ]
    for each in forged:
        with pytest.raises(NotProven):
            tsa.time(each)
    with authority(tmp_path / "other") as (_, entry), pytest.raises(NotProven):
        anchor(entry).time(statement)
    with pytest.raises(NotProven, match="no certificate"):
        anchor("tsa:http://127.0.0.1:1/tsr").time(statement)


def test_an_authority_that_is_away_or_mad_is_a_failure(stamps: tuple[Authority, Anchor]) -> None:
    made, tsa = stamps
    made.away = True
    with pytest.raises(Failed, match="503"):
        tsa.attest(Log(1))
    made.away, made.broken = False, True
    with pytest.raises(Failed, match="no time stamp"):
        tsa.attest(Log(1))
    with pytest.raises(Failed, match="cannot be reached"):
        anchor("tsa:http://127.0.0.1:9/tsr").attest(Log(1))


# Witness.


def test_proofs_of_all_sizes_satisfy_the_standard() -> None:
    """Each tree of up to 40 records is shown to be the beginning of each larger one."""
    log = Log(40)
    leaves = log._host.leaves
    roots = [b"", *(forge.root(leaves[:size]) for size in range(1, 41))]
    for size in range(1, 41):
        short = Log(0)
        short._host.leaves = leaves[:size]
        for old in range(size + 1):
            assert consistent(old, size, roots[old], roots[size], short.proof(old)), (old, size)


def test_a_witness_cosigns_what_grows(seen: tuple[Witness, str]) -> None:
    """It is asked with the size it saw last, and its time is that of its own clock."""
    made, entry = seen
    ours, log = anchor(entry), Log(3)
    for _ in range(4):
        stamped = ours.time(ours.attest(log))
        assert stamped is not None and abs(stamped // 10**9 - time.time()) < 5
        log.grow(7)
    assert made.asked == [0, 3, 10, 17]


def test_a_witness_knows_more_than_a_keeper_that_was_restarted(seen: tuple[Witness, str]) -> None:
    """409 tells its size; the proof begins there."""
    made, entry = seen
    log = Log(3)
    anchor(entry).attest(log)
    log.grow(5)
    anchor(entry).attest(log)
    assert made.asked == [0, 0, 3]


@pytest.mark.parametrize("size", [9, 5, 3])
def test_a_witness_that_saw_another_log_shows_the_fork(size: int, seen: tuple[Witness, str]) -> None:
    """Larger than ours, as large and different, smaller and not our beginning."""
    _, entry = seen
    anchor(entry).attest(Other(size))
    with pytest.raises(Forked):
        anchor(entry).attest(Log(5))


def test_a_witness_that_does_not_know_us_is_a_failure(seen: tuple[Witness, str]) -> None:
    made, entry = seen
    made.logs[ORIGIN] = forge.public(forge.seed(9, 9))
    with pytest.raises(Failed, match="403"):
        anchor(entry).attest(Log(5))
    made.logs.clear()
    with pytest.raises(Failed, match="404") as caught:
        anchor(entry).attest(Log(5))
    assert not isinstance(caught.value, Forked)


def test_a_cosignature_of_another_note_proves_nothing(seen: tuple[Witness, str]) -> None:
    ours = anchor(seen[1])
    statement = ours.attest(Log(5))
    for note, token in ((Log(6).note, statement.token), (statement.note, b"\xff"), (statement.note, b"")):
        with pytest.raises(NotProven):
            ours.time(Statement("witness", ours.name, note, token))


# A directory, a bucket.


def test_a_directory_keeps_each_note_once(tmp_path: Path) -> None:
    ours, log = anchor(f"file:{tmp_path}"), Log(5)
    ours.attest(log)
    assert ours.attest(log).note == log.note
    log.grow()
    ours.attest(log)
    assert [each.note for each, _ in ours.kept(forge.TRAIL_ID)] == [
        (tmp_path / forge.TRAIL_ID / f"{size:016d}.note").read_text() for size in (5, 6)
    ]
    with pytest.raises(Forked):
        ours.attest(Other(5))
    with pytest.raises(Failed):
        anchor(f"file:{tmp_path / 'none'}").attest(log)


def test_a_bucket_locks_each_note(bucket: tuple[Store, Anchor]) -> None:
    """In compliance mode, for as long as was asked; what it holds is read back in pages, with the store's own times."""
    made, ours = bucket
    log = Log(5)
    for _ in range(5):
        ours.attest(log)
        log.grow()
    ours.attest(Log(5))
    assert len(made.objects) == 5
    for _, (mode, until) in made.objects.values():
        left = datetime.strptime(until, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp() - time.time()
        assert mode == "COMPLIANCE" and 29.9 < left / 86_400 < 30.1
    found = list(ours.kept(forge.TRAIL_ID))
    at = int(datetime(2026, 11, 25, 12, tzinfo=timezone.utc).timestamp()) * 10**9
    assert [(each.note.split("\n")[1], moment) for each, moment in found] == [(str(n), at) for n in range(5, 10)]
    with pytest.raises(Forked):
        ours.attest(Other(7))


def test_a_bucket_that_refuses_is_a_failure(bucket: tuple[Store, Anchor], monkeypatch: pytest.MonkeyPatch) -> None:
    _, ours = bucket
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(Failed, match="403"):
        ours.attest(Log(5))
    with pytest.raises(Failed, match="403"):
        list(ours.kept(forge.TRAIL_ID))
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(Failed, match="not set"):
        ours.attest(Log(5))


def test_signatures_are_those_of_the_vendors_examples() -> None:
    """Two of the worked examples of the S3 documentation (GET object, list objects), a session token beside them."""
    account = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY")
    day = datetime(2013, 5, 24, tzinfo=timezone.utc)
    host = "https://examplebucket.s3.amazonaws.com"
    get = Request("GET", f"{host}/test.txt", {}, headers={"range": "bytes=0-9"})
    _, headers = signed(account, "us-east-1", get, day)
    assert headers["authorization"].endswith("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    url, headers = signed(account, "us-east-1", Request("GET", f"{host}/", {"prefix": "J", "max-keys": "2"}), day)
    assert headers["authorization"].endswith("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    assert url == f"{host}/?max-keys=2&prefix=J"


@pytest.mark.parametrize(
    "entry",
    [
        "", "tsa:", "ftp:x", "tsa:ftp://x", "witness:https://w.example", "witness:https://w.example#key=a+b+c",
        "file:relative", "s3lock:https://s3.example", "s3lock:https://s3.example/b#days=x", "s3lock:https://s3.example/b#days=0",
    ],
)  # fmt: skip
def test_an_entry_that_names_no_anchor_is_refused_in_one_sentence(entry: str) -> None:
    with pytest.raises(BadAnchor) as caught:
        anchor(entry)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "{}", '{"kind":1,"name":"","note":"","token":""}',
        '{"kind":"tsa","name":"a","note":"b","token":"*"}', "[" * 70_000,
    ],
)  # fmt: skip
def test_a_statement_that_is_none_is_none(text: str) -> None:
    assert decoded(text) is None


# The keeper with its anchors, end to end.


def birth() -> Event:
    return Event(kind=Kind.LIFECYCLE, name="birth", facts={"vedette.lifecycle.phase": "birth"})


def kept(folder: Path, entries: list[str], rounds: int = 2) -> Keeping:
    keeper = Keeping(folder, folder / "host", identity(folder, "vedette.local"), Anchoring(entries, 0.0))
    for _ in range(rounds):
        keeper.round()
    return keeper


def judged(folder: Path, entries: list[str], minimum: int = 1) -> Report:
    return verify(sources.segments(folder), Beside(anchors=trust(entries, minimum)))


def test_a_trail_with_two_anchors_is_whole(tmp_path: Path) -> None:
    """A stamp and a cosignature agree; records lie between the newest anchor they name and the first over them."""
    folder = tmp_path / "trail"
    trail = Trail(folder, birth=birth)
    trail.append(Event(kind=Kind.TOOL, name="weather"))
    trail.seal()
    with authority(tmp_path) as (_, stamped), witness() as (made, cosigned):
        who = identity(folder, "vedette.local")
        assert who.host is not None
        made.logs[who.host.name] = who.host.key.public_key().public_bytes_raw()
        keeper = kept(folder, [stamped, cosigned])
        trail._timers._looked = 0.0  # a minute later
        trail.append(Event(kind=Kind.TOOL, name="weather"))
        trail._tick()
        trail.append(Event(kind=Kind.TOOL, name="weather"))
        trail.close("stop")
        keeper.stop()
        report = judged(folder, [stamped, cosigned], minimum=2)
    assert {each.name for each in report.verdicts} == {"ephemeral"}
    (host,), (stream,) = report.hosts, report.streams
    assert (host.records, host.proven) == (host.records, host.records)
    first, last = stream.windows[0], stream.windows[-1]
    assert first.first == 0 and first.after_ns == 0 and first.before_ns > 0
    assert last.last == stream.records - 1 and 0 < last.after_ns <= last.before_ns
    assert state(folder / "host").newest is not None


def test_an_anchor_that_is_away_is_caught_up_with(tmp_path: Path) -> None:
    """Records go on, the grade drops visibly, and the next answer covers all of it."""
    folder = tmp_path / "trail"
    trail = Trail(folder, birth=birth)
    trail.append(Event(kind=Kind.TOOL, name="weather"))
    with authority(tmp_path) as (made, entry):
        made.away = True
        keeper = kept(folder, [entry])
        assert list(state(folder / "host").failing.values()) == [
            "127.0.0.1:" + entry.split(":")[3].split("/")[0] + " answered 503"
        ]
        made.away = False
        trail.close("stop")
        keeper.stop()
        assert {each.name for each in judged(folder, [entry]).verdicts} == {"ephemeral"}
        made.away = True
        assert {each.name for each in judged(folder, []).verdicts} == {"ephemeral", "unanchored"}
    assert state(folder / "host").failing == {}


def test_a_fork_is_a_finding_in_the_log_itself(tmp_path: Path) -> None:
    """The keeper says so once, and the verifier says it to everybody."""
    folder = tmp_path / "trail"
    trail = Trail(folder, birth=birth)
    trail.append(Event(kind=Kind.TOOL, name="weather"))
    trail.close("stop")
    with witness() as (made, entry):
        who = identity(folder, "vedette.local")
        assert who.host is not None
        made.logs[who.host.name] = who.host.key.public_key().public_bytes_raw()
        made.seen[who.host.name] = (100, b"r" * 32)
        kept(folder, [entry], rounds=3).stop()
        report = judged(folder, [entry])
    names = [each.name for each in report.verdicts]
    assert names.count("fork-of-log") == 1 and report.exit_code == 2
    assert [facts.get("security_rule.name") for facts in told(folder / "host")].count("fork-of-log") == 1


def test_statements_travel_with_the_log(tmp_path: Path) -> None:
    """An export is verified elsewhere, with the anchor's key alone: no directory, no network."""
    folder = tmp_path / "trail"
    trail = Trail(folder, birth=birth)
    trail.append(Event(kind=Kind.TOOL, name="weather"))
    trail.close("stop")
    with authority(tmp_path) as (_, entry):
        kept(folder, [entry]).stop()
    export = tmp_path / "export.jsonl"
    export.write_text("\n".join(sources.segments(folder)))
    keys = {"*": json.loads((folder / "trail.json").read_text())["host_key"]}
    with export.open("rb") as file:
        report = verify(sources.lines(file), Beside(host_keys=keys, anchors=trust([entry])))
    assert report.verdicts == () and report.hosts[0].anchor.startswith("tsa 127.0.0.1")
