"""The real OpenTelemetry Collector with the configuration that we ship: what it writes down proves whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.trails import clean, instrumented, python, records

HERE = Path(__file__).parents[2] / "collector-config"
NEAR = "localhost:{}"
# 1.5 to 5 minutes where it is built first; `.ci/run` keeps it in the cache folder
pytestmark = pytest.mark.timeout(900)


class RunningCollector:
    """A Collector on free ports, writing to `audit`."""

    def __init__(self, binary: str, audit: Path, ports: dict[str, int]) -> None:
        self.audit = audit
        self.http = f"http://localhost:{ports['HTTP']}"
        self.grpc = f"http://localhost:{ports['GRPC']}"
        self._ports = ports
        addresses = {f"VEDETTE_OTLP_{name}": NEAR.format(port) for name, port in ports.items()}
        env = clean({**addresses, "VEDETTE_AUDIT_FILE": str(audit)})
        self.process = subprocess.Popen(
            [binary, "--config", HERE / "collector.yaml"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the Collector does not start"
            try:
                for port in self._ports.values():
                    socket.create_connection(("localhost", port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the Collector does not listen")

    def end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(30)


def built() -> str:
    """The Collector's path; a test that needs it is skipped, and says so, where it cannot be built."""
    try:
        done = subprocess.run([HERE / "build.sh"], capture_output=True, text=True, timeout=800)
    except subprocess.TimeoutExpired:
        pytest.skip("NOT TESTED against the real Collector: it is not built after 800 s")
    if done.returncode:
        pytest.skip(f"NOT TESTED against the real Collector: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout.strip()


@pytest.fixture(scope="module")
def binary() -> str:
    return built()


@pytest.fixture
def collector(binary: str, tmp_path: Path) -> Iterator[RunningCollector]:
    running = RunningCollector(binary, tmp_path / "audit.jsonl", {"GRPC": free_port(), "HTTP": free_port()})
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


AGENT = """
import vedette

@vedette.tool
def lookup(name: str) -> str:
    "A customer's number."
    return f"4711 is {name}, ada@example.org"

with vedette.session(user="ada", session="s1"):
    for each in range(40):
        lookup(f"customer {each}")
"""


def record(trail: Path, **env: str) -> None:
    trail.parent.mkdir(exist_ok=True)
    program = trail.with_suffix(".py")
    program.write_text(AGENT)
    done = instrumented(program, env={"VEDETTE_TRAIL": str(trail), "VEDETTE_SHUTDOWN": "30", **env})
    assert (done.returncode, done.stderr) == (0, "")


def verified(audit: Path) -> dict[str, object]:
    done = python("-m", "vedette.cli", "verify", "--json", audit)
    report = json.loads(done.stdout)
    return {"exit": done.returncode, "records": [each["records"] for each in report["streams"]], **report}


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_what_the_collector_wrote_is_the_whole_record(
    collector: RunningCollector, tmp_path: Path, protocol: str
) -> None:
    endpoint = collector.grpc if protocol == "grpc" else collector.http
    record(tmp_path / "trail", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_PROTOCOL=protocol)
    collector.end(signal.SIGTERM)
    written = records(tmp_path / "trail", lifecycle=True)
    assert len(written) > 80
    report = verified(collector.audit)
    assert (report["exit"], report["records"]) == (0, [len(written)])
    assert "ada@example.org" not in collector.audit.read_text()


def test_a_collector_that_is_killed_has_lost_nothing_that_it_acknowledged(
    collector: RunningCollector, tmp_path: Path
) -> None:
    """The agent ends only when all is acknowledged; the Collector gets no chance to flush afterwards."""
    record(tmp_path / "trail", OTEL_EXPORTER_OTLP_ENDPOINT=collector.http)
    os.kill(collector.process.pid, signal.SIGKILL)
    collector.process.wait(30)
    report = verified(collector.audit)
    assert (report["exit"], report["records"]) == (0, [len(records(tmp_path / "trail", lifecycle=True))])
