"""The README: its commands and its code are run, in the order in which a reader meets them, in a home of their own.

`make test` is what runs this, and `.ci/run` is what installs the wheel and runs the demo from it, so of those only
their existence is asked for here. The collector's ports and file are moved, for tests run side by side.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.test_collector import RunningCollector, built, free_port
from tests.trails import clean, names
from tests.unit.cli.conftest import Ran

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COLLECTOR = '"$(collector-config/build.sh)"'

pytestmark = pytest.mark.timeout(900)  # the Collector may have to be built


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines() if line and not line.startswith("#")]


class Reader:
    """Somebody who follows the README from the root of a clone, with nothing set up before."""

    def __init__(self, home: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        go = os.environ.get("GOPATH") or str(Path.home() / "go")
        keys = {"OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": "", "XDG_STATE_HOME": "", "FORCE_COLOR": ""}
        quiet = {"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic,httpx,httpx2,openai,requests"}
        self.env = clean({"HOME": str(home), "PATH": path, "XDG_CACHE_HOME": cache, "GOPATH": go, **keys, **quiet})
        self.trail = home / ".local" / "state" / "vedette" / "trail"

    def run(self, command: str, **more: str) -> Ran:
        shell = [shutil.which("sh") or "sh", "-c", command]
        done = subprocess.run(shell, cwd=ROOT, env={**self.env, **more}, capture_output=True, text=True, timeout=850)
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("home"))


def test_no_command_is_left_out() -> None:
    """Each is a line of one of the tests below."""
    assert commands() == [
        "make demo",
        "make test",
        "python -m pip install '.[demo]'",
        *TOUR,
        f"{COLLECTOR} --config collector-config/collector.yaml",
        *SHIPPED,
        "vedette config",
    ]


def test_what_is_run_elsewhere_is_run_there() -> None:
    makefile, ci = (ROOT / "Makefile").read_text(), (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^demo: .*\n\t\$\(BIN\)/vedette demo$", makefile, re.MULTILINE)
    assert re.search(r"^make test$", ci, re.MULTILINE)
    assert re.search(r'pip"? install .*\[demo\]', ci) and "vedette demo" in ci


TOUR = [
    "opentelemetry-instrument python examples/openai_tool_loop.py",
    "vedette show",
    "vedette show --kind tool,finding --since 10m",
    "vedette show --destination '127.*' --json",
    "vedette verify",
    "vedette doctor",
]


@pytest.fixture(scope="module")
def tour(reader: Reader) -> dict[str, Ran]:
    """What each command of the tour answered, in its order."""
    return {command: reader.run(command) for command in TOUR}


def test_every_command_of_the_tour_succeeds_without_a_complaint(tour: dict[str, Ran]) -> None:
    assert {command: (ran.code, ran.err) for command, ran in tour.items()} == dict.fromkeys(TOUR, (0, ""))


def test_the_tour_shows_what_it_promises(tour: dict[str, Ran]) -> None:
    example, show, tools, destination, verify, doctor = (tour[command].out for command in TOUR)
    assert example == "The tool answered: 18 degrees and sunny in Paris\n"
    assert "2 model calls, 1 tool in " in show
    assert "\n1 tool in " in tools and "model" not in tools
    assert destination.count("\n") == 4
    assert verify.startswith("WHOLE  ")
    assert "warn" not in doctor and "bad" not in doctor


def test_its_code_runs_and_leaves_what_it_says(reader: Reader, tmp_path: Path) -> None:
    (code,) = blocks("python")
    program = tmp_path / "notes.py"
    program.write_text(code)
    ran = reader.run(f"python {program}", VEDETTE_TRAIL=str(tmp_path / "trail"))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    told = [(kind, name) for kind, phase, name in names(tmp_path / "trail") if phase != "intent"]
    assert told == [
        ("input", "user_input"),
        ("auth", "auth oauth"),
        ("tool", "refund"),
        ("change", "change prompt"),
        ("connection", "ledger.book"),
        ("finding", "refund-limit"),
        ("output", "output"),
    ]


SHIPPED = [
    "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 opentelemetry-instrument python examples/openai_tool_loop.py",
    "vedette verify /tmp/vedette-audit.jsonl",
]


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The Collector that the README starts; its endpoint and the file it writes."""
    running = RunningCollector(built(), tmp_path / "audit.jsonl", {"GRPC": free_port(), "HTTP": free_port()})
    yield running.http, running.audit
    running.end(signal.SIGKILL)


def test_what_goes_to_a_collector_is_proven_there(reader: Reader, collector: tuple[str, Path], tmp_path: Path) -> None:
    endpoint, audit = collector
    for command in SHIPPED:
        moved = command.replace("http://localhost:4318", endpoint).replace("/tmp/vedette-audit.jsonl", str(audit))
        ran = reader.run(moved, VEDETTE_TRAIL=str(tmp_path / "trail"), VEDETTE_SHUTDOWN="30")
        assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("WHOLE  ")


def test_its_settings_are_those_of_the_command(reader: Reader) -> None:
    ran = reader.run("vedette config")
    told = re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)
    assert (ran.code, re.findall(r"^(\w+)=", ran.out, re.MULTILINE)) == (0, told)


def test_its_links_lead_somewhere() -> None:
    named = re.findall(r"\]\(([^)#]+)\)|`((?:docs|examples|collector-config)/[^` ]*|CHANGELOG\.md)`", README)
    assert named and all((ROOT / (link or path)).exists() for link, path in named)
