"""`vedette verify`, as it is run: sources, windows, policies, proofs, exit codes, one line where there is no answer."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import trail_forge as forge
from tests.stores import filled, loki

from vedette import cli
from vedette.cli.progress import bar

KEY = next(iter(forge.HOST_KEYS.values()))
_MAIN = "import sys; from vedette import cli; sys.exit(cli.main())"
STREAMS = [forge.stream(ordinal) for ordinal in range(3)]


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_TRAIL", str(tmp_path / "trail"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    return forge.folder(tmp_path / "trail", *STREAMS)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(forge.lines(*STREAMS)) + "\n")
    return file


def run(*arguments: str | Path) -> int:
    return cli.main(["verify", *map(str, arguments)])


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [each["verdict"] for each in json.loads(capsys.readouterr().out)["verdicts"]]


@pytest.mark.usefixtures("trail")
def test_the_local_trail_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    """Whole, and said so."""
    assert run() == 0
    assert capsys.readouterr().out.startswith("WHOLE")


def test_whole_unfinished_broken_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The four exit codes, and the record by its name."""
    open_, broken = forge.stream(0, closed=False), forge.stream(0)
    broken.drop(broken.at("record", 40))
    for name, one, code in (("whole", forge.stream(0), 0), ("open", open_, 1), ("broken", broken, 2)):
        (tmp_path / name).write_text("\n".join(forge.lines(one)))
        assert run("--from", tmp_path / name, "--host-key", KEY) == code
    assert "record 40 is missing" in capsys.readouterr().out
    (tmp_path / "empty").write_text("")
    assert run(tmp_path / "empty") == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["/no/such/place"],
        ["--from", "loki:http://127.0.0.1:1"],
        ["--from", "elasticsearch:http://127.0.0.1:1/x"],
        ["--from", "datadog:"],
        ["--host-key", "nonsense"],
        ["--policy", "/no/such/file"],
        ["--anchor", "nonsense"],
    ],
)
def test_no_answer_is_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str], trail: Path) -> None:
    """Unreachable, no key, no such thing: exit code 3 and one line on standard error."""
    assert run(*arguments) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), err.startswith("vedette verify: ")) == ("", 1, True)


@pytest.mark.parametrize(
    "arguments", [["--since", "yesterday"], ["--until", "?"], ["--stream", "abc"], ["--proof", "x"]]
)
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str], trail: Path) -> None:
    """What was typed wrong is named; 3, for 2 would say that a record is broken."""
    assert run(*arguments) == 3
    assert arguments[0] in capsys.readouterr().err


def test_one_stream(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report is about it alone: damage elsewhere is not its own."""
    bodies = forge.lines(*STREAMS)
    bodies.remove(STREAMS[2].at("record", 40).body)
    export.write_text("\n".join(bodies))
    assert run(export, "--host-key", KEY) == 2
    assert run(export, "--host-key", KEY, "--stream", STREAMS[2].id) == 2
    capsys.readouterr()
    assert run(export, "--host-key", KEY, "--stream", STREAMS[1].id, "--json") == 0
    assert told(capsys) == ["unanchored"]


def test_one_stream_of_a_backend_misses_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    """What was not asked for is not missing."""
    with loki.running(filled.loki(*STREAMS)) as address:
        assert run("--from", f"loki:{address}", "--host-key", KEY, "--stream", STREAMS[2].id, "--json") == 0
    assert told(capsys) == ["unanchored"]


def late(one: forge.Stream, *, checkpoints: bool) -> list[str]:
    """Records from 50 on, with all checkpoints or only with those that come after."""
    return [
        each.body for each in one.items if (each.n >= 50 if each.sort != "checkpoint" else checkpoints or each.n >= 4)
    ]


def test_a_window_begins_at_a_checkpoint(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What lies before it is not missing, and where the proof begins is said. Without keys nobody vouches for it."""
    one, since = STREAMS[0], ("--since", "2026-11-22T12:04:20")
    export.write_text("\n".join(late(one, checkpoints=True)))
    assert run(export, "--host-key", KEY, *since, "--json") == 0
    assert told(capsys) == ["unanchored", f"from-checkpoint {one.id} 65"]
    export.write_text("\n".join(late(one, checkpoints=False)))
    assert run(export, "--host-key", KEY, *since, "--json") == 2
    assert told(capsys) == [f"missing-checkpoint {one.id} 0-3", "unanchored"]


def test_damage_in_a_window_is_named(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As anywhere else."""
    one = forge.stream(0)
    one.drop(one.at("record", 70))
    export.write_text("\n".join(late(one, checkpoints=True)))
    assert run(export, "--host-key", KEY, "--since", "2026-11-22T12:04:20", "--json") == 2
    assert f"missing-record {one.id} 70" in told(capsys)


def test_a_window_of_a_backend_brings_the_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """Checkpoints come from the beginning, records from the window."""
    one = forge.stream(0, records=2000)
    store = filled.loki(one, step_ns=10**9)
    with loki.running(store) as address:
        arguments = ("--from", f"loki:{address}", "--host-key", KEY, "--since", "2026-11-22T13:00:00+00:00", "--json")
        assert run(*arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert [each["verdict"].split()[0] for each in report["verdicts"]] == ["unanchored", "from-checkpoint"]
    assert 0 < report["streams"][0]["records"] < 1500


def test_a_policy_forbids_a_note(export: Path, tmp_path: Path) -> None:
    """Whole, but not as asked for: exit code 1; keys may stand in the policy."""
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"forbid": ["unanchored"]}))
    assert run(export, "--host-key", KEY, "--policy", policy) == 1
    policy.write_text(json.dumps({"forbid": ["host-key-unpinned"], "host_keys": forge.HOST_KEYS}))
    assert run(export, "--policy", policy) == 0


def test_against_the_local_trail(trail: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A backend that lost its newest part, and a stream, with all their checkpoints: the local trail knows better."""
    short = forge.stream(0)
    short.cut(49)
    file = tmp_path / "export"
    file.write_text("\n".join(forge.lines(short, STREAMS[1])))
    assert run(file, "--host-key", KEY, "--json") == 1
    assert told(capsys) == [f"stream-not-closed {short.id}", "unanchored"]
    assert run(file, "--host-key", KEY, "--against", "trail", "--json") == 2
    assert set(told(capsys)) == {
        f"stream-not-closed {short.id}",
        f"rollback-vs-anchor {short.id} 49<102",
        f"anchored-stream-missing {STREAMS[2].id}",
        "unanchored",
    }


@pytest.mark.parametrize("source", ["trail", "export"])
def test_a_proof_goes_where_nothing_else_is(
    source: str, trail: Path, export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Written from any source, checked with the pinned key and no trail; another key, another record: broken."""
    assert run(trail if source == "trail" else export, "--proof", f"{STREAMS[1].id}-40") == 0
    file = tmp_path / "proof.json"
    file.write_text(capsys.readouterr().out)
    assert run(file, "--host-key", KEY) == 0
    assert capsys.readouterr().out.startswith("PROVEN  Record 40 of stream")
    assert run(file, "--host-key", KEY, "--json") == 0
    assert json.loads(capsys.readouterr().out)["envelope"] == STREAMS[1].at("record", 40).value
    other = forge.base64.b64encode(forge.public(forge.seed(9, 9))).decode()
    assert run(file, "--host-key", other) == 2
    assert run(file) == 3
    file.write_text(file.read_text().replace("weather", "whether"))
    assert run(file, "--host-key", KEY) == 2


@pytest.mark.parametrize("name", ["0" * 32 + "-1", f"{STREAMS[0].id}-9999"])
def test_no_proof_of_what_is_not_there(name: str, trail: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Said in one line."""
    assert run("--proof", name) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_a_bar_on_a_terminal_only(export: Path) -> None:
    """Standard error on a terminal shows how far it is, and is clean in the end; a pipe sees nothing of it."""
    command = [sys.executable, "-c", _MAIN, "verify", "-", "--host-key", KEY]
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        assert process.stdin is not None and process.stdout is not None
        for line in forge.lines(forge.stream(0)):  # for longer than the moment after which a bar is shown
            process.stdin.write(line.encode() + b"\n")
            process.stdin.flush()
            time.sleep(0.01)
        process.stdin.close()
        shown = _all_of(ours)
        assert process.stdout.read().startswith(b"WHOLE")
    assert shown.endswith(b"\r\x1b[K")
    assert subprocess.run([*command[:-3], str(export), *command[-2:]], capture_output=True).stderr == b""


def _all_of(descriptor: int) -> bytes:
    found = b""
    with open(descriptor, "rb", buffering=0) as file:
        try:
            while part := file.read(4096):
                found += part
        except OSError:  # Linux: the other end of a terminal was closed
            pass
    return found


def test_the_bar() -> None:
    """How far, how much, how many."""
    assert bar(50, 100, "1,200 lines") == "████████████░░░░░░░░░░░░  50% of 100 B  1,200 lines"
    assert bar(5, 0, "7 lines") == "5 B  7 lines"
