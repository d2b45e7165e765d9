"""Erasure: what goes, what stays proven, beside a live writer, and with a kill at every step."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sound import sound

from vedette.event import Actor, Event, Kind
from vedette.trail import Trail, sources
from vedette.trail.custody import erasure
from vedette.trail.custody.erase import Wanted, carry_out, plan
from vedette.trail.custody.holds import BadHolds, Holds
from vedette.trail.files import reading
from vedette.trail.files.identities import Keys, generate, unb64u
from vedette.trail.files.identity import Custody
from vedette.trail.format.spool import CONTENT, ERASED, encode_frame, frame_at, scan, segment_files, stream_folders
from vedette.trail.proving.verify import verify
from vedette.trail.writing import trim

NOTES = {"ephemeral", "unanchored"}


def birth() -> Event:
    return Event(kind=Kind.LIFECYCLE, name="birth")


def event(user: str, text: str, session: str = "") -> Event:
    content = {"asked": f"{text} asked", "said": f"{text} said"}
    return Event(kind=Kind.TOOL, name="weather", actor=Actor(user=user, session=session), content=content)


def opened(folder: Path, **more: object) -> Trail:
    return Trail(folder, birth=birth, **more)  # type: ignore[arg-type]  # keywords as the test wants them


def recorded(folder: Path, users: str = "abab") -> str:
    """A closed stream with one record for each letter, by the user of that name; its id."""
    trail = opened(folder)
    for number, user in enumerate(users):
        trail.append(event(user, f"word{number}"))
    stream = trail.stream or ""
    trail.close("stop")
    return stream


def erased(folder: Path, wanted: Wanted) -> int:
    trail = opened(folder)
    done = carry_out(plan(folder, wanted), trail, "the officer", "article 17")
    trail.close("stop")
    return done.fields


def verdicts(folder: Path) -> set[str]:
    return {str(each) for each in verify(sources.segments(folder)).verdicts} - NOTES


def disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for stream in stream_folders(folder) for path in segment_files(stream))


def test_a_users_content_goes_and_the_proof_stays(tmp_path: Path) -> None:
    """All of it, salt included, of that user alone; verification is whole and names each field that was erased."""
    stream = recorded(tmp_path)
    assert erased(tmp_path, Wanted(users=frozenset("a"))) == 4
    assert b"word0" not in disk(tmp_path) and b"word2" not in disk(tmp_path) and b"word3 said" in disk(tmp_path)
    assert verdicts(tmp_path) == {f"content-erased {stream} {n} {field}" for n in (1, 3) for field in ("asked", "said")}
    assert verify(sources.segments(tmp_path)).exit_code == 0
    shown = [each.content for each in reading.records(tmp_path) if each.envelope["k"] == "tool"]
    assert [bool(each) for each in shown] == [False, True, False, True]


def test_the_erasure_is_a_record_with_who_and_why(tmp_path: Path) -> None:
    """Announced before, told of after, in a stream of its own; both say who, why, and which records."""
    stream = recorded(tmp_path)
    erased(tmp_path, Wanted(users=frozenset("a")))
    told = [each.envelope for each in reading.records(tmp_path) if "vedette.erasure.runs" in each.envelope.get("a", {})]
    assert [(each["f"], each.get("of")) for each in told] == [("intent", None), ("outcome", 1)]
    for each in told:
        assert (each["a"]["vedette.who"], each["a"]["vedette.why"]) == ("the officer", "article 17")
        assert (each["a"]["vedette.erasure.stream"], each["a"]["vedette.erasure.runs"]) == (stream, "1,3")
        assert each["a"]["vedette.erasure.subject"] == "user a"
    assert sound(stream_folders(tmp_path)[1]).closed


def test_one_field_of_one_record(tmp_path: Path) -> None:
    """The others stay."""
    stream = recorded(tmp_path)
    assert erased(tmp_path, Wanted(record=(stream, 2), field="said")) == 1
    assert verdicts(tmp_path) == {f"content-erased {stream} 2 said"}


def test_what_came_before_a_time(tmp_path: Path) -> None:
    """By the time that the record states."""
    stream = recorded(tmp_path)
    times = [int(each.envelope["t"]) for each in reading.records(tmp_path)]
    erased(tmp_path, Wanted(before=times[2]))
    assert verdicts(tmp_path) == {f"content-erased {stream} 1 {field}" for field in ("asked", "said")}


def test_the_same_frame_with_its_crc_and_nothing_in_it(tmp_path: Path) -> None:
    """An erased frame has its length, flag 2, zeros, and a CRC that is right: readers that know no erasure go on."""
    stream = recorded(tmp_path)
    erased(tmp_path, Wanted(record=(stream, 2)))
    data = segment_files(stream_folders(tmp_path)[0])[0].read_bytes()
    gone = [frame for frame in scan(data) if frame.type == CONTENT and frame.flags & ERASED]
    assert [frame.payload.strip(b"\0") for frame in gone] == [b"", b""]
    for frame in gone:
        assert data[frame.offset : frame.end] == encode_frame(CONTENT, bytes(len(frame.payload)), ERASED)


def test_nothing_wanted_is_nothing_done(tmp_path: Path) -> None:
    """A user that is not there."""
    recorded(tmp_path)
    assert not plan(tmp_path, Wanted(users=frozenset("z")))


def test_a_legal_hold_stays(tmp_path: Path) -> None:
    """What is held is counted and kept, until it is released; holds that cannot be read hold everything."""
    stream = recorded(tmp_path)
    hold = Holds(tmp_path).add(who="counsel", why="case 7", user="a")
    wanted = Wanted(before=2**62)
    assert (len(plan(tmp_path, wanted).held), plan(tmp_path, wanted).records) == (4, 2)
    erased(tmp_path, wanted)
    assert verdicts(tmp_path) == {f"content-erased {stream} {n} {field}" for n in (2, 4) for field in ("asked", "said")}
    assert Holds(tmp_path).release(hold.id).why == "case 7"
    assert plan(tmp_path, wanted).records == 2
    (tmp_path / "holds.json").write_text("[{}]")
    with pytest.raises(BadHolds):
        plan(tmp_path, wanted)


@settings(max_examples=15, deadline=None)
@given(chosen=st.sets(st.tuples(st.integers(1, 6), st.sampled_from(["asked", "said"]))))
def test_any_subset_can_go_and_the_proof_is_whole(
    tmp_path_factory: pytest.TempPathFactory, chosen: set[tuple[int, str]]
) -> None:
    """One erasure after another: each field is either as it was written or named as erased."""
    folder = tmp_path_factory.mktemp("erase")
    stream = recorded(folder, "abcabc")
    for n, field in sorted(chosen):
        erased(folder, Wanted(record=(stream, n), field=field))
    assert verdicts(folder) == {f"content-erased {stream} {n} {field}" for n, field in chosen}
    left = {(each.envelope["n"], field) for each in reading.records(folder) for field in each.content}
    assert left == {(n, field) for n in range(1, 7) for field in ("asked", "said")} - chosen


def test_beside_a_writer_that_goes_on(tmp_path: Path) -> None:
    """Erased while its writer appends without a pause: nothing is lost, nothing broken, all of the user's is gone."""
    live = opened(tmp_path)
    for number in range(50):
        live.append(event("ab"[number % 2], f"early{number}"))
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            live.append(event("b", f"late{number}"))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert erased(tmp_path, Wanted(users=frozenset("a"))) == 50
    finally:
        stop.set()
        writer.join()
    stream = live.stream
    live.close("stop")
    assert verdicts(tmp_path) == {
        f"content-erased {stream} {n} {field}" for n in range(1, 50, 2) for field in ("asked", "said")
    }


def test_parked_copies_go_too(tmp_path: Path) -> None:
    """A backend refused the content: the copy that was laid aside is overwritten and removed."""
    stream = recorded(tmp_path)
    rejected = stream_folders(tmp_path)[0] / "rejected"
    rejected.mkdir()
    for n in (1, 2):
        body = json.dumps({"d": "word", "f": "said", "n": n, "s": stream, "y": "content"})
        (rejected / f"{n}-said-0.json").write_text(json.dumps({"body": body}))
    erased(tmp_path, Wanted(record=(stream, 1)))
    assert [path.name for path in rejected.iterdir()] == ["2-said-0.json"]


def test_encrypted_trails_are_erased_likewise(tmp_path: Path) -> None:
    """With the identity key the records are found; their frames, which are ciphertext, go."""
    secret, public = generate()
    keys = Keys([unb64u(secret.removeprefix("x25519-secret:"))])
    trail = opened(tmp_path, custody=Custody(at_rest=(public,)))
    trail.append(event("a", "word"))
    trail.append(event("b", "word"))
    found = plan(tmp_path, Wanted(users=frozenset("a")), keys)
    assert found.records == 1 and erasure.destroy(found.spots) == 2
    trail.close("stop")
    shown = [each.content for each in reading.records(tmp_path, keys=keys) if each.envelope["k"] == "tool"]
    assert shown == [{}, {"asked": "word asked", "said": "word said"}]


def test_an_erasure_outlives_the_record_that_told_of_it(tmp_path: Path) -> None:
    """The stream of the erasure is trimmed itself: who trims it tells of the erasure again, once, and from where."""
    stream = recorded(tmp_path)
    erased(tmp_path, Wanted(users=frozenset("a")))
    named = {f"content-erased {stream} {n} {field}" for n in (1, 3) for field in ("asked", "said")}
    (teller,) = segment_files(stream_folders(tmp_path)[1])
    told = sound(teller.parent).id
    trail = opened(tmp_path)

    def tell(what: Event) -> None:
        trail.append(what)
        trail.seal()

    trim.let_go(teller, tell, "a test")
    trail.close("stop")
    assert {each for each in verdicts(tmp_path) if not each.startswith(f"trimmed {told}")} == named
    again = [
        each.envelope["a"] for each in reading.records(tmp_path) if "vedette.told.first" in each.envelope.get("a", {})
    ]
    assert [(each["vedette.told.first"], each["vedette.why"]) for each in again] == [(f"{told}-2", "article 17")]


def flipped(path: Path, at: int, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= bit
    path.write_bytes(data)


def test_content_of_a_record_that_is_damaged_is_nobody_elses(tmp_path: Path) -> None:
    """The envelope of b's record is lost to a bad sector: erasing a, whose record comes next, leaves b's content."""
    recorded(tmp_path, "aba")
    (path,) = segment_files(stream_folders(tmp_path)[0])
    of_b = next(frame for frame in scan(path.read_bytes()) if b'"user":"b"' in frame.payload)
    flipped(path, of_b.offset + 20, 1)
    found = plan(tmp_path, Wanted(users=frozenset("a")))
    assert [(spot.n, spot.field) for spot in found.spots] == [(n, field) for n in (1, 3) for field in ("asked", "said")]


def test_content_without_a_record_goes_along(tmp_path: Path) -> None:
    """A kill cut the envelope off: what came before it is nobody's, no reason for an erasure, and goes with any."""
    recorded(tmp_path)
    (path,) = segment_files(stream_folders(tmp_path)[0])
    with path.open("ab") as file:
        file.write(encode_frame(CONTENT, bytes(range(16)) + b"said\0orphaned") + b"torn")
    assert not plan(tmp_path, Wanted(users=frozenset("z")))
    assert erased(tmp_path, Wanted(users=frozenset("a"))) == 5
    assert b"orphaned" not in disk(tmp_path) and b"word1 said" in disk(tmp_path)


def test_a_live_writers_last_frames_are_not_without_a_record(tmp_path: Path) -> None:
    """Its envelope may be under way."""
    live = opened(tmp_path)
    live.append(event("a", "word"))
    (path,) = segment_files(stream_folders(tmp_path)[0])
    data = path.read_bytes()
    end = [frame.end for frame in scan(data)][-1]
    with path.open("r+b") as file:
        file.seek(end)
        file.write(encode_frame(CONTENT, bytes(16) + b"said\0under way"))
    assert len(plan(tmp_path, Wanted(users=frozenset("a"))).spots) == 2
    live.close("stop")


def test_a_flag_that_flipped_by_itself_destroys_nothing(tmp_path: Path) -> None:
    """It reads as missing, which is told; an erasure of somebody else does not end what nobody began."""
    stream = recorded(tmp_path)
    (path,) = segment_files(stream_folders(tmp_path)[0])
    of_b = next(frame for frame in scan(path.read_bytes()) if b"word1 said" in frame.payload)
    flipped(path, of_b.offset + 9, ERASED)
    assert verdicts(tmp_path) == {f"content-missing {stream} 2 said"}
    erased(tmp_path, Wanted(users=frozenset("a")))
    assert b"word1 said" in disk(tmp_path)
    flipped(path, of_b.offset + 9, ERASED)
    assert f"content-missing {stream} 2 said" not in verdicts(tmp_path)


@given(data=st.data(), size=st.integers(500, 5000), gone=st.integers(0, 2))
def test_power_loss_in_the_middle_of_an_erasure(data: st.DataObject, size: int, gone: int) -> None:
    """Sectors reach the disk in any order: once the flag is there, any mixture of old and new reads as erased."""
    frames = [encode_frame(CONTENT, bytes([65 + number]) * size) for number in range(3)]
    frames[gone] = frames[gone][:9] + bytes([ERASED]) + frames[gone][10:]
    before = b"".join(frames)
    frames[gone] = encode_frame(CONTENT, bytes(size), ERASED)
    after = b"".join(frames)
    sectors = range(0, len(before), 512)
    kept = data.draw(st.sets(st.sampled_from(sectors)))
    mixed = b"".join((after if at in kept else before)[at : at + 512] for at in sectors)
    assert [each.flags for each in scan(mixed + bytes(64), 0)] == [ERASED * (number == gone) for number in range(3)]


# Kills.


def killed(folder: Path, fatal: int, *, half: bool) -> bool:
    """An erasure in a child process that dies in its `fatal`-th write or sync; whether it came so far."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    calls = itertools.count(1)

    def deadly(real: Callable[..., int]) -> Callable[..., int]:
        def call(descriptor: int, *rest: Any) -> int:
            if next(calls) == fatal:
                if half and rest:
                    real(descriptor, rest[0][: len(rest[0]) // 2], *rest[1:])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(descriptor, *rest)

        return call

    def armed(spots: Any, real: Callable[..., int] = erasure.destroy) -> int:
        os.pwrite, erasure._datasync = deadly(os.pwrite), deadly(erasure._datasync)
        return real(spots)

    erasure.destroy = armed
    try:
        erased(folder, Wanted(users=frozenset("a")))
    finally:
        os._exit(0)


@pytest.mark.parametrize("half", [False, True], ids=["before", "half way"])
def test_a_kill_at_any_step_breaks_nothing(tmp_path: Path, half: bool) -> None:
    """Each field is whole or erased, never damaged; the next erasure ends what was begun."""
    for fatal in itertools.count(1):
        folder = tmp_path / str(fatal)
        stream = recorded(folder)
        died = killed(folder, fatal, half=half)
        report = verify(sources.segments(folder))
        named = {each.detail for each in report.verdicts if each.name == "content-erased"}
        shown = {f"{each.envelope['n']} {field}" for each in reading.records(folder) for field in each.content}
        assert (report.exit_code != 2, named & shown) == (True, set()), (fatal, report.verdicts)
        assert {each.stream for each in report.verdicts if each.name == "content-erased"} <= {stream}
        assert named | shown == {f"{n} {field}" for n in range(1, 5) for field in ("asked", "said")}
        erased(folder, Wanted(users=frozenset("a")))
        assert not [word for word in (b"word0", b"word2") if word in disk(folder)]
        assert verify(sources.segments(folder)).exit_code < 2
        if not died:
            assert fatal > 5
            return


def test_an_interrupted_erasure_is_not_damage() -> None:
    """A flagged frame counts as erased whatever stands in it, as long as a frame may end where it says it does."""
    content, after = encode_frame(CONTENT, b"x" * 100), encode_frame(CONTENT, b"y")
    flagged = bytearray(content + after)
    flagged[9] |= ERASED
    for cut in range(101):
        torn = bytes(flagged[:12]) + bytes(cut) + bytes(flagged[12 + cut :])
        found = list(scan(torn, 0))
        assert [(each.flags, each.end) for each in found] == [(ERASED, len(content)), (0, len(torn))]
    assert frame_at(bytes(flagged[:60]), 0) is None
    flagged[4] ^= 1  # a length that leads nowhere
    assert frame_at(bytes(flagged), 0) is None
