"""`vedette show --follow`: what is there, then what comes, until Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.spooled import Spooled
from tests.trails import clean


@pytest.fixture
def following(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """On `tmp_path`/trail, which need not be there yet."""
    process = subprocess.Popen(
        [sys.executable, "-m", "vedette.cli", "show", "--follow", tmp_path / "trail"],
        env=clean({"COLUMNS": "100"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_what_is_recorded_meanwhile_is_told(following: subprocess.Popen[str], tmp_path: Path) -> None:
    """In streams, and a trail, that were not there before, nested below an operation that has not ended."""
    assert following.stdout is not None
    first = Spooled(tmp_path / "trail", 0)
    first.record("tool", e="before")
    first.die()
    assert [" before" in following.stdout.readline() for _ in range(2)] == [False, True]
    stream = Spooled(tmp_path / "trail", 1, alive=True)
    stream.birth(**{"process.executable.name": "agent.py", "vedette.pid": 7})
    stream.record("agent", e="outer", f="intent", a={"vedette.event.id": "1"})
    stream.record("tool", e="inner", a={"vedette.event.id": "2", "vedette.parent.id": "1"})
    assert following.stdout.readline() == "\n"
    assert following.stdout.readline().endswith("agent.py (7)\n")
    assert "  tool     inner" in following.stdout.readline()
    following.send_signal(signal.SIGINT)
    _, said = following.communicate(timeout=30)
    stream.die()
    assert (following.returncode, said) == (130, "")


LOST = """
import os, signal
from vedette.cli.ending import Ending

class Finalised:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):  # Python drops the exception here
            pass

ending = Ending()
Finalised()
print("went on", flush=True)
ending.pause(30)
"""


def test_an_interrupt_that_python_drops_is_heard_at_the_next_pause() -> None:
    done = subprocess.run([sys.executable, "-c", LOST], capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout == "went on\n"
    assert done.returncode == -signal.SIGINT
