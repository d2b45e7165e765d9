"""Ways to begin: whoever sets OpenTelemetry up, and whenever, the same program leaves the same whole record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.llm_server import LlmServer
from tests.trails import instrumented, names, python, records

from vedette.trail import sources
from vedette.trail.proving.verify import verify

AGENT = """
import sys, urllib.request
import openai
client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="none")
said = client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "hello"}])
with urllib.request.urlopen(sys.argv[1] + "/weather?city=Rome") as answer:
    answer.read()
print(said.choices[0].message.role)
"""
PROVIDERS = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
import io
OUT = io.StringIO()
provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter(out=OUT)))
trace.set_tracer_provider(provider)
"""
SPANS = 'provider.force_flush(); print("chat gpt-5" in OUT.getvalue())\n'
START = "import vedette\nvedette.start()\n"
ALL = [
    ("exchange", "intent", "GET"),
    ("exchange", "outcome", "GET"),
    ("inference", "intent", "chat"),
    ("inference", "outcome", "chat gpt-5"),
]
CONFIG = 'file_format: "1.0-rc.1"\nresource:\n  attributes: [{name: service.name, value: agent}]\n'
IGNORED = "OTEL_CONFIG_FILE is set; ignoring configurator kwargs"
"""What the SDK says of any file under `opentelemetry-instrument`, with us or without."""
QUIET = {"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic,httpx,httpx2,openai,requests"}
"""Instrumentors of others that the test environment holds: some say at start what they miss."""


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer() as server:
        yield server


def whole(trail: Path) -> bool:
    return verify(sources.segments(trail)).exit_code == 0


@pytest.mark.parametrize(
    "env",
    [
        pytest.param({}, id="no setting"),
        pytest.param({"OTEL_CONFIG_FILE": "otel.yaml"}, id="declarative file"),
        pytest.param({"OTEL_SDK_DISABLED": "true"}, id="SDK disabled"),
        pytest.param({"OTEL_TRACES_EXPORTER": "none", "OTEL_SERVICE_NAME": "agent"}, id="no exporter"),
        pytest.param({"VEDETTE_INLINE": "1"}, id="inline"),
    ],
)
def test_an_unchanged_program_is_recorded_whatever_is_set(
    env: dict[str, str], server: LlmServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both exchanges, no word on either stream but the program's own, a record that proves itself."""
    (tmp_path / "otel.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    trail = tmp_path / "trail"
    done = instrumented("-c", AGENT, server.url, env={"VEDETTE_TRAIL": str(trail), **QUIET, **env})
    said = [line for line in done.stderr.splitlines() if not line.startswith(IGNORED)]
    assert (done.stdout, said, done.returncode) == ("assistant\n", [], 0)
    assert sorted(names(trail)) == ALL
    assert whole(trail)


@pytest.mark.parametrize(
    ("before", "after", "spans"),
    [
        pytest.param(START, "", [], id="no provider at all"),
        pytest.param(PROVIDERS + START, SPANS, ["True"], id="providers before"),
        pytest.param(START + PROVIDERS, SPANS, ["True"], id="providers after"),
    ],
)
def test_one_line_of_code_records_whoever_builds_the_providers(
    before: str, after: str, spans: list[str], server: LlmServer, tmp_path: Path
) -> None:
    """An application's own providers get our spans, whether they were there first or come later."""
    trail = tmp_path / "trail"
    done = python("-c", before + AGENT + after, server.url, env={"VEDETTE_TRAIL": str(trail)})
    assert (done.stdout.split(), done.stderr) == (["assistant", *spans], "")
    assert sorted(names(trail)) == ALL
    assert whole(trail)
    assert all(each.envelope["tr"] for each in records(trail, kind="inference"))


IDLE = (
    "vedette.capture.protocols",
    "vedette.capture.reading",
    "vedette.runtime.shipper",
    "vedette.runtime.delivery",
    "vedette.trail.custody.retention",
    "vedette.trail.sources",
    "vedette.cli",
    "vedette.console",
)
"""What a process needs only once something happens, or once it is set up for it."""


def test_an_idle_process_imports_no_more_of_us_than_it_needs(tmp_path: Path) -> None:
    """Readers come with the first exchange, the shipper with a collector, retention after a while."""
    program = "import sys; print([each for each in sys.argv[1:] if each in sys.modules])"
    done = instrumented("-c", program, *IDLE, env={"VEDETTE_TRAIL": str(tmp_path / "trail"), **QUIET})
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_nothing_of_a_host_library_is_imported_before_the_host_does(tmp_path: Path) -> None:
    """Law 7: neither the libraries that are woven nor the exporters' clients, as long as nothing asks for them."""
    program = "import sys; print([each for each in sys.argv[1:] if each in sys.modules])"
    never = ["httpx", "httpx2", "requests", "urllib3", "aiohttp", "langchain_core", "openai", "grpc", "google.protobuf"]
    done = instrumented("-c", program, *never, env={"VEDETTE_TRAIL": str(tmp_path / "trail"), **QUIET})
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_importing_the_package_is_not_starting_it() -> None:
    """No patch before the first door opens."""
    done = python("-c", "import vedette, http.client; print(hasattr(http.client.HTTPConnection.send, '__wrapped__'))")
    assert (done.stdout, done.stderr) == ("False\n", "")
