"""The examples, run as their first lines say, with and without Vedette: what they print and the records they leave."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from dirty_equals import IsStr
from tests.sound import streams
from tests.trails import clean, instrumented, names, python, records

EXAMPLES = Path(__file__).parents[2] / "examples"
PSEUDONYM = IsStr(regex=r"\[id:[0-9a-f.]{21}\]")
KEYLESS = {"OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": ""}

PRINTED = {
    "openai_tool_loop": "The tool answered: 18 degrees and sunny in Paris\n",
    "anthropic_streaming": 'You said: "One sentence about sentinels on horseback."\n',
    "langchain_agent": "The tool answered: sent\n",
}


@pytest.mark.parametrize("example", PRINTED)
def test_without_vedette_it_is_a_plain_program(example: str, tmp_path: Path) -> None:
    done = python(EXAMPLES / f"{example}.py", env={"VEDETTE_TRAIL": str(tmp_path / "trail"), **KEYLESS})
    assert (done.returncode, done.stdout, done.stderr) == (0, PRINTED[example], "")
    assert not (tmp_path / "trail").exists()


@pytest.mark.parametrize("example", [*PRINTED, "standin"])
def test_it_does_not_know_of_vedette(example: str) -> None:
    assert "import vedette" not in (EXAMPLES / f"{example}.py").read_text()


def run(example: str, tmp_path: Path) -> Path:
    """Recorded; the program prints what it prints without us, and the record is whole."""
    done = instrumented(EXAMPLES / f"{example}.py", env={"VEDETTE_TRAIL": str(tmp_path), **KEYLESS})
    assert (done.returncode, done.stdout, done.stderr) == (0, PRINTED[example], "")
    return sealed(tmp_path)


def sealed(trail: Path) -> Path:
    assert all(stream.closed and stream.sealed == len(stream.records) for stream in streams(trail))
    return trail


def facts(trail: Path, kind: str) -> list[dict[str, Any]]:
    """Facts of the outcomes of one kind, in the order of their beginning."""
    found = [each.envelope for each in records(trail, kind=kind) if each.envelope["f"] != "intent"]
    return [each["a"] for each in sorted(found, key=lambda each: int(each["b"]))]


def test_the_tool_loop_shows_its_tool_without_a_framework(tmp_path: Path) -> None:
    trail = run("openai_tool_loop", tmp_path)
    assert sorted(names(trail)) == [
        ("inference", "intent", "chat"),
        ("inference", "intent", "chat"),
        ("inference", "outcome", "chat gpt-5"),
        ("inference", "outcome", "chat gpt-5"),
        ("tool", "single", "weather"),
    ]
    first, second = facts(trail, "inference")
    assert (first["gen_ai.response.finish_reasons"], second["gen_ai.response.finish_reasons"]) == (
        '["tool_call"]',
        '["stop"]',
    )
    (tool,) = records(trail, kind="tool")
    assert tool.content == {
        "gen_ai.tool.call.arguments": '{"city":"Paris"}',
        "gen_ai.tool.call.result": "18 degrees and sunny in Paris",
    }
    assert b"ada@example.org" not in b"".join(each.raw for each in records(trail))


def test_the_stream_is_one_call_with_its_words_and_usage(tmp_path: Path) -> None:
    trail = run("anthropic_streaming", tmp_path)
    assert names(trail) == [("inference", "intent", "chat"), ("inference", "outcome", "chat claude-sonnet-5")]
    (told,) = facts(trail, "inference")
    assert (told["gen_ai.provider.name"], told["gen_ai.request.stream"]) == ("anthropic", True)
    assert told["gen_ai.usage.input_tokens"] > 0 and told["gen_ai.usage.output_tokens"] > 0
    said = json.loads(records(trail, phase="outcome")[0].content["gen_ai.output.messages"])
    assert said[0]["parts"][0]["content"] == PRINTED["anthropic_streaming"].strip()


def test_the_agent_holds_its_models_and_tools(tmp_path: Path) -> None:
    trail = run("langchain_agent", tmp_path)
    told = {(each.envelope["k"], each.envelope["e"]) for each in records(trail) if each.envelope["f"] != "intent"}
    assert told == {("agent", "clerk"), ("inference", "chat gpt-5"), ("tool", "mail")}
    (agent,) = facts(trail, "agent")
    inside = [*facts(trail, "inference"), *facts(trail, "tool")]
    assert {each["vedette.parent.id"] for each in inside} == {agent["vedette.event.id"]}


QUIET = {"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "openai,anthropic,httpx,httpx2,requests"}


@contextmanager
def serving(trail: Path, *, recorded: bool) -> Iterator[str]:
    """The FastAPI example under uvicorn, on a socket of its own; the base URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    beside = Path(sys.executable).parent
    command = [beside / "uvicorn", "--app-dir", EXAMPLES, "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(
        [*([beside / "opentelemetry-instrument"] if recorded else []), *command, "fastapi_service:app"],
        env=clean({"VEDETTE_TRAIL": str(trail), **KEYLESS, **QUIET}),
    )
    try:
        yield _ready(f"http://127.0.0.1:{port}", process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _ready(url: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/docs", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise TimeoutError("the service does not start")


def ask(url: str, token: str, session: str, question: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", "x-session": session}
    return httpx.get(f"{url}/ask", params={"question": question}, headers=headers, timeout=30)


def test_the_service_tells_who_asked_and_who_was_refused(tmp_path: Path) -> None:
    with serving(tmp_path, recorded=True) as url:
        assert ask(url, "ada-token", "s1", "Why?").json() == {"answer": 'You said: "Why?"'}
        assert ask(url, "bob-token", "s2", "How?").json() == {"answer": 'You said: "How?"'}
        assert ask(url, "eve-token", "s3", "Who?").status_code == 401
    sealed(tmp_path)
    told = [each.envelope for each in records(tmp_path) if each.envelope["f"] != "intent"]
    assert [each["k"] for each in told] == [*["auth", "input", "inference", "output"] * 2, "auth"]
    assert [each["r"] for each in told if each["k"] == "auth"] == ["ok", "ok", "denied"]
    sessions = [each["w"] for each in told if each["k"] != "auth"]
    ada, bob = sessions[0], sessions[3]
    assert ada == {"user": PSEUDONYM, "session": PSEUDONYM, "agent": "clerk"}
    assert sessions == [ada] * 3 + [bob] * 3 and ada["user"] != bob["user"]
    assert '"ada"' not in json.dumps(told)


def test_the_service_serves_without_a_record_too(tmp_path: Path) -> None:
    """Its notes and sessions are calls of Vedette's API, and do nothing where nothing was started."""
    with serving(tmp_path / "trail", recorded=False) as url:
        assert ask(url, "ada-token", "s1", "Why?").json() == {"answer": 'You said: "Why?"'}
        assert ask(url, "eve-token", "s3", "Who?").status_code == 401
    assert not (tmp_path / "trail").exists()
