"""The keeper: what it writes into the host log, how it survives its own death, and how it seals what others left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.trails import clean
from tests.witnessing.witness import consistent

from vedette.event import Event, Kind, Phase
from vedette.trail import Trail, sources
from vedette.trail.files.identity import Custody, identity
from vedette.trail.files.lock import held, taken
from vedette.trail.files.mounts import is_weak
from vedette.trail.files.sharing import modes
from vedette.trail.hosting.anchoring import Anchoring
from vedette.trail.hosting.growth import Growth, told
from vedette.trail.hosting.keeping import Keeping
from vedette.trail.proving.verify import Report, verify

NOBODY = 65534


def birth() -> Event:
    return Event(kind=Kind.LIFECYCLE, name="birth", facts={"vedette.lifecycle.phase": "birth"})


def keeper(folder: Path) -> Keeping:
    made = Keeping(folder, folder / "host", identity(folder, "vedette.local"), Anchoring([], 60.0))
    made.round()
    return made


def again(keeper: Keeping) -> None:
    """A round ten seconds later."""
    keeper._due.clear()
    keeper.round()


def phases(folder: Path) -> list[str]:
    return [facts["vedette.lifecycle.phase"] for facts in told(folder / "host")]


def judged(folder: Path) -> Report:
    return verify(sources.segments(folder))


def names(folder: Path) -> set[str]:
    return {each.name for each in judged(folder).verdicts} - {"ephemeral", "unanchored"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "trail"


@pytest.fixture
def trail(folder: Path) -> Iterator[Trail]:
    made = Trail(folder, birth=birth)
    made.append(Event(kind=Kind.TOOL, name="weather"))
    yield made
    made.close("stop")


def left_behind(folder: Path, records: int, how: str = "os._exit(0)") -> None:
    """A process that dies without closing its stream."""
    code = f"""if True:
        import os, pathlib
        from vedette.event import Event, Kind
        from vedette.trail import Trail
        born = Event(kind=Kind.LIFECYCLE, name="birth", facts={{"vedette.lifecycle.phase": "birth"}})
        trail = Trail(pathlib.Path({str(folder)!r}), birth=lambda: born)
        for n in range({records}):
            trail.append(Event(kind=Kind.TOOL, name="weather", content={{"said": "word " * n}}))
        {how}
    """
    subprocess.run([sys.executable, "-c", code], env=clean(None), check=True, timeout=60)


# Heads.


def test_heads_are_written_as_they_come(trail: Trail, folder: Path) -> None:
    """The first one at once, then the newest, then the closed one; nothing where there is no news."""
    kept = keeper(folder)
    again(kept)
    trail.seal()
    again(kept)
    for _ in range(3):
        trail.append(Event(kind=Kind.TOOL, name="weather"))
        trail.seal()
    again(kept)
    trail.close("stop")
    again(kept)
    assert phases(folder) == ["birth", "head", "head", "head", "closed"]
    assert [facts.get("vedette.head.size") for facts in told(folder / "host")][1:] == [1, 2, 5, 6]
    kept.stop()
    assert names(folder) == set()


def test_a_stream_is_not_asked_more_often_than_every_ten_seconds(trail: Trail, folder: Path) -> None:
    """A keeper that looks for births each second does not double the log."""
    kept = keeper(folder)
    trail.seal()
    kept.round()
    assert phases(folder) == ["birth", "head"]
    kept.stop()
    assert phases(folder) == ["birth", "head", "head"]


def test_a_quiet_trail_has_a_heartbeat(trail: Trail, folder: Path) -> None:
    kept = keeper(folder)
    assert kept._log is not None
    kept._log._stream.newest -= 61 * 10**9
    again(kept)
    kept.stop()
    assert phases(folder) == ["birth", "head", "heartbeat"]


def test_a_checkpoint_that_the_stream_did_not_sign_is_not_attested(trail: Trail, folder: Path) -> None:
    """A file says much: the keeper takes only what the stream's own key signed."""
    kept = keeper(folder)
    path = folder / "streams" / "00000000" / "000000.seg"
    trail.seal()
    data = path.read_bytes()
    at = data.rindex(b'"i":1,')
    broken = data[:at] + b'"i":1,' + data[at + 6 :].replace(b"next ", b"mext ", 1)
    path.write_bytes(broken)
    again(kept)
    path.write_bytes(data)
    assert phases(folder) == ["birth", "head"]
    kept.stop()


# The log survives its keepers.


def test_the_next_keeper_goes_on(folder: Path) -> None:
    """One stream in several segments; streams that were done with are not told of twice."""
    for records in (3, 5):
        left_behind(folder, records)
        keeper(folder).stop()
    assert phases(folder) == ["birth", "head", "recovered", "resume", "head", "recovered"]
    assert names(folder) == {"host-attested"}
    assert len(list((folder / "host").glob("*.seg"))) == 2


@pytest.mark.parametrize("cut", [1, 5, 40, 200])
def test_a_torn_host_log_is_recovered(folder: Path, cut: int) -> None:
    """What is torn is cut off, and the log says how much it was; nothing looks forged."""
    left_behind(folder, 3)
    kept = keeper(folder)
    kept.abandon()
    path = folder / "host" / "000000.seg"
    data = path.read_bytes().rstrip(b"\x00")
    path.write_bytes(data[:-cut])
    keeper(folder).stop()
    resumed = next(facts for facts in told(folder / "host") if facts["vedette.lifecycle.phase"] == "resume")
    assert resumed["vedette.torn.bytes"] > 0
    assert {each.grade.name for each in judged(folder).verdicts} == {"NOTE"}


def test_a_segment_that_died_at_birth_is_no_hindrance(folder: Path) -> None:
    """The header was never written whole."""
    left_behind(folder, 3)
    keeper(folder).stop()
    (folder / "host" / "000001.seg").write_bytes(b"VDTT")
    left_behind(folder, 2)
    keeper(folder).stop()
    assert names(folder) == {"host-attested"}


def test_a_keeper_that_is_killed_leaves_a_log_that_goes_on(folder: Path) -> None:
    """Kills at moments spread over a round: the next keeper recovers each time, and all of it is whole."""
    left_behind(folder, 3)
    code = f"""if True:
        import pathlib, sys
        from vedette.trail.hosting.anchoring import Anchoring
        from vedette.trail.files.identity import identity
        from vedette.trail.hosting.keeping import Keeping
        folder = pathlib.Path({str(folder)!r})
        who, anchoring = identity(folder, "vedette.local"), Anchoring([], 60.0)
        import vedette.trail.hosting.hostlog
        for _ in range(100000):
            kept = Keeping(folder, folder / "host", who, anchoring)
            kept.round()
            print(end=".", flush=True)
            kept._log.heartbeat(1)
            kept._log.seal()
            kept.stop()
    """
    for n in range(5):
        running = subprocess.Popen([sys.executable, "-c", code], env=clean(None), stdout=subprocess.PIPE)
        assert running.stdout is not None
        running.stdout.read(1)
        time.sleep(0.006 * n)
        running.kill()
        running.communicate()
        assert {each.grade.name for each in judged(folder).verdicts} <= {"NOTE", "UNFINISHED"}
    keeper(folder).stop()
    assert names(folder) == {"host-attested"}


def test_one_keeper_at_a_time(trail: Trail, folder: Path) -> None:
    """The other waits, and takes over when the first lets go."""
    first, second = keeper(folder), keeper(folder)
    assert (first.keeps, second.keeps, held(folder / "keeper.lock")) == (True, False, True)
    first.stop()
    assert not held(folder / "keeper.lock")
    again(second)
    assert second.keeps
    second.stop()


def test_a_lock_asks_no_more_than_to_read(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = taken(path)
    assert first is not None and taken(path) is None
    os.close(first)
    path.chmod(0o400)
    second = taken(path)
    assert second is not None
    os.close(second)
    assert not held(tmp_path / "none")


# The dead.


def test_what_a_dead_process_left_is_sealed(folder: Path) -> None:
    """All its records are proven, under the host key, though no checkpoint of its own covers them."""
    left_behind(folder, 20)
    assert names(folder) == {"stream-not-closed", "unsealed-tail"}
    keeper(folder).stop()
    report = judged(folder)
    assert names(folder) == {"host-attested"}
    assert [(each.records, each.proven) for each in report.streams] == [(21, 21)]


def test_a_torn_tail_is_told_of_and_sealed_over(folder: Path) -> None:
    """Its bytes are counted and hashed: nobody can say later that they were more."""
    left_behind(folder, 4)
    path = folder / "streams" / "00000000" / "000000.seg"
    data = path.read_bytes().rstrip(b"\x00")
    path.write_bytes(data[:-30])
    keeper(folder).stop()
    (recovered,) = [facts for facts in told(folder / "host") if facts["vedette.lifecycle.phase"] == "recovered"]
    assert recovered["vedette.head.size"] == 4 and recovered["vedette.torn.bytes"] > 100
    assert names(folder) == {"host-attested"}


def test_a_stream_that_was_met_before_is_followed_from_its_last_segment(trail: Trail, folder: Path) -> None:
    """A keeper that comes later does not read it all, and attests the same."""
    trail.seal()
    keeper(folder).stop()
    stream = trail._writer.stream
    assert stream is not None
    stream.roll()
    for _ in range(3):
        trail.append(Event(kind=Kind.TOOL, name="weather"))
    trail.seal()
    kept = keeper(folder)
    trail.close("stop")
    kept.stop()
    assert phases(folder) == ["birth", "head", "head", "resume", "head", "closed"]
    assert names(folder) == set()


def test_a_folder_without_records_is_nobodys_death(folder: Path, trail: Trail) -> None:
    """Its writer may not have come to take its lock yet."""
    (folder / "streams" / "00000001").mkdir()
    keeper(folder).stop()
    assert phases(folder) == ["birth", "head"]


def test_the_hint_of_what_was_met_may_be_lost_or_lie(folder: Path) -> None:
    """The next keeper does the same with it, without it, and with nonsense in it."""
    for hint in (None, "", "{", '{"segment": 99, "heads": [], "done": [0, 1, 2, 3, 4]}', '{"segment": 0, "heads": 1}'):
        left_behind(folder, 1)
        keeper(folder).stop()
        path = folder / "host" / "met.json"
        assert json.loads(path.read_text())["done"]
        if hint is None:
            path.unlink()
        else:
            path.write_text(hint)
    assert phases(folder).count("recovered") == 5 and phases(folder).count("head") == 5
    assert names(folder) == {"host-attested"}


# Growth.


def test_growth_proves_each_size(folder: Path) -> None:
    """Over segments, for anchors that ask from any size they have seen."""
    for records in (1, 2, 3):
        left_behind(folder, records)
        keeper(folder).stop()
    growth = Growth(folder / "host")
    sizes = range(1, growth.size + 1)
    for old in sizes:
        assert consistent(old, growth.size, growth.root(old), growth.root(growth.size), growth.proof(old))


# In the host's process.


HOST = """if True:
    import sys, time, vedette
    vedette.start(trail=sys.argv[1])
    {}
    vedette.stop()
"""


def test_whoever_records_keeps_the_log(folder: Path) -> None:
    """No command, no setting: after a clean end the close of the stream stands in the host log."""
    subprocess.run([sys.executable, "-c", HOST.format("pass"), str(folder)], env=clean(None), check=True, timeout=60)
    assert phases(folder)[:2] == ["birth", "head"] and phases(folder)[-1] == "closed"
    assert names(folder) == set()


def test_a_forked_child_lets_the_parent_keep(folder: Path) -> None:
    """The child's copy of the lock would hold it after the parent's death."""
    code = """if True:
        import os, sys, vedette
        vedette.start(trail=sys.argv[1])
        if os.fork():
            os.wait()
            vedette.stop()
        else:
            vedette.stop()
            os._exit(0)
    """
    subprocess.run([sys.executable, "-c", code, str(folder)], env=clean(None), check=True, timeout=60)
    assert not held(folder / "keeper.lock")
    assert names(folder) == set() and len(judged(folder).streams) == 2


# Another user.


def test_files_are_private_unless_a_group_is_named(tmp_path: Path) -> None:
    """0700 and 0600, or 2750 and 0640 with the group; the key is the owner's alone in both."""
    for group, wanted in (("", (0o700, 0o600)), (str(NOBODY), (0o2750, 0o640))):
        folder = tmp_path / f"trail{group}"
        trail = Trail(folder, birth=birth, custody=Custody(group=group))
        trail.append(Event(kind=Kind.TOOL, name="weather"))
        keeper(folder).stop()
        trail.close("stop")
        assert modes(folder) == wanted
        for path in [folder, *folder.rglob("*")]:
            mode = stat.S_IMODE(path.stat().st_mode)
            if path.name in ("host.key", "ballast", "keeper.lock"):
                continue
            assert mode == wanted[0 if path.is_dir() else 1], path
        assert stat.S_IMODE((folder / "host.key").stat().st_mode) == 0o400


def test_a_group_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    trail = Trail(tmp_path / "trail", birth=birth, custody=Custody(group="no-such-group"))
    with pytest.raises(Exception, match="use the name or number of a group that you are in"):
        trail.append(Event(kind=Kind.TOOL, name="weather"))


AGENT, KEEPER, GROUP = 61001, 61002, 61003
TWO_USERS = f"""if True:
    import argparse, os, pathlib, signal, sys, time
    import cryptography.hazmat.primitives.asymmetric.ed25519, cryptography.exceptions, encodings.idna, orjson
    import vedette.cli.keeper
    from vedette.event import Event, Kind
    from vedette.trail import Trail
    from vedette.trail.files.identity import Custody
    base = pathlib.Path(sys.argv[1])
    folder, log = base / "agent" / "trail", base / "keeper" / "host"

    def become(uid):
        os.setgroups([{GROUP}])
        os.setgid({GROUP})
        os.setuid(uid)

    def attested(file):
        try:
            return b'"head"' in file.read_bytes()
        except OSError:  # not there yet, or not for us yet
            return False

    agent = os.fork()
    if not agent:
        become({AGENT})
        born = Event(kind=Kind.LIFECYCLE, name="birth", facts={{"vedette.lifecycle.phase": "birth"}})
        custody = Custody(group="{GROUP}", host_log=log)
        trail = Trail(folder, birth=lambda: born, custody=custody)
        trail.append(Event(kind=Kind.TOOL, name="weather"))
        while not attested(log / "000000.seg"):
            time.sleep(0.01)
        for path in (log / "host.key", log / "000000.seg"):
            try:
                path.open("ab")
            except PermissionError:
                continue
            os._exit(1)
        trail.close("stop")
        os._exit(0)
    keeper = os.fork()
    if not keeper:
        become({KEEPER})
        os.environ.update(VEDETTE_TRAIL=str(folder), VEDETTE_HOST_LOG=str(log))
        os._exit(vedette.cli.keeper.run(argparse.Namespace(once=False)))
    assert os.waitpid(agent, 0)[1] == 0
    os.kill(keeper, signal.SIGTERM)
    assert os.waitpid(keeper, 0)[1] == 0
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become two other users")
def test_a_keeper_of_another_user_holds_the_key() -> None:
    """Who records cannot sign for the host, nor touch the host log; the keeper cannot write to the trail.

    Two children of one process become two users: an interpreter of their own may lie where they cannot reach it.
    """
    base = Path("/tmp") / f"vedette-keeper-{os.getpid()}"  # where other users can reach it
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(mode=0o755)
    for name, uid in (("agent", AGENT), ("keeper", KEEPER)):
        (base / name).mkdir()
        os.chown(base / name, uid, GROUP)
        (base / name).chmod(0o2750)
    try:
        both = subprocess.Popen([sys.executable, "-c", TWO_USERS, str(base)], env=clean(None), start_new_session=True)
        try:
            assert both.wait(30) == 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(both.pid, signal.SIGKILL)
            both.wait()
        trail, log = base / "agent" / "trail", base / "keeper" / "host"
        assert not (trail / "host.key").exists() and (log / "host.key").stat().st_uid == KEEPER
        assert json.loads((trail / "trail.json").read_text())["host_key"] == ""
        report = verify(sources.segments(trail, host_log=log))
        assert {each.name for each in report.verdicts} == {"ephemeral", "unanchored"}
        assert [each.proven == each.records > 0 for each in report.streams] == [True]
        assert [facts["vedette.lifecycle.phase"] for facts in told(log)] == ["birth", "head", "closed"]
        assert names(trail) == {"host-key-unpinned"}  # without the host log nobody vouches for it
    finally:
        shutil.rmtree(base)


# Weak disks.


def test_a_network_file_system_is_weak(tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(
        f"none / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\nnone {tmp_path}/local\\040disk ext4 rw 0 0\n"
    )
    assert is_weak(tmp_path / "trail", table)
    assert not is_weak(tmp_path / "local disk" / "trail", table)
    assert not is_weak(Path("/elsewhere"), table)
    assert not is_weak(tmp_path, tmp_path / "none")


def test_an_intent_of_a_dead_process_is_listed(folder: Path) -> None:
    """What it was doing when it ended, beside the seal."""
    trail = Trail(folder, birth=birth)
    pid = os.fork()
    if not pid:
        trail.append(Event(kind=Kind.TOOL, name="weather", phase=Phase.INTENT))
        os._exit(0)
    os.waitpid(pid, 0)
    keeper(folder).stop()
    assert names(folder) == {"host-attested", "intent-without-outcome"}
