"""`vedette status` and `vedette keeper`, as they are run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.trails import clean, python

from vedette.cli import main, status
from vedette.event import Event, Kind
from vedette.trail import Trail, sources
from vedette.trail.files.folder import make
from vedette.trail.files.lock import held, taken
from vedette.trail.hosting.anchored import Newest, State, remember
from vedette.trail.proving.verify import verify
from vedette.trail.shipping import place as places
from vedette.trail.shipping.place import Place

COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT"


def birth() -> Event:
    return Event(kind=Kind.LIFECYCLE, name="birth", facts={"vedette.lifecycle.phase": "birth"})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A closed stream of four records, and the environment of its user."""
    for name in [each for each in os.environ if each.startswith(("VEDETTE_", "OTEL_"))]:
        monkeypatch.delenv(name)
    folder = tmp_path / "trail"
    monkeypatch.setenv("VEDETTE_TRAIL", str(folder))
    monkeypatch.setenv("NO_COLOR", "1")
    trail = Trail(folder, birth=birth)
    for _ in range(2):
        trail.append(Event(kind=Kind.TOOL, name="weather"))
    trail.close("stop")
    return folder


Told = Callable[..., tuple[int, str]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Exit code and output of the command."""

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["status", *arguments])
        return code, capsys.readouterr().out

    return run


def as_json(told: Told) -> dict[str, object]:
    found: dict[str, object] = json.loads(told("--json")[1])
    return found


def test_a_trail_that_is_well(folder: Path, told: Told) -> None:
    """Plain, aligned, one line for each thing, exit code 0."""
    code, text = told()
    lines = text.splitlines()
    assert code == 0
    assert lines[0].startswith(f"trail    {folder}  ") and " of " in lines[0]
    assert lines[1] == "shipper  no collector is configured: the record stays here"
    assert lines[2] == "keeper   nobody keeps the host log now, 0 records in it"
    assert lines[3] == "anchors  none has seen it"
    assert lines[5] == "stream           state       records   waiting   lost  last written"
    assert lines[6].startswith("0 (") and " closed            4         -      -  " in lines[6]
    assert len(lines) == 7


def test_everything_as_json(folder: Path, told: Told) -> None:
    found = as_json(told)
    (stream,) = found["streams"]  # type: ignore[misc]
    assert (found["shipped"], found["kept"], found["lag"], found["wrong"]) == (False, False, 0, [])
    assert (stream["ordinal"], stream["state"], stream["records"], stream["parked"]) == (0, "closed", 4, 0)
    assert stream["newest_ns"].isdecimal()


def test_what_waits_for_the_collector(folder: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it, then the rest behind the place, then nothing."""
    monkeypatch.setenv(COLLECTOR, "http://127.0.0.1:9")
    code, text = told()
    assert code == 0 and "shipper  4 records wait, the oldest for 0 s" in text
    stream = folder / "streams" / "00000000"
    size = (stream / "000000.seg").stat().st_size
    places.save(stream, Place(0, size, 4, 0))
    assert "shipper  everything is acknowledged" in told()[1]
    assert as_json(told)["waiting"] == 0


def test_what_waits_too_long_needs_somebody(folder: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COLLECTOR, "http://127.0.0.1:9")
    monkeypatch.setattr(status, "LATE", -1.0)
    code, text = told()
    assert (code, text.splitlines()[-1]) == (1, "! the oldest record has waited 0 s for the collector")


def test_what_was_refused_needs_somebody(folder: Path, told: Told) -> None:
    rejected = folder / "streams" / "00000000" / "rejected"
    rejected.mkdir()
    (rejected / "2.json").write_text("{}")
    code, text = told()
    assert code == 1
    assert text.splitlines()[-1] == (
        "! stream 0: the collector refused 1 record(s), laid aside in streams/00000000/rejected"
    )


def gap(state: str, count: int = 0) -> Event:
    facts = {"vedette.lifecycle.phase": "gap", "vedette.gap.state": state, "vedette.gap.count": count}
    return Event(kind=Kind.LIFECYCLE, name="gap", facts=facts)


def test_gaps_are_counted(folder: Path, told: Told) -> None:
    """A closed one says how many are lost; an open one needs somebody. Content that reads like one is none."""
    trail = Trail(folder, birth=birth)
    trail.append(Event(kind=Kind.TOOL, name="weather", content={"said": '{"vedette.gap.state":"open"}'}))
    trail.append(gap("open"))
    trail.append(gap("closed", 7))
    assert told()[0] == 0 and "running           4         -      7  " in told()[1]
    trail.append(gap("open"))
    code, text = told()
    trail.close("stop")
    assert (code, text.splitlines()[-1]) == (1, "! stream 1: records cannot be written")


def test_a_running_stream_that_nobody_keeps(folder: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    trail = Trail(folder, birth=birth)
    trail.append(Event(kind=Kind.TOOL, name="weather"))
    assert told()[0] == 0
    monkeypatch.setattr(status, "UNKEPT", -1.0)
    code, text = told()
    trail.close("stop")
    assert (code, text.splitlines()[-1]) == (1, "! nobody keeps the host log; run `vedette keeper`")


def test_anchors_that_fail_or_grow_old(folder: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    make(folder / "host")
    remember(folder / "host", State(Newest("tsa", "tsa.example", "h", 212, time.time_ns()), {}))
    assert told()[0] == 0 and "anchors  tsa tsa.example, 0 s ago, over 212 records" in told()[1]
    remember(folder / "host", State(Newest("tsa", "tsa.example", "h", 212, 1), {"tsa:tsa.example": "answered 503"}))
    monkeypatch.setenv("VEDETTE_ANCHORS", "tsa:https://tsa.example")
    code, text = told()
    first, second = text.splitlines()[-2:]
    assert code == 1 and first == "! anchor tsa:tsa.example: answered 503"
    assert second.startswith("! the newest anchor is ") and second.endswith(" d old")


def test_a_trail_that_is_nearly_full(folder: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_TRAIL_MAX", "1m")
    code, text = told()
    assert code == 1 and "% of VEDETTE_TRAIL_MAX" in text.splitlines()[-1]


def test_a_process_that_died_left_an_ended_stream(folder: Path, told: Told) -> None:
    pid = os.fork()
    if not pid:
        Trail(folder, birth=birth).append(Event(kind=Kind.TOOL, name="weather"))
        os._exit(0)
    os.waitpid(pid, 0)
    assert " ended             2 " in told()[1]


def test_many_streams_are_cut_to_the_newest(folder: Path, told: Told) -> None:
    for _ in range(14):
        Trail(folder, birth=birth).append(Event(kind=Kind.TOOL, name="weather"))
    assert told()[1].splitlines()[-1] == "and 3 older (--all)"
    assert len(told("--all")[1].splitlines()) == 6 + 15


@pytest.mark.parametrize("command", ["status", "keeper"])
def test_no_trail_is_one_line(tmp_path: Path, command: str) -> None:
    """Exit code 2, and a sentence that says what to do."""
    arguments = [command, str(tmp_path)] if command == "status" else [command, "--once"]
    found = python("-c", "import sys; from vedette.cli import main; sys.exit(main(sys.argv[1:]))", *arguments,
                   env={"VEDETTE_TRAIL": str(tmp_path / "none")})  # fmt: skip
    assert found.returncode == 2 and found.stdout == ""
    assert found.stderr.startswith(f"vedette {command}: ") and found.stderr.count("\n") == 1


# vedette keeper.


def test_the_keeper_runs_until_it_is_told_to_end(folder: Path) -> None:
    """It says where it keeps what, and the key to pin; SIGTERM ends it cleanly, with the log sealed."""
    code = "import sys; from vedette.cli import main; sys.exit(main(['keeper']))"
    running = subprocess.Popen(
        [sys.executable, "-c", code], env=clean({"VEDETTE_TRAIL": str(folder)}), stderr=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    said = running.stderr.readline()
    key = json.loads((folder / "trail.json").read_text())["host_key"]
    assert said == f"vedette keeper: {folder / 'host'} keeps the host log of {folder}; host key {key}\n"
    assert held(folder / "keeper.lock")
    running.send_signal(signal.SIGTERM)
    assert (running.wait(20), running.stderr.read()) == (0, "")
    running.stderr.close()
    assert {each.name for each in verify(sources.segments(folder)).verdicts} == {"ephemeral", "unanchored"}


def test_a_second_keeper_says_so(folder: Path) -> None:

    descriptor = taken(folder / "keeper.lock")
    assert descriptor is not None
    code = "import sys; from vedette.cli import main; sys.exit(main(['keeper', '--once']))"
    found = python("-c", code, env={"VEDETTE_TRAIL": str(folder)})
    os.close(descriptor)
    assert (found.returncode, found.stderr) == (2, "vedette keeper: somebody else keeps this host log\n")


def test_an_anchor_that_is_none_is_one_line(folder: Path) -> None:
    code = "import sys; from vedette.cli import main; sys.exit(main(['keeper', '--once']))"
    found = python("-c", code, env={"VEDETTE_TRAIL": str(folder), "VEDETTE_ANCHORS": "ftp:x"})
    assert (found.returncode, found.stderr.count("\n")) == (2, 1)
    assert "'ftp:x' is no anchor" in found.stderr
