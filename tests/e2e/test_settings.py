"""Settings in a host: a bad value stops nothing, is said once and recorded; OTEL_* variables keep their meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.otlp_receiver import Received, Receiver, attributes
from tests.trails import instrumented, names, records

AGENT = """
import vedette

@vedette.tool
def lookup(name):
    return f"{name} is ada@example.org, token " + "ghp_" + "a1B2c3D4e5F6" * 3

print(lookup("Ada"))
"""


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    program = tmp_path / "agent.py"
    program.write_text(AGENT)
    return program


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def run(agent: Path, **env: str) -> tuple[Path, str]:
    """Run the agent, which must not notice; its trail, and what was said on standard error."""
    trail = agent.parent / "trail"
    done = instrumented(agent, env={"VEDETTE_TRAIL": str(trail), **env})
    assert done.returncode == 0
    assert done.stdout.startswith("Ada is ada@example.org, token ghp_")
    return trail, done.stderr


def coverage(trail: Path) -> list[dict[str, Any]]:
    """What each coverage record holds, its settings included."""
    told = [
        each.content for each in records(trail, kind="lifecycle", lifecycle=True) if "vedette.coverage" in each.content
    ]
    return [{name: json.loads(text) for name, text in content.items()} for content in told]


def settings(trail: Path) -> dict[str, Any]:
    return next(each["vedette.settings"] for each in coverage(trail) if "vedette.settings" in each)


def written(trail: Path) -> bytes:
    return b"".join(path.read_bytes() for path in trail.rglob("*.seg"))


def test_a_misspelt_redaction_redacts_everything_says_so_once_and_records_it(agent: Path) -> None:
    trail, said = run(agent, VEDETTE_REDACT="sekrets")
    told = "VEDETTE_REDACT='sekrets' is not valid: use all, secrets or off (going on with 'all')"
    assert said.count(told) == 1 and said.count("\n") == 1
    assert settings(trail)["problems"] == [told]
    assert settings(trail)["effective"]["VEDETTE_REDACT"] == "all"
    assert b"ada@example.org" not in written(trail) and b"ghp_" not in written(trail)


@pytest.mark.parametrize("key", ["nowhere/key", "abc", "00" * 31])
def test_a_key_that_cannot_be_used_still_redacts_and_records(agent: Path, key: str) -> None:
    trail, said = run(agent, VEDETTE_REDACT_KEY=key)
    assert names(trail, kind="tool") == [("tool", "intent", "lookup"), ("tool", "outcome", "lookup")]
    assert b"ada@example.org" not in written(trail) and b"ghp_" not in written(trail)
    assert said.count("VEDETTE_REDACT_KEY") == 1 and said.count("\n") == 1
    assert "VEDETTE_REDACT_KEY" in settings(trail)["problems"][0]


def test_secrets_only_leaves_people(agent: Path) -> None:
    trail, said = run(agent, VEDETTE_REDACT="secrets")
    assert said == ""
    assert b"ada@example.org" in written(trail) and b"ghp_" not in written(trail)


def test_redaction_off_warns_loudly_and_is_recorded(agent: Path) -> None:
    trail, said = run(agent, VEDETTE_REDACT="off")
    assert said.count("VEDETTE_REDACT=off") == 1
    assert settings(trail)["effective"]["VEDETTE_REDACT"] == "off"
    assert b"ada@example.org" in written(trail) and b"ghp_" in written(trail)


def test_a_disabled_sdk_leaves_the_trail_and_nothing_else(agent: Path, receiver: Receiver) -> None:
    trail, _ = run(agent, OTEL_SDK_DISABLED="true", **receiver.environment)
    assert names(trail, kind="tool") == [("tool", "intent", "lookup"), ("tool", "outcome", "lookup")]
    assert settings(trail)["opentelemetry"]["OTEL_SDK_DISABLED"] == "set"
    assert [request.signal for request in receiver.requests if request.signal != "logs"] == []


@pytest.mark.parametrize("signal", ["traces", "metrics", "logs"])
def test_an_exporter_set_to_none_switches_that_signal_off(agent: Path, receiver: Receiver, signal: str) -> None:
    trail, _ = run(agent, **{f"OTEL_{signal.upper()}_EXPORTER": "none"}, **receiver.environment)
    assert {request.signal for request in receiver.requests} == {"traces", "metrics", "logs"} - {signal}
    assert names(trail, kind="tool") == [("tool", "intent", "lookup"), ("tool", "outcome", "lookup")]


def test_who_the_process_is(agent: Path, receiver: Receiver) -> None:
    named = {"OTEL_SERVICE_NAME": "clerk", "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,deployment=blue%20one"}
    trail, _ = run(agent, **named, **receiver.environment)
    (birth,) = [r for r in records(trail, lifecycle=True) if r.envelope["a"].get("vedette.lifecycle.phase") == "birth"]
    assert birth.envelope["a"]["service.name"] == "clerk"
    for signal in ("traces", "logs"):
        (first, *_) = [_resource(request) for request in receiver.requests if request.signal == signal]
        assert (first["service.name"], first["deployment"]) == ("clerk", "blue one")


def _resource(request: Received) -> dict[str, Any]:
    (told, *_) = request.message.resource_logs if request.signal == "logs" else request.message.resource_spans
    return attributes(told.resource.attributes)


def test_headers_of_the_exporter_are_sent(agent: Path, receiver: Receiver) -> None:
    trail, _ = run(agent, OTEL_EXPORTER_OTLP_HEADERS="x-account=blue%20one", **receiver.environment)
    assert {request.headers["x-account"] for request in receiver.requests} == {"blue one"}
    assert b"blue one" not in written(trail) and b"blue%20one" not in written(trail)


def test_a_disabled_instrumentation_weaves_nothing_and_says_so(tmp_path: Path) -> None:
    program = tmp_path / "agent.py"
    program.write_text("import http.client\nprint(http.client.HTTPConnection.request.__module__)")
    trail = tmp_path / "trail"
    env = {"VEDETTE_TRAIL": str(trail), "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "requests,vedette"}
    done = instrumented(program, env=env)
    assert (done.stdout, done.stderr) == ("http.client\n", "")
    told = [each["vedette.coverage"] for each in coverage(trail)]
    assert any("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS" in each.get("weaving", "") for each in told)
    assert not any(seam["state"] == "woven" for each in told for seam in each.get("seams", []))


def test_a_disabled_instrumentor_is_named_with_its_reason(tmp_path: Path) -> None:
    program = tmp_path / "agent.py"
    program.write_text("import httpx, http.client")
    trail = tmp_path / "trail"
    done = instrumented(program, env={"VEDETTE_TRAIL": str(trail), "VEDETTE_DISABLE": "httpx"})
    assert done.stderr == ""
    seams = [seam for each in coverage(trail) for seam in each["vedette.coverage"].get("seams", [])]
    assert {(seam["state"], seam.get("reason")) for seam in seams if seam["library"] == "httpx"} == {
        ("off", "VEDETTE_DISABLE")
    }
    assert any(seam["state"] == "woven" for seam in seams if seam["library"] == "http_client")
