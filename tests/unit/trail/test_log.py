"""The append path on real files: what is written, what is sealed, what is durable, and what a bad disk does."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.sound import sound, streams

from vedette import guard
from vedette.event import Ack, Event, Kind, Phase, Result
from vedette.names import SCHEMA
from vedette.trail import Trail, Unavailable
from vedette.trail.format.spool import CHECKPOINT, ENVELOPE, read_segment, segment_files, stream_folders
from vedette.trail.writing import segment, timers


def birth() -> Event:
    return Event(kind=Kind.LIFECYCLE, name="birth", facts={"service.name": "tests"}, content={"vedette.settings": "{}"})


def tool(i: int = 0, **more: Any) -> Event:
    return Event(kind=Kind.TOOL, name=f"execute_tool {i}", facts={"gen_ai.tool.name": f"t{i}"}, **more)


def finding(severity: str) -> Event:
    return Event(kind=Kind.FINDING, name="rule", facts={"vedette.finding.severity": severity})


@pytest.fixture
def trail(tmp_path: Path) -> Iterator[Trail]:
    made = Trail(tmp_path / "trail", origin="tests.local", birth=birth)
    yield made
    made.close("stop")


def only(trail: Trail) -> Path:
    (folder,) = stream_folders(trail.folder)
    return folder


def test_nothing_is_made_before_the_first_record(trail: Trail) -> None:
    """No folder, no key, no thread."""
    assert (trail.stream, trail.ordinal, trail.folder.exists()) == (None, None, False)


def test_a_stream_from_birth_to_close(trail: Trail) -> None:
    """Whole records: the birth states who runs here; intent and outcome; the close says what was still open."""
    intent = trail.append(tool(1, phase=Phase.INTENT, content={"gen_ai.tool.call.arguments": '{"a":1}'}))
    trail.append(tool(2, phase=Phase.INTENT))
    trail.append(tool(1, phase=Phase.OUTCOME, result=Result.ERROR, of=intent.n))
    assert trail.open_intents == 1
    assert intent == Ack(trail.stream or "", 1)
    trail.close("stop")
    found = sound(only(trail))
    about = json.loads((trail.folder / "trail.json").read_text())
    start = found.records[0]["a"].pop("vedette.start_ns")
    assert int(start) > 0
    assert [{"k": r["k"], "a": r["a"], "f": r["f"], "of": r.get("of"), "r": r.get("r")} for r in found.records] == [
        {
            "k": "lifecycle",
            "a": {
                "service.name": "tests",
                "vedette.lifecycle.phase": "birth",
                "vedette.ordinal": 0,
                "vedette.trail.id": about["trail_id"],
                "vedette.pid": os.getpid(),
                "vedette.schema": SCHEMA,
                "vedette.boot.id": Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
            },
            "f": "single",
            "of": None,
            "r": None,
        },
        {"k": "tool", "a": {"gen_ai.tool.name": "t1"}, "f": "intent", "of": None, "r": None},
        {"k": "tool", "a": {"gen_ai.tool.name": "t2"}, "f": "intent", "of": None, "r": None},
        {"k": "tool", "a": {"gen_ai.tool.name": "t1"}, "f": "outcome", "of": 1, "r": "error"},
        {
            "k": "lifecycle",
            "a": {
                "vedette.lifecycle.phase": "close",
                "vedette.lifecycle.reason": "stop",
                "vedette.open.intents": 1,
            },
            "f": "single",
            "of": None,
            "r": None,
        },
    ]
    assert found.content[:2] == [{"vedette.settings": "{}"}, {"gen_ai.tool.call.arguments": '{"a":1}'}]
    assert (found.sealed, found.closed, found.tails) == (5, True, ["clean"])


def test_the_birth_is_sealed_at_once_and_by_the_host_too(trail: Trail) -> None:
    """Checkpoint 0, of size 1, carries two signatures before anything else is written."""
    trail.append(tool())
    first = sound(only(trail)).notes[0]["note"]
    about = json.loads((trail.folder / "trail.json").read_text())
    body, _, signed = first.partition("\n\n")
    assert body.splitlines()[:2] == [f"tests.local/{about['trail_id']}/{trail.stream}", "1"]
    assert [line.split()[1].rpartition("/")[2] for line in signed.splitlines()] == [trail.stream, "host"]


def test_files_and_folders_are_private_whatever_the_umask(tmp_path: Path) -> None:
    """Under umask 000 and 777 alike: folders 0700, files 0600, the host key 0400."""
    for umask in (0o000, 0o777):
        before = os.umask(umask)
        try:
            trail = Trail(tmp_path / f"{umask:o}" / "trail", birth=birth)
            trail.append(tool())
            trail.close("stop")
        finally:
            os.umask(before)
        modes = {str(each.relative_to(trail.folder)): each.stat().st_mode & 0o777 for each in trail.folder.rglob("*")}
        assert modes == {
            "ballast": 0o600,
            "trail.json": 0o600,
            "host.key": 0o400,
            "keeper.lock": 0o600,
            "streams": 0o700,
            "streams/00000000": 0o700,
            "streams/00000000/lock": 0o600,
            "streams/00000000/000000.seg": 0o600,
        }
        assert trail.folder.stat().st_mode & 0o777 == 0o700


def _link(folder: Path) -> None:
    (folder.parent / "real").mkdir()
    folder.symlink_to(folder.parent / "real")


def _open(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o770)


def _foreign(folder: Path) -> None:
    folder.mkdir()
    os.chown(folder, 12345, 12345)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_link, "is a link; name the directory itself in VEDETTE_TRAIL"),
        (_open, "is writable by others; run `chmod go-w "),
        pytest.param(
            _foreign,
            "belongs to another user; set VEDETTE_TRAIL to a directory of your own",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away"),
        ),
        (lambda folder: folder.write_text(""), "cannot be used as a trail (File exists); set VEDETTE_TRAIL"),
    ],
)
def test_a_folder_that_cannot_be_trusted_is_refused(
    tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    """With one clear sentence, and nothing is written into it."""
    folder = tmp_path / "trail"
    spoil(folder)
    with pytest.raises(Unavailable) as refused:
        Trail(folder, birth=birth).append(tool())
    assert sentence in str(refused.value)
    assert not folder.is_dir() or list(folder.iterdir()) == []


def test_a_checkpoint_after_1024_records(trail: Trail) -> None:
    """And not before."""
    for i in range(1024):
        trail.append(tool(i))
    assert [each["note"].split("\n")[1] for each in sound(only(trail)).notes] == ["1", "1025"]


@pytest.mark.parametrize(("severity", "sealed"), [("high", 2), ("critical", 2), ("medium", 1)])
def test_a_grave_finding_is_sealed_at_once(trail: Trail, severity: str, sealed: int) -> None:
    """Nobody who comes after it can take it back."""
    trail.append(finding(severity))
    assert sound(only(trail)).sealed == sealed


def test_a_checkpoint_comes_by_itself(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """5 s after the first record that is not sealed, here 0.2 s."""
    monkeypatch.setattr(timers, "SEAL", 0.2)
    woken = threading.Event()
    trail.append(tool())
    trail.wake = woken.set
    assert woken.wait(10)
    assert sound(only(trail)).sealed == 2


def test_a_heartbeat_comes_by_itself(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """60 s without a record, here 0.3 s; it carries what the runtime says of itself."""
    monkeypatch.setattr(timers, "HEARTBEAT", 0.3)
    trail.vitals = lambda: {"vedette.queue.depth": 3}
    trail.append(tool(phase=Phase.INTENT))
    woken = threading.Event()
    trail.wake = woken.set
    assert woken.wait(10)
    monkeypatch.setattr(timers, "HEARTBEAT", 60.0)
    assert sound(only(trail)).records[2]["a"] == {
        "vedette.lifecycle.phase": "heartbeat",
        "vedette.open.intents": 1,
        "vedette.guard.faults": 0,
        "vedette.queue.depth": 3,
    }


def test_a_clock_that_was_set_is_told(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock moved by an hour against the monotonic one."""
    trail.append(tool())
    true = timers._offset()
    monkeypatch.setattr(timers, "_offset", lambda: true + 3600 * 10**9)
    trail.append(tool())
    trail._tick()
    told = [each["a"] for each in sound(only(trail)).records if each["k"] == "lifecycle"][-1]
    assert told["vedette.lifecycle.phase"] == "clock"
    moved = int(told["vedette.clock.after"]) - int(told["vedette.clock.before"])
    assert moved == pytest.approx(3600 * 10**9, abs=10**9)


def test_segments_roll_and_each_can_be_verified_alone(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished segment is cut to its end; the next begins with the checkpoint that the one before ended with."""
    monkeypatch.setattr(segment, "MOST", 64 * 1024)
    for i in range(60):
        trail.append(tool(i, content={"gen_ai.tool.call.result": "x" * 4000}))
    trail.close("stop")
    files = segment_files(only(trail))
    read = [read_segment(each) for each in files]
    assert len(read) > 3
    assert all(each.stat().st_size <= 64 * 1024 for each in files)
    for before, after in pairwise(read):
        assert before.tail == "clean"
        assert before.frames[-1].type == after.frames[0].type == CHECKPOINT
        assert before.frames[-1].payload == after.frames[0].payload
        first = next(json.loads(each.payload) for each in after.frames if each.type == ENVELOPE)
        assert after.header.first == first["n"]
    found = sound(only(trail))
    assert (len(found.records), found.sealed, found.closed) == (62, 62, True)


def test_an_old_segment_rolls(trail: Trail) -> None:
    """After an hour, here at once."""
    trail.append(tool())
    trail._writer.stream.segment.until = 0  # type: ignore[union-attr]  # it was born above
    trail.append(tool())
    assert len(segment_files(only(trail))) == 2
    assert len(sound(only(trail)).records) == 3


def test_a_live_segment_is_reserved_in_mebibytes_and_its_tail_is_zero(trail: Trail) -> None:
    """So that a torn tail can be told from one that is merely unused."""
    trail.append(tool())
    (path,) = segment_files(only(trail))
    assert path.stat().st_size == 1024 * 1024
    assert read_segment(path).tail == "zero"


def test_large_facts_move_into_content(trail: Trail) -> None:
    """The envelope stays below what log backends cut, and nothing is lost."""
    facts = {"gen_ai.tool.name": "weather", "url.full": "u" * 20_000}
    trail.append(Event(kind=Kind.EXCHANGE, name="GET", facts=facts, content={"vedette.http.request.body": "b"}))
    found = sound(only(trail))
    assert found.records[1]["a"] == {"gen_ai.tool.name": "weather"}
    assert found.content[1] == {"vedette.http.request.body": "b", "facts": json.dumps(facts, sort_keys=True)}


def test_without_content_there_are_commitments_only(tmp_path: Path) -> None:
    """`VEDETTE_CONTENT=none`: sizes and commitments stand in the envelope, and no content on disk."""
    trail = Trail(tmp_path, birth=birth, content="none")
    trail.append(tool(content={"gen_ai.tool.call.result": "secret words"}))
    trail.close("stop")
    found = sound(only(trail))
    assert found.content == [{}, {}, {}]
    assert found.records[1]["c"]["gen_ai.tool.call.result"][1] == 12
    assert b"secret words" not in segment_files(only(trail))[0].read_bytes()


def test_threads_share_one_stream(trail: Trail) -> None:
    """No number twice, no hole, the chain whole, acknowledgements true."""
    acks: list[tuple[int, str]] = []

    def write(k: int) -> None:
        for i in range(200):
            acks.append((trail.append(tool(k * 1000 + i)).n, f"t{k * 1000 + i}"))

    threads = [threading.Thread(target=write, args=(k,)) for k in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    records = sound(only(trail)).records
    assert sorted(n for n, _ in acks) == list(range(1, 801))
    assert all(records[n]["a"]["gen_ai.tool.name"] == name for n, name in acks)


# Durability.


def test_wait_returns_once_the_record_is_synced(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fdatasync` came after the record was written."""
    synced: list[int] = []
    real = segment._datasync

    def watched(descriptor: int) -> None:
        real(descriptor)
        synced.append(trail._writer.size)

    monkeypatch.setattr(segment, "_datasync", watched)
    ack = trail.append(tool(), sync=True)
    assert trail.wait(ack)
    assert max(synced) > ack.n


def test_wait_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that hangs holds nobody for longer than `sync_timeout`."""
    hang = threading.Event()
    trail = Trail(tmp_path, birth=birth, sync_timeout=0.1)
    ack = trail.append(tool())
    monkeypatch.setattr(segment, "_datasync", lambda descriptor: hang.wait(30))
    ack = trail.append(tool(), sync=True)
    begin = time.monotonic()
    assert not trail.wait(ack)
    assert time.monotonic() - begin < 5
    hang.set()
    assert trail.wait(trail.append(tool()))
    trail.close("stop")


async def test_waiting_does_not_block_the_loop(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten coroutines wait for a disk while the loop goes on."""
    slow = threading.Event()
    trail.append(tool())
    real = segment._datasync
    monkeypatch.setattr(segment, "_datasync", lambda descriptor: (slow.wait(10), real(descriptor)))
    waiting = [asyncio.ensure_future(trail.wait_async(trail.append(tool(i), sync=True))) for i in range(10)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert not any(each.done() for each in waiting)
    slow.set()
    assert await asyncio.gather(*waiting) == [True] * 10


def test_a_record_of_another_stream_is_never_said_to_be_durable(trail: Trail) -> None:
    """Such as one of the process that we were forked from."""
    trail.append(tool())
    assert not trail.wait(Ack("0" * 32, 0))


def test_close_releases_those_who_wait(trail: Trail) -> None:
    """What close has synced is durable; nobody waits for a syncer that has ended."""
    ack = trail.append(tool())
    trail.close("stop")
    begin = time.monotonic()
    assert trail.wait(ack)
    assert time.monotonic() - begin < 1


def test_after_close_nothing_is_written(trail: Trail) -> None:
    """`Unavailable`, and the stream stays closed; a second close changes nothing."""
    trail.append(tool())
    trail.close("stop")
    with pytest.raises(Unavailable, match="is closed"):
        trail.append(tool())
    trail.close("atexit")
    assert sound(only(trail)).phases == ["birth", "close"]


# Bad disks.


def test_a_disk_that_fills_up_leaves_a_gap_record(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short write is cut back, no number is used, and the next record that can be written is the gap."""
    trail.append(tool(0))
    real = os.pwrite
    monkeypatch.setattr(segment.os, "pwrite", lambda fd, data, at: real(fd, data[: len(data) // 2], at))
    monkeypatch.setattr("vedette.trail.writing.log.GAP", 60.0)
    for _ in range(2):
        with pytest.raises(Unavailable, match="No space left on device"):
            trail.append(tool(1))
    with pytest.raises(Unavailable):
        trail.append(finding("low"))
    monkeypatch.setattr(segment.os, "pwrite", real)
    assert trail.append(tool(2)).n == 3
    gap, after = sound(only(trail)).records[2:]
    times = gap["a"].pop("vedette.gap.first"), gap["a"].pop("vedette.gap.last")
    assert gap["a"] == {
        "vedette.lifecycle.phase": "gap",
        "vedette.gap.state": "closed",
        "vedette.gap.count": 3,
        "vedette.gap.kinds": "finding=1 tool=2",
        "vedette.lifecycle.reason": "No space left on device",
    }
    assert int(times[0]) < int(times[1]) < int(after["t"])
    assert after["a"] == {"gen_ai.tool.name": "t2"}


def test_the_gap_is_told_without_a_further_record(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within about a second after space has returned."""
    trail.append(tool(0))
    real = os.pwrite
    monkeypatch.setattr(segment.os, "pwrite", lambda fd, data, at: 0)
    with pytest.raises(Unavailable):
        trail.append(tool(1))
    monkeypatch.setattr(segment.os, "pwrite", real)
    deadline = time.monotonic() + 10
    while trail._writer.missed and time.monotonic() < deadline:
        time.sleep(0.02)
    assert sound(only(trail)).phases == ["birth", "gap"]


def test_a_birth_that_fails_leaves_no_hole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place is taken again by the next try, which tells what was missed; in between the disk is left alone."""
    trail = Trail(tmp_path / "trail", birth=birth)
    real = os.pwrite
    tries: list[int] = []

    def full(descriptor: int, data: bytes, at: int) -> int:
        if str(tmp_path) not in str(Path(f"/proc/self/fd/{descriptor}").readlink()):  # left by another test
            return real(descriptor, data, at)
        tries.append(at)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(segment.os, "pwrite", full)
    for _ in range(5):
        with pytest.raises(Unavailable):
            trail.append(tool())
    assert len(tries) == 1
    monkeypatch.setattr(segment.os, "pwrite", real)
    monkeypatch.setattr("vedette.trail.writing.writer.RETRY", 0.0)
    trail.append(tool())
    trail.close("stop")
    (found,) = streams(trail.folder)
    assert (found.ordinal, found.phases) == (0, ["birth", "gap", "close"])
    assert found.records[1]["a"]["vedette.gap.count"] == 5


def test_a_failed_fdatasync_is_never_repeated_on_that_file(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel may have dropped the pages: what was not synced is written again to the next segment, and told."""
    guard.loud(False)
    assert trail.wait(trail.append(tool(0)))
    real = segment._datasync
    failed: list[int] = []
    good: list[int] = []

    def failing(descriptor: int) -> None:
        file = os.fstat(descriptor).st_ino
        assert file not in failed
        if not failed:
            failed.append(file)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(descriptor)
        good.append(file)

    monkeypatch.setattr(segment, "_datasync", failing)
    assert trail.wait(trail.append(tool(1, content={"gen_ai.tool.call.result": "r"}), sync=True))
    assert trail.wait(trail.append(tool(2), sync=True))
    trail.close("stop")
    first, second = (read_segment(each) for each in segment_files(only(trail)))
    assert failed == [segment_files(only(trail))[0].stat().st_ino]
    assert second.header.first == 2
    assert json.loads(second.frames[0].payload)["y"] == "checkpoint"
    # Whatever became of the old file behind its synced part, the new one holds it.
    assert [each.payload for each in first.frames if b'"n":2,' in each.payload] == [second.frames[2].payload]
    found = sound(only(trail))
    told = [each for each in found.records if each["k"] == "finding"]
    assert [each["a"]["security_rule.name"] for each in told] == ["trail-sync-failed"]
    assert found.closed and found.sealed == len(found.records)


# Re-entrance.


def test_an_append_from_inside_an_append_is_written_when_that_one_is_through(trail: Trail) -> None:
    """A finaliser that runs in the middle: no deadlock, nothing lost, and its outcome finds its intent."""
    trail.append(tool(0))
    inner: list[Ack] = []
    write = trail._writer.write

    def interrupted(event: Event, content: Any) -> Ack:
        if not inner:
            inner.append(trail.append(tool(7, phase=Phase.INTENT)))
            assert not trail.wait(inner[0])
        return write(event, content)

    trail._writer.write = interrupted  # type: ignore[method-assign]
    outer = trail.append(tool(1))
    assert (outer.n, inner[0].n) == (2, -1)
    assert trail.wait(inner[0])
    trail.append(tool(7, phase=Phase.OUTCOME, of=inner[0].n))
    records = sound(only(trail)).records
    assert [each["a"].get("gen_ai.tool.name") for each in records] == [None, "t0", "t1", "t7", "t7"]
    assert (records[4]["of"], trail.open_intents) == (3, 0)


STORM = """
    import signal, sys, time
    from pathlib import Path
    from vedette.event import Event, Kind
    from vedette.trail import Trail

    def event(kind):
        return Event(kind=kind, name="x")

    signals = 0
    def handler(number, frame):
        global signals
        signals += 1
        trail.append(event(Kind.INPUT), sync=True)

    trail = Trail(Path(sys.argv[1]), birth=lambda: event(Kind.LIFECYCLE))
    trail.append(event(Kind.TOOL))
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    for _ in range(4000):
        trail.append(event(Kind.TOOL))
    signal.setitimer(signal.ITIMER_REAL, 0)
    trail.close("stop")
    print(signals)
"""


def test_a_storm_of_signals(tmp_path: Path) -> None:
    """Handlers that append while the main thread appends, thousands of times: no deadlock, every record there."""
    run = [sys.executable, "-c", textwrap.dedent(STORM), str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True)
    signals = int(done.stdout)
    (found,) = streams(tmp_path)
    kinds = [each["k"] for each in found.records]
    assert signals > 50
    assert (kinds.count("tool"), kinds.count("input"), found.closed) == (4001, signals, True)


INTERRUPT = """
    import random, signal, sys, time
    from pathlib import Path
    from vedette.event import Event, Kind
    from vedette.trail import Trail

    def event(i):
        return Event(kind=Kind.TOOL, name=str(i), content={"input": "x" * 500})

    trail = Trail(Path(sys.argv[1]), birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"))
    trail.append(event("first"))
    done = interrupted = 0
    def handler(number, frame):
        raise KeyboardInterrupt
    signal.signal(signal.SIGALRM, handler)
    end = time.monotonic() + 2
    while time.monotonic() < end:
        try:
            signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, 0.001))
            for i in range(1000):  # not for ever: Python drops an interrupt that comes within a finaliser
                trail.append(event(i))
                done += 1
        except KeyboardInterrupt:
            interrupted += 1
    trail.close("stop")
    print(done, interrupted)
"""


def test_interrupts_in_the_middle_of_appends(tmp_path: Path) -> None:
    """Ctrl-C anywhere: the chain stays whole, no number twice, no acknowledged record missing, no lock left held."""
    run = [sys.executable, "-c", textwrap.dedent(INTERRUPT), str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    acknowledged, interrupts = map(int, done.stdout.split())
    (found,) = streams(tmp_path)
    tools = sum(each["k"] == "tool" for each in found.records) - 1
    assert interrupts > 100
    assert acknowledged <= tools <= acknowledged + interrupts
    assert found.closed


# Neighbours.


def test_an_identity_does_not_wait_for_the_keeper(tmp_path: Path) -> None:
    """Who holds `keeper.lock` may hold it for hours."""
    import fcntl

    Trail(tmp_path / "t", birth=birth).append(tool())
    with (tmp_path / "t" / "keeper.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Trail(tmp_path / "t", birth=birth).append(tool())
    assert [each.ordinal for each in streams(tmp_path / "t")] == [0, 1]


def test_a_trail_without_its_host_key_goes_on(trail: Trail) -> None:
    """The key may lie with a daemon: streams begin without its signature."""
    trail.append(tool())
    (trail.folder / "host.key").unlink()
    other = Trail(trail.folder, birth=birth)
    other.append(tool())
    other.close("stop")
    note = streams(trail.folder)[1].notes[0]["note"]
    assert len(note.partition("\n\n")[2].splitlines()) == 1


def test_a_place_whose_process_died_unborn_is_taken_again(tmp_path: Path) -> None:
    """A folder without a record, locked by nobody, is no hole in the ordinals for long; one with a record is kept."""
    for name in ("00000000", "00000001"):
        (tmp_path / "t" / "streams" / name).mkdir(parents=True)
    (tmp_path / "t").chmod(0o700)
    (tmp_path / "t" / "streams" / "00000001" / "000000.seg").write_bytes(b"VDTTRL1\n torn")
    for _ in range(3):
        trail = Trail(tmp_path / "t", birth=birth)
        trail.append(tool())
        trail.close("stop")
    assert [(each.ordinal, len(each.records)) for each in streams(tmp_path / "t")] == [(0, 3), (1, 3), (2, 3)]


def test_the_lock_of_a_live_stream_is_held_and_given_back(trail: Trail) -> None:
    """So that the keeper knows who is alive."""
    from vedette.trail.files.keeper import writer_is_dead

    trail.append(tool())
    assert not writer_is_dead(only(trail))
    trail.close("stop")
    assert writer_is_dead(only(trail))


def test_descriptors_are_given_back(tmp_path: Path) -> None:
    """A trail holds two while it lives, none afterwards."""

    def held() -> list[str]:
        links = [str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
        return sorted(each.removeprefix(f"{tmp_path}/") for each in links if each.startswith(str(tmp_path)))

    trail = Trail(tmp_path, birth=birth)
    trail.append(tool())
    assert held() == ["streams/00000000/000000.seg", "streams/00000000/lock"]
    trail.close("stop")
    assert held() == []


def test_nothing_heavy_is_imported_with_the_trail() -> None:
    """`cryptography` and `orjson` come with the first record, off the host's thread."""
    code = "import vedette.trail, sys; print([m for m in sys.modules if m in ('cryptography', 'orjson')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_records_are_written_over_zeros_that_are_there_already(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """A little at a time, never over a record, and not for one that is larger."""
    zeros: list[tuple[int, int]] = []
    real = os.pwrite

    def watched(descriptor: int, data: bytes, at: int) -> int:
        if not any(data[:1]) and not any(data):
            zeros.append((at, at + len(data)))
        return real(descriptor, data, at)

    monkeypatch.setattr(segment.os, "pwrite", watched)
    for i in range(400):
        trail.append(tool(i, content={"gen_ai.tool.call.result": "x" * 1000}))
    small = len(zeros)
    trail.append(tool(0, content={"gen_ai.tool.call.result": "x" * 600_000}))
    assert 2 <= small <= 5
    assert len(zeros) == small + 1 and zeros[-1][0] == zeros[-1][1]
    assert all(before[1] <= after[0] for before, after in pairwise(zeros))
    assert len(sound(only(trail)).records) == 402
