"""Near the cap, and on a full disk: what is still written, what is let go, and what is said about it."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.sound import Sound, sound

from vedette.event import Event, Kind, Phase
from vedette.guard import AuditUnavailable
from vedette.trail import Trail, Unavailable
from vedette.trail.format.spool import read_segment, segment_files, stream_folders
from vedette.trail.proving import verify as verifier
from vedette.trail.shipping import place as places
from vedette.trail.sources import segments
from vedette.trail.writing.room import Level, Limits, Room, usage

CAP = 2 * 1024 * 1024


def birth() -> Event:
    return Event(kind=Kind.LIFECYCLE, name="birth")


def tool(i: int = 0, phase: Phase = Phase.SINGLE, size: int = 3000) -> Event:
    return Event(kind=Kind.TOOL, name=f"t{i}", phase=phase, content={"gen_ai.tool.call.result": "x" * size})


def finding() -> Event:
    return Event(kind=Kind.FINDING, name="rule", content={"vedette.finding.message": "m" * 500})


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Trail]]:
    trails: list[Trail] = []

    def make(**limits: object) -> Trail:
        trails.append(Trail(tmp_path / "trail", birth=birth, limits=Limits(**{"most": CAP, **limits})))  # type: ignore[arg-type]  # one keyword a field
        return trails[-1]

    yield make
    for each in trails:
        each.close("stop")


def fill(trail: Trail, level: Level) -> None:
    """Bring the trail to a level of the ladder, as another process would."""
    trail.append(tool())
    room = trail._writer.room
    weight = trail.folder / "weight"
    with weight.open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, max(room.most * level // 100 - usage(trail.folder), 0) + 8192)
    room.count(trail._writer.stream.total)  # type: ignore[union-attr]  # it was born above
    assert room.level(trail._writer.stream.total) >= level  # type: ignore[union-attr]


def only(trail: Trail) -> Sound:
    (folder,) = stream_folders(trail.folder)
    return sound(folder)


def phases(trail: Trail, phase: str) -> list[dict[str, object]]:
    return [each["a"] for each in only(trail).records if each.get("a", {}).get("vedette.lifecycle.phase") == phase]


def wait_for(ready: Callable[[], object], timeout: float = 10.0) -> None:
    end = time.monotonic() + timeout
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_default_cap_and_its_bounds(tmp_path: Path) -> None:
    """The smaller of 1 GiB and a tenth of what is free, at least 64 MiB; the ballast is taken with it."""
    room = Room(tmp_path, 0)
    room.open()
    free = os.statvfs(tmp_path)
    assert room.most == max(min(2**30, free.f_bavail * free.f_frsize // 10), 64 * 2**20)
    assert (tmp_path / "ballast").stat().st_size == 2**20
    assert (room.segment, room.step) == (16 * 2**20, 2**20)


def test_trail_filling_is_found_once(made: Callable[..., Trail]) -> None:
    """At 80 per cent; the shipper is told not to linger."""
    trail = made(acknowledged="acked")
    fill(trail, Level.FILLING)
    assert trail.filling
    for _ in range(3):
        trail._tidy.look(trail._writer.room, trail._writer.stream.total + 1)  # type: ignore[union-attr]
        trail._writer.room.counted = 0.0
    found = [each["e"] for each in only(trail).records if each["k"] == "finding"]
    assert found == ["trail-filling"]


def test_the_oldest_segments_go_where_the_trail_is_the_archive(made: Callable[..., Trail]) -> None:
    """Four times the cap is written: the directory stays below it, nothing is refused, and what is left is proven."""
    trail = made(most=2 * CAP)
    most = 0
    for i in range(8 * CAP // 4000):
        trail.append(tool(i))
        if i % 10 == 0:
            most = max(most, usage(trail.folder))
            wait_for(lambda: not trail._writer.room.level(trail._writer.stream.total) >= Level.SHEDDING)  # type: ignore[union-attr]
    trail.close("stop")
    assert most <= 2 * CAP
    report = verifier.verify(segments(trail.folder))
    assert {each.name for each in report.verdicts} <= {"unanchored", "ephemeral", "trimmed", "content-shed"}
    assert "trimmed" in {each.name for each in report.verdicts}


def kept(trail: Trail) -> list[int]:
    """Numbers of the records that are there."""
    return [each["n"] for each in map(json.loads, segments(trail.folder)) if "y" not in each]


def test_a_trim_is_told_before_and_says_from_where_the_rest_is_proven(made: Callable[..., Trail]) -> None:
    """Stream, range, reason, and the checkpoint that begins what is left. The birth and all checkpoints stay."""
    trail = made()
    for i in range(300):
        trail.append(tool(i))
    trail._tidy._trim(trail._writer.room.most // 3, "cap")
    bodies = [json.loads(body) for body in segments(trail.folder)]
    told = [each["a"] for each in bodies if each.get("a", {}).get("vedette.lifecycle.phase") == "trim"]
    heads = {each["i"]: each["note"].split("\n")[1] for each in bodies if each.get("y") == "checkpoint"}
    last = told[-1]
    assert sorted(heads) == list(range(len(heads)))
    assert kept(trail)[:2] == [0, last["vedette.trim.last"] + 1]
    assert (last["vedette.trim.stream"], last["vedette.trim.first"]) == (trail.stream, 1)
    assert last["vedette.head.size"] == last["vedette.trim.last"] + 1 == int(heads[last["vedette.head.index"]])
    assert last["vedette.lifecycle.reason"] == "cap: no collector"


def test_what_no_collector_has_acknowledged_is_never_let_go(made: Callable[..., Trail]) -> None:
    """With a shipper the cap makes a gap rather than lose what was not delivered; what was acknowledged may go."""
    trail = made(acknowledged="acked")
    with pytest.raises(Unavailable):
        for i in range(3 * CAP // 3000):
            trail.append(tool(i, size=60_000))
    folder = stream_folders(trail.folder)[0]
    assert kept(trail)[:2] == [0, 1]
    assert usage(trail.folder) <= CAP + 64 * 1024  # but for the last words
    newest = segment_files(folder)[-1]
    places.save(folder, places.Place(int(newest.stem), 128, 0, 0))
    wait_for(lambda: kept(trail)[1] > 1)
    wait_for(lambda: not trail._writer.missed)
    trail.append(tool(1))
    (reason,) = {
        each["a"]["vedette.lifecycle.reason"]
        for each in map(json.loads, segments(trail.folder))
        if each.get("a", {}).get("vedette.lifecycle.phase") == "trim"
    }
    assert reason == "cap: acked, not reconciled"


def test_acknowledged_segments_stay_for_a_day_or_a_fifth_of_the_cap(made: Callable[..., Trail]) -> None:
    """Young and few: they stay. Older than a day: they go, though there is room."""
    trail = made(most=16 * CAP, acknowledged="acked")
    for i in range(2000):
        trail.append(tool(i))
    folder = stream_folders(trail.folder)[0]
    files = segment_files(folder)
    places.save(folder, places.Place(int(files[-1].stem), 128, 0, 0))
    trail._tidy._trim_acknowledged(10**9)
    assert kept(trail) == list(range(len(kept(trail))))
    yesterday = time.time() - 25 * 3600
    os.utime(files[0], (yesterday, yesterday))
    trail._tidy._trim_acknowledged(10**9)
    second = read_segment(files[1]).header.first
    assert kept(trail)[:2] == [0, second]
    trail._tidy._trim_acknowledged(0)
    assert kept(trail)[:2] == [0, read_segment(files[-1]).header.first]


def test_content_is_shed_at_ninety_per_cent_but_for_findings(made: Callable[..., Trail]) -> None:
    """The size stands in the envelope, and no commitment."""
    trail = made(acknowledged="acked")
    fill(trail, Level.SHEDDING)
    trail.append(tool(1))
    trail.append(finding())
    shed, kept = [each for each in only(trail).records if each.get("e") in ("t1", "rule")]
    assert shed["c"] == {"gen_ai.tool.call.result": ["", 3000]}
    assert kept["c"]["vedette.finding.message"][1] == 500
    assert kept["c"]["vedette.finding.message"][0]


def test_at_97_per_cent_only_what_matters_most_is_written(made: Callable[..., Trail]) -> None:
    """auth, finding, change, lifecycle and intents; the rest is counted into an open gap, closed when space returns."""
    trail = made(acknowledged="acked")
    fill(trail, Level.CLOSING)
    for phase in (Phase.SINGLE, Phase.OUTCOME):
        with pytest.raises(Unavailable):
            trail.append(tool(2, phase))
    for kind in (Kind.AUTH, Kind.FINDING, Kind.CHANGE):
        trail.append(Event(kind=kind, name="kept"))
    trail.append(tool(3, Phase.INTENT))
    told = [each["a"]["vedette.gap.state"] for each in only(trail).records if "vedette.gap.state" in each.get("a", {})]
    assert told == ["open"]
    (trail.folder / "weight").unlink()
    wait_for(lambda: not trail._writer.missed)
    trail.append(tool(4))
    records = only(trail).records
    names = [
        each.get("e") or each.get("a", {}).get("vedette.gap.state", "") for each in records if each["k"] != "finding"
    ]
    assert [name for name in names if name] == ["t0", "open", "kept", "kept", "t3", "closed", "t4"]
    closed = next(each["a"] for each in records if each.get("a", {}).get("vedette.gap.state") == "closed")
    assert (closed["vedette.gap.count"], closed["vedette.gap.kinds"]) == (2, "tool=2")


def test_refuse_raises_before_the_effect_and_only_there(made: Callable[..., Trail]) -> None:
    """A forced intent is refused with the host's own exception; anything else is a gap for the guard."""
    trail = made(on_full="refuse", acknowledged="acked")
    fill(trail, Level.FULL)
    with pytest.raises(AuditUnavailable, match="VEDETTE_TRAIL_MAX"):
        trail.append(tool(1, Phase.INTENT), sync=True)
    with pytest.raises(Unavailable):
        trail.append(tool(1, Phase.INTENT))
    with pytest.raises(Unavailable):
        trail.append(finding())


def test_block_waits_for_space_once_in_a_spell(made: Callable[..., Trail], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first record waits; those after it make a gap at once; when space comes while one waits, it is written."""
    monkeypatch.setattr("vedette.trail.writing.log.PATIENCE", 0.4)
    trail = made(on_full="block", acknowledged="acked")
    fill(trail, Level.FULL)
    begin = time.monotonic()
    with pytest.raises(Unavailable):
        trail.append(tool(1))
    assert time.monotonic() - begin > 0.35
    begin = time.monotonic()
    with pytest.raises(Unavailable):
        trail.append(tool(2))
    assert time.monotonic() - begin < 0.3
    (trail.folder / "weight").unlink()
    wait_for(lambda: not trail._writer.missed)
    trail.append(tool(3))
    assert trail._writer.patient


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_is_really_full(made: Callable[..., Trail], monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """The ballast is given up for the open gap; the closed one is the first record once it can be taken again."""
    trail = made(most=64 * CAP)
    trail.append(tool(0))
    free = [False]
    pwrite, allocate = os.pwrite, os.posix_fallocate

    def write(descriptor: int, data: bytes, at: int) -> int:
        if not free[0] and (trail.folder / "ballast").exists():
            raise OSError(number, os.strerror(number))
        return pwrite(descriptor, data, at)

    def reserve(descriptor: int, at: int, size: int) -> None:
        if not free[0] and not Path(f"/proc/self/fd/{descriptor}").readlink().suffix == ".seg":
            raise OSError(number, os.strerror(number))
        allocate(descriptor, at, size)

    monkeypatch.setattr(os, "pwrite", write)
    monkeypatch.setattr(os, "posix_fallocate", reserve)
    for i in range(1, 4):
        with pytest.raises(Unavailable, match=os.strerror(number)):
            trail.append(tool(i))
    assert not (trail.folder / "ballast").exists()
    assert [each["vedette.gap.state"] for each in phases(trail, "gap")] == ["open"]
    free[0] = True
    wait_for(lambda: not trail._writer.missed, 2.0)
    assert (trail.folder / "ballast").exists()
    trail.append(tool(9))
    assert [each["vedette.gap.state"] for each in phases(trail, "gap")] == ["open", "closed"]
    assert phases(trail, "gap")[1]["vedette.gap.count"] == 3
    assert [each["n"] for each in only(trail).records] == list(range(len(only(trail).records)))


def test_a_stream_that_is_wholly_gone_keeps_its_place(tmp_path: Path, made: Callable[..., Trail]) -> None:
    """Its ordinal is never given again, and the trim record tells of it."""
    first = made()
    first.append(tool(1))
    first_id = first.stream
    first.close("stop")
    second = made()
    second.append(tool(2))
    second._tidy._trim(10**9, "cap")
    third = made()
    third.append(tool(3))
    assert (second.ordinal, third.ordinal) == (1, 2)
    second.close("stop")
    third.close("stop")
    assert len(json.loads(next(iter(segments(first.folder))))) > 3  # its birth
    report = verifier.verify(segments(first.folder))
    assert {(each.name, each.stream, each.detail) for each in report.verdicts} == {
        ("trimmed", first_id, "1-2"),
        ("ephemeral", "", ""),
        ("unanchored", "", ""),
    }
