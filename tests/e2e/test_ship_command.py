"""`vedette ship`: what dead processes left, and what living ones leave to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.otlp_receiver import Receiver, Say
from tests.spooled import Spooled
from tests.trails import clean, python

COMMAND = "import sys; from vedette.cli import main; sys.exit(main())"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def stream(tmp_path: Path) -> Spooled:
    stream = Spooled(tmp_path / "trail")
    stream.birth(**{"service.name": "gone"})
    for i in range(20):
        stream.record(content={"input": f"word {i}"})
    stream.die()
    return stream


def ship(trail: Path, receiver: Receiver, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    return python("-c", COMMAND, "ship", *options, env={**receiver.environment, "VEDETTE_TRAIL": str(trail), **env})


def bodies(receiver: Receiver) -> list[str]:
    """Records alone, without their content."""
    return [each for each in receiver.bodies if '"y":"content"' not in each]


def test_it_ships_what_a_dead_process_left(stream: Spooled, receiver: Receiver) -> None:
    """All of it, under the service that wrote it; a second run finds nothing to do, and leaves no stream of its own."""
    for _ in range(2):
        done = ship(stream.folder.parent.parent, receiver, "--until-empty", "--timeout", "20")
        assert (done.returncode, done.stderr) == (0, "")
    assert bodies(receiver) == stream.bodies
    assert [each.name for each in stream.folder.parent.iterdir()] == ["00000000"]


def test_once_ends_at_the_first_refusal(stream: Spooled, receiver: Receiver) -> None:
    """What is left stays on disk, and the exit code says so."""
    receiver.judge = lambda received: Say(503)
    begin = time.monotonic()
    done = ship(stream.folder.parent.parent, receiver, "--once", VEDETTE_SHUTDOWN="0.2")
    assert done.returncode == 1
    assert time.monotonic() - begin < 15
    receiver.judge = None
    assert ship(stream.folder.parent.parent, receiver, "--once").returncode == 0
    assert bodies(receiver) == stream.bodies


def test_a_record_that_is_refused_for_good_is_told_of(stream: Spooled, receiver: Receiver) -> None:
    """In a stream of the command's own, which is shipped by the next run at the latest."""
    bad = stream.bodies[7]
    receiver.judge = lambda got: Say(400) if bad in [each.body.string_value for each in got.records] else Say()
    for _ in range(2):
        assert ship(stream.folder.parent.parent, receiver, "--until-empty", "--timeout", "20").returncode == 0
    assert any('"rejected"' in body and f"{stream.id}-7 400" in body for body in bodies(receiver))
    assert len(stream.rejected) == 1


def test_a_daemon_ships_what_a_living_process_writes(tmp_path: Path, receiver: Receiver) -> None:
    """`VEDETTE_SHIP=daemon`: the process itself opens no connection; SIGTERM ends the daemon cleanly."""
    trail = tmp_path / "trail"
    env = clean({**receiver.environment, "VEDETTE_TRAIL": str(trail), "VEDETTE_SHIP": "daemon"})
    script = "import sys, vedette; vedette.start(); vedette.note.user_input('hello'); print('on', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as host:
        assert host.stdout is not None
        host.stdout.readline()
        assert not receiver.wait_for(lambda got: got.logs, 0.7)
        with subprocess.Popen([sys.executable, "-c", COMMAND, "ship"], env=env) as daemon:
            assert receiver.wait_for(lambda got: any('"user_input"' in body for body in got.bodies))
            host.communicate("\n")
            assert receiver.wait_for(
                lambda got: any('"vedette.lifecycle.phase":"close"' in body for body in got.bodies)
            )
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(10) == 0
    assert os.listdir(trail / "streams") == ["00000000"]


def test_without_a_collector_it_says_what_to_set(tmp_path: Path) -> None:
    """One line, exit code 2."""
    done = python("-c", COMMAND, "ship", env={"VEDETTE_TRAIL": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == "vedette ship: there is no collector to ship to: set OTEL_EXPORTER_OTLP_ENDPOINT\n"


def test_what_a_daemon_has_not_shipped_is_never_let_go(tmp_path: Path) -> None:
    """Also where the process does not know the daemon's collector, and in a command's own hands."""
    script = "import vedette; from vedette import runtime; vedette.start(); print(runtime.running().shipping.limits)"
    for env, word in (
        ({"VEDETTE_SHIP": "daemon"}, "'acked'"),
        ({"VEDETTE_SHIP": "daemon", "VEDETTE_RECONCILE": "loki:http://localhost"}, "'reconciled'"),
        ({}, "None"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:9", "VEDETTE_SHUTDOWN": "0"}, "'acked'"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:9", "VEDETTE_SHIP": "off"}, "None"),
    ):
        done = python("-c", script, env={"VEDETTE_TRAIL": str(tmp_path / "trail"), **env})
        assert f"acknowledged={word}" in done.stdout, done.stderr
