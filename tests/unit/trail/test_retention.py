"""Retention: what goes when its time is over, what stays, what is said of it; and that a host does not notice."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest
from tests.unit.trail.test_erase import birth, disk, event, opened, recorded, verdicts

from vedette.event import Event, Kind
from vedette.trail import sources
from vedette.trail.custody import due as looking
from vedette.trail.custody import retention
from vedette.trail.custody.due import due
from vedette.trail.custody.holds import Holds
from vedette.trail.custody.retention import DAY_NS, Retention, apply, cutoff
from vedette.trail.custody.seals import Seals
from vedette.trail.files import reading
from vedette.trail.proving.verify import verify

assert birth  # the birth of the streams here, too


def later(days: int) -> int:
    """The cutoff of that many days as it will be one day after."""
    return cutoff(days, time.time_ns() + (days + 1) * DAY_NS)


def applied(folder: Path, before: int) -> int:
    trail = opened(folder)
    done = apply(trail, before)
    trail.close("stop")
    return done


def test_content_goes_and_a_sealed_record_says_so(tmp_path: Path) -> None:
    """Of all records of that age: `trimmed`, as one run; envelopes and checkpoints are proven as before."""
    stream = recorded(tmp_path)
    assert applied(tmp_path, later(400)) == 8
    assert b"word" not in disk(tmp_path)
    report = verify(sources.segments(tmp_path))
    assert verdicts(tmp_path) == {f"trimmed {stream} 1-4"}
    assert (report.exit_code, report.streams[0].proven) == (0, 6)
    (told,) = [
        each.envelope["a"] for each in reading.records(tmp_path) if "vedette.trim.what" in each.envelope.get("a", {})
    ]
    assert (told["vedette.trim.first"], told["vedette.trim.last"]) == (1, 4)
    assert (told["vedette.trim.stream"], told["vedette.lifecycle.reason"]) == (stream, "retention")


def test_what_is_young_stays(tmp_path: Path) -> None:
    """Nothing is due, nothing is told; and 0 days is for ever."""
    recorded(tmp_path)
    assert not due(tmp_path, cutoff(400)) and not due(tmp_path, cutoff(0))
    assert applied(tmp_path, cutoff(400)) == 0
    assert verdicts(tmp_path) == set()


def test_a_hold_outlasts_the_time(tmp_path: Path) -> None:
    """What is held stays, and is looked at again; once it is released, it goes too."""
    stream = recorded(tmp_path, "abba")
    hold = Holds(tmp_path).add(who="counsel", why="case 7", user="a")
    assert applied(tmp_path, later(400)) == 4
    assert verdicts(tmp_path) == {f"trimmed {stream} 2-3"}
    Holds(tmp_path).release(hold.id)
    assert applied(tmp_path, later(400)) == 4
    assert verdicts(tmp_path) == {f"trimmed {stream} 1-4"}


def test_what_is_through_is_not_read_again(tmp_path: Path) -> None:
    """A segment without content of its time costs nothing from then on; its own record of that does."""
    recorded(tmp_path)
    applied(tmp_path, later(400))
    assert json.loads((tmp_path / "retention.json").read_text())["00000000"] == 0
    assert not due(tmp_path, later(400))


def test_records_without_content_do_not_part_a_run(tmp_path: Path) -> None:
    """One trim record tells of a whole segment; a record that keeps its content parts it."""
    trail = opened(tmp_path)
    for user in "aabaa":
        trail.append(event(user, "word"))
        trail.append(Event(kind=Kind.EXCHANGE, name="GET"))
    trail.close("stop")
    Holds(tmp_path).add(who="counsel", why="case 7", user="b")
    found = due(tmp_path, later(400))
    assert [run[1:] for run in found.runs()] == [(1, 3), (7, 9)]
    applied(tmp_path, later(400))
    assert verdicts(tmp_path) == {f"trimmed {trail.stream} {n}" for n in (1, 3, 7, 9)}


def test_a_great_deal_goes_a_part_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So much is never in memory at once; all of it goes, each part told of before."""
    streams = [recorded(tmp_path, "ab") for _ in range(5)]
    monkeypatch.setattr(looking, "MOST", 6)
    assert len(due(tmp_path, later(400)).spots) == 8
    assert applied(tmp_path, later(400)) == 20
    assert verdicts(tmp_path) == {f"trimmed {stream} 1-2" for stream in streams}


def test_content_under_a_live_writer_goes_too(tmp_path: Path) -> None:
    """The segment that is being written to is not through, but what is old in it goes."""
    live = opened(tmp_path)
    live.append(event("a", "word"))
    assert applied(tmp_path, later(400)) == 2
    live.append(event("a", "new"))
    live.close("stop")
    assert b"word" not in disk(tmp_path) and b"new said" in disk(tmp_path)
    assert "00000000" not in json.loads((tmp_path / "retention.json").read_text())
    assert verdicts(tmp_path) == {f"trimmed {live.stream} 1"}


def test_keys_of_sealed_content_go_when_they_were_not_used_for_so_long(tmp_path: Path) -> None:
    """Their content at the backend is as old as their last use, at most."""
    recorded(tmp_path)
    seals = Seals(tmp_path)
    seals.bodies({"s": "0" * 32, "n": 1, "w": {"user": "a", "session": "x"}}, "said", bytes(16) + b"said\0text")
    assert len(due(tmp_path, later(400)).seals) == 1 and not due(tmp_path, cutoff(400)).seals
    applied(tmp_path, later(400))
    assert not list(seals)


def test_beside_a_host_it_runs_on_a_thread_of_its_own(tmp_path: Path) -> None:
    """Called as time passes it does nothing on its caller's thread, and once an hour at most."""
    trail = opened(tmp_path)
    trail.append(event("a", "word"))
    keeping = Retention(trail, days=1)
    keeping.look()
    assert not [each for each in threading.enumerate() if each.name == "vedette-retention"]
    retention_began = keeping._next
    keeping._next = 0.0
    keeping.look()
    for thread in threading.enumerate():
        if thread.name == "vedette-retention":
            thread.join(10)
    assert keeping._next >= retention_began and (tmp_path / "retention.json").exists()
    trail.close("stop")
    assert retention.EVERY == 3600
