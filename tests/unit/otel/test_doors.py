"""The doors, opened by the real `opentelemetry-instrument` in processes of their own, with neighbours that fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vedette.otel.doors import defaults
from vedette.otel.opening import is_disabled
from vedette.trail.format import spool

INSTRUMENT = Path(sys.executable).with_name("opentelemetry-instrument")
QUIET = "anthropic,httpx,httpx2,openai,requests"
"""Instrumentors of others that the test environment may hold: not what is asked here, and slow to import."""

HOST = """
import sys
from opentelemetry import trace
with trace.get_tracer("host").start_as_current_span("work"):
    print("hello")
import http.client
print(hasattr(http.client.HTTPConnection.send, "__vedette_seam__"))
"""


@dataclass(frozen=True)
class Ran:
    """What a host did: its output, what it said on its error stream, and its trail, each record's content with it."""

    out: list[str]
    err: str
    trail: list[tuple[dict[str, Any], dict[str, Any]]]

    @property
    def phases(self) -> list[str]:
        return [facts["vedette.lifecycle.phase"] for facts, _ in self.trail]

    def covered(self, name: str) -> Any:
        """What the coverage records said last under this name."""
        said = [content["vedette.coverage"].get(name) for _, content in self.trail if "vedette.coverage" in content]
        return next((each for each in reversed(said) if each is not None), None)


def run(folder: Path, **env: str) -> Ran:
    """The host under `opentelemetry-instrument`, nothing set but what is given."""
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(folder),
        "VEDETTE_TRAIL": str(folder / "trail"),
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": QUIET,
        **env,
    }
    command = [INSTRUMENT, sys.executable, "-c", HOST]
    done = subprocess.run(command, env=variables, cwd=folder, capture_output=True, timeout=60, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Ran(done.stdout.split(), done.stderr, list(records(folder / "trail")))


def records(trail: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Facts and contents of each record, in order; contents stand before the envelope that commits to them."""
    read, content = [], {}
    for stream in spool.stream_folders(trail):
        for frame in (each for file in spool.segment_files(stream) for each in spool.read_segment(file).frames):
            if frame.type == 1:
                read.append((json.loads(frame.payload)["a"], content))
                content = {}
            elif frame.type == 2:
                name, _, text = frame.payload[16:].partition(b"\0")
                content[name.decode()] = json.loads(text)
    return read


def neighbour(folder: Path, entry_points: str, code: str) -> None:
    """Another distribution, listed before ours: `PYTHONPATH` comes first."""
    (folder / "neighbour.py").write_text(code)
    info = folder / "neighbour-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: neighbour\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry_points)


FAILING = """
def fail(*args, **kwargs):
    raise RuntimeError("the neighbour's")
class Failing:
    configure = fail
    instrument = fail
"""
FULL_LIFE = ["birth", "close"]


def test_defaults_are_set_only_where_the_user_has_set_nothing() -> None:
    """`otlp` where there is an endpoint, of all signals or of one; else `none`. Never over a value."""
    nothing: dict[str, str] = {}
    defaults(nothing)
    assert nothing == {
        "OTEL_PYTHON_CONFIGURATOR": "vedette",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_TRACES_EXPORTER": "none",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
    }
    some = {
        "OTEL_PYTHON_CONFIGURATOR": "other",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://collector.test/v1/logs",
        "OTEL_TRACES_EXPORTER": "console",
    }
    defaults(some)
    assert some == {
        "OTEL_PYTHON_CONFIGURATOR": "other",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://collector.test/v1/logs",
        "OTEL_TRACES_EXPORTER": "console",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "otlp",
    }


@pytest.mark.parametrize(
    ("named", "expected"), [("", False), ("flask, vedette ", True), ("*", True), ("vedette2", False)]
)
def test_the_usual_switch_is_read_as_opentelemetry_reads_it(named: str, expected: bool) -> None:
    """Names with blanks around them, and the star."""
    assert is_disabled({"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": named}) is expected


@pytest.mark.parametrize("distro", ["vedette", "unknown"])
def test_with_no_other_setting_the_trail_lives_and_the_seams_are_woven(distro: str, tmp_path: Path) -> None:
    """Under our distro, and under the empty default one, where only the pre-instrument hook is ours."""
    ran = run(tmp_path, OTEL_PYTHON_DISTRO=distro)
    assert ran.out == ["hello", "True"]
    assert [ran.phases[0], ran.phases[-1]] == FULL_LIFE


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("OTEL_TRACES_EXPORTER", "otpl"),
        ("OTEL_CONFIG_FILE", "missing.yaml"),
    ],
)
def test_an_sdk_that_cannot_be_built_is_reported_and_the_trail_goes_on(
    setting: str, value: str, tmp_path: Path
) -> None:
    """Fail-open traps 1 and 7: the stock configurator alone would leave the host bare, without a trail."""
    if setting == "OTEL_CONFIG_FILE":
        pytest.importorskip("opentelemetry.configuration", reason="no loader of declarative files beside SDK 1.41")
    ran = run(tmp_path, OTEL_PYTHON_DISTRO="vedette", **{setting: value})
    assert ran.out == ["hello", "True"]
    assert [ran.phases[0], ran.phases[-1]] == FULL_LIFE
    assert ran.covered("sdk").startswith("not built: ")
    assert "OpenTelemetry's SDK could not be built" in ran.err
    assert "Failed to auto initialize" not in ran.err


@pytest.mark.parametrize("names", ["vedette", "*"])
def test_switched_off_by_setting_nothing_is_woven_and_the_trail_says_so(names: str, tmp_path: Path) -> None:
    """The trail and the guard stay on."""
    ran = run(tmp_path, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=f"{names},{QUIET}")
    assert ran.out == ["hello", "False"]
    assert [ran.phases[0], ran.phases[-1]] == FULL_LIFE
    assert ran.covered("weaving") == "switched off by OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"


def test_a_disabled_sdk_switches_signals_off_and_not_the_trail(tmp_path: Path) -> None:
    """`OTEL_SDK_DISABLED`."""
    ran = run(tmp_path, OTEL_PYTHON_DISTRO="vedette", OTEL_SDK_DISABLED="true")
    assert ran.out == ["hello", "True"]
    assert [ran.phases[0], ran.phases[-1]] == FULL_LIFE
    assert ran.covered("sdk") == "switched off by OTEL_SDK_DISABLED: trail on, signals off"


@pytest.mark.parametrize(
    ("entry_points", "woven", "env"),
    [
        ("[opentelemetry_pre_instrument]\na = neighbour:fail\n", "False", {}),
        ("[opentelemetry_instrumentor]\na = neighbour:Failing\n", "True", {}),
        ("[opentelemetry_post_instrument]\na = neighbour:fail\n", "True", {}),
        ("[opentelemetry_configurator]\na = neighbour:Failing\n", "False", {"OTEL_PYTHON_CONFIGURATOR": "a"}),
    ],
    ids=["pre", "instrumentor", "post", "configurator"],
)
def test_a_neighbour_that_raises_before_us_takes_no_trail_with_it(
    entry_points: str, woven: str, env: dict[str, str], tmp_path: Path
) -> None:
    """The host's output is what it was; our distro came first, so the birth is recorded whatever fails later."""
    neighbour(tmp_path, entry_points, FAILING)
    ran = run(tmp_path, OTEL_PYTHON_DISTRO="vedette", **env)
    assert ran.out == ["hello", woven]
    assert [ran.phases[0], ran.phases[-1]] == FULL_LIFE
    assert "the neighbour's" in ran.err


def test_a_distro_that_raises_leaves_the_host_bare_but_running(tmp_path: Path) -> None:
    """Step 1 aborts all the others: nothing of ours runs, which `vedette doctor` is to say."""
    neighbour(tmp_path, "[opentelemetry_distro]\na = neighbour:fail\n", FAILING)
    ran = run(tmp_path)
    assert (ran.out, ran.trail) == (["hello", "False"], [])


CODE = """
import json, logging, os, sys
from vedette.otel.doors import VedetteConfigurator, VedetteInstrumentor, pre_instrument
early = sorted(name for name in sys.modules if name.startswith("opentelemetry.sdk.") and name.count(".") == 2)
heavy = [name for name in ("grpc", "requests", "cryptography", "orjson", "google.protobuf") if name in sys.modules]
from opentelemetry.sdk.trace import SynchronousMultiSpanProcessor as Multi
import http.client
original = Multi.add_span_processor
def now():
    return [hasattr(http.client.HTTPConnection.send, "__vedette_seam__"), Multi.add_span_processor is not original]
states = [now()]
VedetteInstrumentor().instrument()
states.append(now())
VedetteInstrumentor().instrument()
pre_instrument()
VedetteConfigurator().configure()
states.append(now())
VedetteInstrumentor().uninstrument()
states.append(now())
print(json.dumps([early, heavy, states]))
"""


def test_in_code_the_instrumentor_opens_once_and_undoes_everything(tmp_path: Path) -> None:
    """`instrument` twice and every other door after it change nothing; importing the doors imports no signal."""
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "VEDETTE_TRAIL": str(tmp_path / "trail")}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=env, cwd=tmp_path, capture_output=True, timeout=60, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    early, heavy, states = json.loads(done.stdout)
    assert not {"opentelemetry.sdk.trace", "opentelemetry.sdk._logs", "opentelemetry.sdk.metrics"} & set(early)
    assert heavy == []
    assert states == [[False, False], [True, True], [True, True], [False, False]]
    phases = [facts["vedette.lifecycle.phase"] for facts, _ in records(tmp_path / "trail")]
    assert [phases[0], phases[-1], phases.count("birth")] == ["birth", "close", 1]
