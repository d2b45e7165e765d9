"""`vedette doctor`: each thing that can be wrong is named, and decides the exit code."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from tests.otlp_receiver import Receiver, Say
from tests.spooled import Spooled
from tests.unit.cli.conftest import Ran, Vedette

from vedette.cli.checks import installed
from vedette.config import load

PROBED = installed.probed


@pytest.fixture(scope="module")
def woven() -> dict[str, Any]:
    """One true trial of all seams, 2 s of work; the tests that are about something else share it."""
    found = installed.probed(load({"HOME": "/"})[0])
    assert found is not None
    return found


@pytest.fixture
def doctor(vedette: Vedette, monkeypatch: pytest.MonkeyPatch, woven: dict[str, Any]) -> Vedette:
    """`doctor(VARIABLE=value)`: its checks as JSON, in this environment."""
    monkeypatch.setattr(installed, "probed", lambda settings: PROBED(settings) if settings.disable else woven)

    def run(**env: str) -> Ran:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        return vedette("doctor", "--json")

    return run


def checks(ran: Ran, name: str) -> list[tuple[str, str]]:
    told = json.loads(ran.out)
    assert ran.code == (0 if told["ok"] else 1)
    return [(each["state"], each["about"]) for each in told["checks"] if each["name"] == name]


def test_all_is_well_on_a_fresh_machine(doctor: Vedette, tmp_path: Path) -> None:
    ran = doctor()
    trail = tmp_path / "state" / "vedette" / "trail"
    assert ran.code == 0
    assert checks(ran, "trail") == [("ok", f"{trail} can be written to")]
    assert checks(ran, "redaction") == [("ok", "mode all, hyperscan; a key is made with the first record")]
    assert not (trail / "redact.key").exists() and stat.S_IMODE(trail.stat().st_mode) == 0o700
    assert checks(ran, "httpx")[0][0] == "ok" and checks(ran, "last run") == []
    assert {each["state"] for each in json.loads(ran.out)["checks"]} <= {"ok", "note"}


def test_every_seam_of_what_is_installed_is_tried(doctor: Vedette) -> None:
    ran = doctor()
    for library in ("httpx", "http", "aiohttp", "langchain_core", "langgraph"):
        ((state, told),) = checks(ran, library)
        assert state == "ok" and re.search(r"^\S.*, [1-9]\d* seams? woven when it is imported$", told)


def test_a_seam_that_cannot_be_woven_is_named_with_its_reason(
    doctor: Vedette, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library of another shape than the instrumentor knows, found first."""
    monkeypatch.setattr(installed, "probed", PROBED)
    (tmp_path / "httpx.py").write_text("class Client: pass\nclass AsyncClient: pass\n")
    (tmp_path / "aiohttp.py").write_text("1 / 0\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ran = doctor()
    assert ("warn", "aiohttp.client_reqrep cannot be imported") in checks(ran, "aiohttp")
    missed = [about for state, about in checks(ran, "httpx") if state == "warn"]
    assert missed and all("cannot be woven: " in each for each in missed)


def test_what_is_switched_off_is_said(doctor: Vedette) -> None:
    ran = doctor(
        VEDETTE_DISABLE="httpx,htpx",
        VEDETTE_REDACT="off",
        VEDETTE_WRITE_AHEAD="off",
        OTEL_SDK_DISABLED="true",
        OTEL_TRACES_EXPORTER="none",
        OTEL_PYTHON_DISABLED_INSTRUMENTATIONS="requests, vedette",
    )
    assert ran.code == 0
    assert checks(ran, "httpx")[0][0] == "warn" and "not woven: VEDETTE_DISABLE" in checks(ran, "httpx")[0][1]
    assert ("warn", "VEDETTE_DISABLE names htpx, and there is no such instrumentor") in checks(ran, "weaving")
    assert (
        "warn",
        "nothing is woven: OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=requests, vedette",
    ) in checks(ran, "weaving")
    assert [state for state, _ in checks(ran, "signals")] == ["note", "note"]
    assert checks(ran, "redaction")[0][0] == "warn" and checks(ran, "write-ahead")[0][0] == "warn"


@pytest.mark.parametrize("there", ["a file", "a link", "open to others", "no room"])
def test_a_trail_that_cannot_be_written_to_is_bad(doctor: Vedette, tmp_path: Path, there: str) -> None:
    place = tmp_path / "trail"
    if there == "a file":
        place.write_text("")
    elif there == "a link":
        place.symlink_to(tmp_path)
    elif there == "open to others":
        place.mkdir()
        place.chmod(0o777)
    else:
        place = Path("/proc/self/fdinfo")  # a directory of ours that takes no file
    ran = doctor(VEDETTE_TRAIL=str(place))
    assert ran.code == 1
    assert checks(ran, "trail")[0][0] == "bad" and str(place) in checks(ran, "trail")[0][1]


def test_a_key_that_others_can_read_is_bad(doctor: Vedette, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("00" * 32)
    key.chmod(0o644)
    ran = doctor(VEDETTE_REDACT_KEY=str(key))
    assert ran.code == 1
    assert checks(ran, "redaction") == [
        ("bad", f"VEDETTE_REDACT_KEY: {key} can be read by others; run `chmod 600 {key}`")
    ]


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_a_collector_is_asked_in_the_shippers_own_way(doctor: Vedette, protocol: str) -> None:
    with Receiver(protocol) as receiver:
        ran = doctor(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, OTEL_EXPORTER_OTLP_PROTOCOL=protocol)
        assert checks(ran, "collector")[0][0] == "ok"
    ran = doctor(OTEL_EXPORTER_OTLP_TIMEOUT="2")
    assert ran.code == 1
    assert checks(ran, "collector")[0][0] == "bad" and "cannot be reached" in checks(ran, "collector")[0][1]


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        (Say(401), "bad", "refuses with 401"),
        (Say(404), "bad", "refuses with 404"),
        (Say(503), "warn", "refuses with 503"),
        (Say(200, headers={"Content-Type": "text/html"}, body=b"<html>"), "bad", "answers with a web page, not OTLP"),
    ],
)
def test_a_collector_that_refuses_is_told_apart_from_one_that_is_busy(
    doctor: Vedette, answer: Say, state: str, told: str
) -> None:
    with Receiver() as receiver:
        receiver.script.append(answer)
        ran = doctor(OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint)
    assert [each[0] for each in checks(ran, "collector")] == [state]
    assert told in checks(ran, "collector")[0][1]


def test_no_account_is_shown(doctor: Vedette) -> None:
    ran = doctor(
        OTEL_EXPORTER_OTLP_ENDPOINT="http://me:hidden@localhost:9/otlp?key=hidden",
        OTEL_EXPORTER_OTLP_HEADERS="x-key=hidden",
    )
    assert "localhost:9" in ran.out and "hidden" not in ran.out


def test_a_bad_setting_is_one_line_and_exit_code_2(doctor: Vedette) -> None:
    ran = doctor(VEDETTE_REDACT="sekrets")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "vedette doctor: VEDETTE_REDACT='sekrets' is not valid: use all, secrets or off\n"


def test_the_last_run_tells_what_was_woven(doctor: Vedette, trail: Path) -> None:
    told = checks(doctor(VEDETTE_TRAIL=str(trail)), "last run")[0]
    assert told[0] == "ok" and told[1].startswith("agent.py at ") and told[1].endswith(" seams woven")
    assert " 0 seams" not in told[1]


def test_what_the_last_run_missed_is_a_warning(doctor: Vedette, tmp_path: Path) -> None:
    stream = Spooled(tmp_path)
    stream.birth(**{"process.executable.name": "agent.py"})
    seams = [{"target": "old.lib:call", "state": "missed", "reason": "it has no call"}]
    state = {"seams": seams, "blind": ["pycurl", "span of acme"], "faults": {"capture.request": 2}}
    content = {"vedette.coverage": json.dumps(state), "vedette.settings": '{"problems": ["X=1 is not valid"]}'}
    stream.record("lifecycle", content, a={"vedette.lifecycle.phase": "coverage"})
    stream.record("lifecycle", {"vedette.coverage": "[]"}, a={"vedette.lifecycle.phase": "coverage"})
    stream.die()
    told = checks(doctor(VEDETTE_TRAIL=str(tmp_path)), "last run")
    assert [about for state, about in told if state == "warn"] == [
        "X=1 is not valid",
        "old.lib:call was not woven: it has no call",
        "pycurl was in use; what it does cannot be seen from Python",
        "a span of acme was there before ours and could not be adopted: an operation may show twice",
        "2 internal fault(s) in capture.request",
    ]


def test_it_reads_well_on_a_narrow_terminal(vedette: Vedette) -> None:
    ran = vedette("doctor", columns=70)
    assert ran.lines[0].startswith("ok    vedette           0.1.0, OpenTelemetry ")
    assert "\n                        records stay in the trail\n" in ran.out
