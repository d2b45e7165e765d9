"""The leak matrix (otel.md 5.1, 5.2): a secret on every surface, and the raw bytes that left are searched for it.

Each host is a process of its own and exports over real OTLP/HTTP. The control runs, without Vedette, show that every
surface of the same program really leaks: without them zero hits would prove nothing.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.e2e.leak_host import SURFACES, ssn, token

HOST = Path(__file__).with_name("leak_host.py")
INSTRUMENTED = HOST.with_name("leak_instrumented.py")
INSTRUMENT = Path(sys.executable).with_name("opentelemetry-instrument")


class Collector(ThreadingHTTPServer):
    """Keeps what telemetry is posted, unzipped: (path, body). Plays a provider that refuses and echoes each prompt."""

    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path == "/v1/chat/completions":
            said = json.loads(body)["messages"][0]["content"]
            self.answer(400, json.dumps({"error": {"message": f"invalid prompt: {said}"}}).encode(), "application/json")
        else:
            self.server.got.append((self.path, body))
            self.answer(200, b"", "application/x-protobuf")

    def do_GET(self) -> None:
        self.answer(200, b"found", "text/plain")

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


FILE = """
file_format: "1.0"
resource:
  attributes:
    - {{name: service.name, value: host}}
    - {{name: owner, value: "{resource}"}}
tracer_provider:
  processors:
    - {{simple: {{exporter: {{{traces}}}}}}}
meter_provider:
  readers:
    - {{periodic: {{exporter: {{{metrics}}}}}}}
  views:
    - {{selector: {{instrument_name: exemplary}}, stream: {{attribute_keys: {{included: [kept]}}}}}}
logger_provider:
  processors:
    - {{simple: {{exporter: {{{logs}}}}}}}
"""


def declarative(folder: Path, url: str, exporter: str) -> Path:
    """A configuration file with simple processors: nothing of it waits for a worker thread."""
    pytest.importorskip("opentelemetry.configuration", reason="no loader of declarative files beside SDK 1.41")
    exporters = {signal: f"{exporter}: {{endpoint: '{url}/v1/{signal}'}}" for signal in ("traces", "metrics", "logs")}
    path = folder / "otel.yaml"
    path.write_text(FILE.format(resource=f"{ssn('resource')} {token('resource')}", **exporters))
    return path


def foreign(folder: Path) -> Path:
    """A distribution that brings a distro and a configurator of its own, as `opentelemetry-distro` does."""
    (folder / "foreign.py").write_text(
        "import os\n"
        "from opentelemetry.instrumentation.distro import BaseDistro\n"
        "from opentelemetry.sdk._configuration import _OTelSDKConfigurator as Configurator\n"
        "class Distro(BaseDistro):\n"
        "    def _configure(self, **kwargs):\n"
        "        os.environ.setdefault('OTEL_PYTHON_CONFIGURATOR', 'foreign')\n"
    )
    info = folder / "foreign-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[opentelemetry_distro]\nforeign = foreign:Distro\n\n"
        "[opentelemetry_configurator]\nforeign = foreign:Configurator\n"
    )
    return folder


def run(collector: Collector, folder: Path, boot: str, host: Path = HOST, **env: str) -> bytes:
    """Run the host; everything that left it, its standard output included."""
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(filter(None, (env.pop("PYTHONPATH", ""), str(HOST.parents[2])))),
        "HOME": str(folder),
        "VEDETTE_TRAIL": str(folder / "trail"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_RESOURCE_ATTRIBUTES": f"owner={ssn('resource')} {token('resource')}",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic,httpx,httpx2,openai,requests",  # slow to import
        "BOOT": boot,
        **env,
    }
    command = [INSTRUMENT, sys.executable, host] if boot == "auto" else [sys.executable, host]
    done = subprocess.run(command, env=variables, cwd=folder, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return b"".join(body for _, body in collector.got) + done.stdout


def leaked(raw: bytes) -> set[str]:
    return {each for each in SURFACES if ssn(each).encode() in raw or token(each).encode() in raw}


def test_without_vedette_every_surface_leaks(collector: Collector, tmp_path: Path) -> None:
    """The control of the batch processors: the planted surfaces are what the receiver gets."""
    assert leaked(run(collector, tmp_path, "sdk")) == set(SURFACES)


def test_without_vedette_a_declarative_file_leaks_everything(collector: Collector, tmp_path: Path) -> None:
    """The control of the simple processors, and of the exemplar behind a view."""
    path = declarative(tmp_path, collector.url, "otlp_http")
    assert leaked(run(collector, tmp_path, "sdk", OTEL_CONFIG_FILE=str(path))) == set(SURFACES)


@pytest.mark.parametrize("own", ["simple", "foreign", "pull"])
def test_without_vedette_private_providers_leak(own: str, collector: Collector, tmp_path: Path) -> None:
    """The control of providers, processors and readers that an application builds for itself."""
    hidden = set() if own == "pull" else {"resource"}
    assert leaked(run(collector, tmp_path, "sdk", OWN=own)) >= set(SURFACES) - hidden


@pytest.mark.parametrize("boot", ["early", "late"])
def test_in_code_nothing_leaks_whether_started_before_the_providers_or_after(
    boot: str, collector: Collector, tmp_path: Path
) -> None:
    """Batch processors: the class-level guard, and the walk over what exists."""
    raw = run(collector, tmp_path, boot)
    assert leaked(raw) == set()
    assert_all_signals(collector)


def test_under_our_distro_nothing_leaks(collector: Collector, tmp_path: Path) -> None:
    """No code change at all."""
    assert leaked(run(collector, tmp_path, "auto", OTEL_PYTHON_DISTRO="vedette")) == set()
    assert_all_signals(collector)


def test_under_a_foreign_distro_and_configurator_nothing_leaks(collector: Collector, tmp_path: Path) -> None:
    """Only the pre-instrument hook is ours; the providers exist before it."""
    there = foreign(tmp_path)
    env = {"PYTHONPATH": str(there), "OTEL_PYTHON_DISTRO": "foreign"}
    assert leaked(run(collector, tmp_path, "auto", **env)) == set()
    assert_all_signals(collector)


def test_under_a_declarative_file_nothing_leaks(collector: Collector, tmp_path: Path) -> None:
    """Simple processors, built by the declarative loader."""
    path = declarative(tmp_path, collector.url, "otlp_http")
    env = {"OTEL_PYTHON_DISTRO": "vedette", "OTEL_CONFIG_FILE": str(path)}
    assert leaked(run(collector, tmp_path, "auto", **env)) == set()
    assert_all_signals(collector)


def test_the_exporters_of_the_declarative_file_hold_without_the_guard(collector: Collector, tmp_path: Path) -> None:
    """`exporter: {vedette: …}` redacts by public API alone: nothing of Vedette was started here."""
    path = declarative(tmp_path, collector.url, "vedette")
    assert leaked(run(collector, tmp_path, "exporters", OTEL_CONFIG_FILE=str(path))) == set()
    assert_all_signals(collector)


@pytest.mark.parametrize("own", ["simple", "foreign", "pull"])
def test_private_providers_do_not_leak(own: str, collector: Collector, tmp_path: Path) -> None:
    """Nested and unknown processors, a pull reader: none of them global, none of them ours."""
    assert leaked(run(collector, tmp_path, "early", OWN=own)) == set()


@pytest.mark.parametrize(
    ("boot", "expected"),
    [("sdk", {"span-json", "span-status-provider", "url-query", "resource"}), ("early", set()), ("late", set())],
)
def test_what_other_peoples_instrumentors_write_does_not_leak(
    boot: str, expected: set[str], collector: Collector, tmp_path: Path
) -> None:
    """OpenLLMetry's `openai` and the contrib `requests`: prompts, the provider's echo in errors, queries. `sdk` is the
    control."""
    pytest.importorskip("opentelemetry.instrumentation.openai")
    assert leaked(run(collector, tmp_path, boot, INSTRUMENTED)) == expected


def assert_all_signals(collector: Collector) -> None:
    """Nothing leaks from a host that sends nothing: the tokens that stand for the secrets have arrived."""
    for signal in ("traces", "metrics", "logs"):
        bodies = b"".join(body for path, body in collector.got if path == f"/v1/{signal}")
        assert b"[us_ssn:" in bodies, signal
        assert b"[github_token:" in bodies, signal
