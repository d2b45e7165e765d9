"""`vedette redact`: the engine as a filter (issue 5, R12)."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

GITHUB = "ghp_" + "aB3dE6" * 6
MAIN = "import sys; from vedette.cli import main; sys.exit(main())"
TEXT = f'use {GITHUB}\n{{"password": "hunter2x", "n": 1}}\nmail somebody@corp.example\n'


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(engines: object, tmp_path: Path) -> Run:
    def run(*arguments: str, text: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", MAIN, "redact", *arguments],
            input=text,
            capture_output=True,
            text=True,
            env={"VEDETTE_TRAIL": str(tmp_path / "trail"), "PATH": "", **settings},
        )

    return run


def test_a_pipe_and_a_file_give_the_same(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_text(TEXT)
    piped, filed = run(text=TEXT), run(str(path), "--explain")
    assert piped.returncode == filed.returncode == 0
    assert piped.stdout == filed.stdout
    lines = piped.stdout.splitlines()
    assert lines[0].startswith("use [github_token:") and json.loads(lines[1])["n"] == 1
    assert not any(each in piped.stdout for each in (GITHUB, "hunter2x", "somebody"))
    assert "github_token" in filed.stderr and "3 taken out, 0 withheld" in filed.stderr


def test_for_machines(run: Run) -> None:
    *texts, told = map(json.loads, run("--json", text=TEXT).stdout.splitlines())
    assert "".join(each["text"] for each in texts).count("\n") == 3
    assert {row["kind"] for row in told["taken"]} == {"github_token", "password", "email"}
    assert told["withheld"] == 0 and told["engine"]


def test_one_line_for_what_is_wrong(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("actions:\n  email: eat\n")
    refused = run(text="x", VEDETTE_REDACT_CONFIG=str(bad))
    for found in (run("/nowhere"), refused, run(text="x", VEDETTE_REDACT="off")):
        assert found.returncode == 2 and found.stdout == "" and found.stderr.count("\n") == 1
    assert "line 2: 'eat' is not one of" in refused.stderr
