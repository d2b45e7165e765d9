"""A trail to look at: one agent for two users, with tools inside tools, an exchange, a failure and a finding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.trails import instrumented

from vedette.cli import main
from vedette.cli.standin import StandIn

AGENT = '''
import os, httpx, vedette

@vedette.tool
def lookup(name):
    """A customer's number."""
    return httpx.get(os.environ["SERVER"] + "/weather", params={"city": name, "api_key": "not-a-real-key"}).text

@vedette.tool
def plan(goal):
    lookup("Paris")
    raise ValueError("no plan for bob@example.org")

with vedette.session(user="ada", session="s1", agent="clerk"):
    vedette.note.user_input("Write to ada@example.org")
    try:
        plan("a journey")
    except ValueError:
        pass
    vedette.note.finding(rule="too-far", level="high", message="the journey is too far")
with vedette.session(user="bob", session="s2"):
    vedette.note.auth_attempt(user="bob", success=False, method="token", target="/admin")
    vedette.note.output("No.")
'''


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Vedette = Callable[..., Ran]


@pytest.fixture(scope="session")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "agent.py").write_text(AGENT)
    with StandIn() as server:
        done = instrumented(folder / "agent.py", env={"VEDETTE_TRAIL": str(folder / "trail"), "SERVER": server.url})
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "trail"


@pytest.fixture
def vedette(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Vedette:
    """`vedette(*arguments, columns=100)`: one command, with no setting but those that a test makes."""
    for name in ("VEDETTE_TRAIL", "NO_COLOR", "FORCE_COLOR", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run(*arguments: str | Path, columns: int = 100) -> Ran:
        monkeypatch.setenv("COLUMNS", str(columns))
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ran(code, *capsys.readouterr())

    return run
