"""`vedette.note`: whole records, as they stand in the trail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dirty_equals import IsStr
from tests.otlp_receiver import Receiver, attributes
from tests.trails import records
from tests.unit.capture.noted import recorded

import vedette
from vedette.capture.note import Level
from vedette.event import Kind

MAIL = IsStr(regex=r"Write to \[email:[0-9a-f.]{21}\]")
PSEUDONYM = IsStr(regex=r"\[id:[0-9a-f.]{21}\]")


def test_what_a_user_said(tmp_path: Path) -> None:
    told = recorded(tmp_path, lambda: vedette.note.user_input("Write to ada@example.org", conversation="c1"))
    assert told == [
        {
            "k": "input",
            "f": "single",
            "e": "user_input",
            "r": "ok",
            "q": {"email": 1},
            "a": {"gen_ai.conversation.id": "c1"},
            "c": {"gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": MAIL}]}]},
        }
    ]


def test_what_the_agent_answered(tmp_path: Path) -> None:
    assert recorded(tmp_path, lambda: vedette.note.output("Done.")) == [
        {
            "k": "output",
            "f": "single",
            "e": "output",
            "r": "ok",
            "a": {},
            "c": {"gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "text", "content": "Done."}]}]},
        }
    ]


@pytest.mark.parametrize(
    ("said", "told"),
    [(b"Done.", "Done."), (None, "None"), (["a", 1], '["a",1]'), ({"an": "answer"}, '{"an":"answer"}')],
)
def test_what_is_no_text_is_told_as_text(tmp_path: Path, said: Any, told: str) -> None:
    (record,) = recorded(tmp_path, lambda: vedette.note.output(said))
    (message,) = record["c"]["gen_ai.output.messages"]
    assert message["parts"] == [{"type": "text", "content": told}]


def test_who_came_in_and_who_did_not(tmp_path: Path) -> None:
    def work() -> None:
        vedette.note.auth_attempt(user="ada", success=True, method="oauth", target="/admin")
        vedette.note.auth_attempt(user="ada", success=False, reason="expired")

    granted, denied = recorded(tmp_path, work)
    assert granted == {
        "k": "auth",
        "f": "single",
        "e": "auth oauth",
        "r": "ok",
        "a": {
            "vedette.auth.subject": PSEUDONYM,
            "vedette.auth.mechanism": "oauth",
            "vedette.auth.target": "/admin",
            "vedette.auth.result": "granted",
        },
    }
    assert (denied["e"], denied["r"]) == ("auth password", "denied")
    assert (denied["a"]["vedette.auth.result"], denied["a"]["error.type"]) == ("denied", "expired")
    assert denied["a"]["vedette.auth.subject"] == granted["a"]["vedette.auth.subject"]


def test_a_change_is_on_disk_before_it_is_made(tmp_path: Path) -> None:
    def work() -> None:
        vedette.note.change("prompt", "system", before="Be kind.", after="Be brief.", ticket="T-1")

    intent, outcome = recorded(tmp_path, work)
    facts = {"vedette.change.subject": "prompt", "vedette.change.name": "system"}
    detail = {"before": "Be kind.", "after": "Be brief.", "ticket": "T-1"}
    assert intent == {
        "k": "change",
        "f": "intent",
        "e": "change prompt",
        "a": facts,
        "c": {"vedette.change.detail": detail},
    }
    assert outcome == {**intent, "f": "outcome", "r": "ok"}


def test_a_call_to_an_api_that_nobody_saw(tmp_path: Path) -> None:
    def work() -> None:
        vedette.note.api_call("put", url="http://h.example/x?token=abcdefgh12345", method="PUT", status=503, retries=2)

    told = recorded(tmp_path, work)
    outcome = told[-1]
    assert [each["f"] for each in told] == ["intent", "outcome"]
    assert (outcome["k"], outcome["e"], outcome["r"], outcome["q"]) == ("exchange", "put", "error", {"secret": 1})
    assert outcome["a"] == {
        "http.request.method": "PUT",
        "url.full": IsStr(regex=r"http://h\.example/x\?token=\[secret:[0-9a-f.]{21}\]"),
        "url.scheme": "http",
        "server.address": "h.example",
        "server.port": 80,
        "http.response.status_code": 503,
        "error.type": "503",
    }
    assert outcome["c"] == {"vedette.api.detail": {"retries": 2}}


def test_a_call_without_an_address_is_a_connection(tmp_path: Path) -> None:
    (told,) = recorded(tmp_path, lambda: vedette.note.api_call("queue", topic="orders"))
    assert (told["k"], told["e"], told["r"], told["c"]) == (
        "connection", "queue", "ok", {"vedette.api.detail": {"topic": "orders"}},
    )  # fmt: skip


def test_a_finding_of_the_applications_own(tmp_path: Path) -> None:
    def work() -> None:
        vedette.note.finding(
            rule="refund-limit",
            level="high",
            message="refund of 900 to ada@example.org",
            category="fraud",
            confidence=80,
            order="4711",
            amount=900,
        )

    assert recorded(tmp_path, work) == [
        {
            "k": "finding",
            "f": "single",
            "e": "refund-limit",
            "r": "ok",
            "q": {"email": 1},
            "a": {
                "security_rule.name": "refund-limit",
                "security_rule.category": "fraud",
                "security_rule.ruleset.name": "application",
                "vedette.finding.severity": "high",
                "vedette.finding.confidence": 80,
                "vedette.finding.action": "observed",
            },
            "c": {
                "vedette.finding.message": IsStr(regex=r"refund of 900 to \[email:[0-9a-f.]{21}\]"),
                "vedette.finding.evidence": {"order": "4711", "amount": 900},
            },
        }
    ]


def test_a_noted_finding_has_the_shape_of_one_of_ours(tmp_path: Path) -> None:
    """Ours comes of a secret in a tool's arguments; what differs is what a rule of ours knows more."""

    @vedette.tool
    def send(text: str) -> None:
        vedette.note.finding(rule="noted", level="medium", message="noted", category="c", description="d", confidence=1)

    def work() -> None:
        send("token " + "ghp_" + "a1B2c3D4e5F6" * 3)

    recorded(tmp_path, work)
    found = {each.envelope["a"]["security_rule.ruleset.name"]: each for each in records(tmp_path, kind="finding")}
    ours, noted = found["vedette"].envelope, found["application"].envelope
    assert set(ours) == set(noted)
    assert set(ours["a"]) - set(noted["a"]) == {"security_rule.version"}
    assert set(noted["a"]) - set(ours["a"]) == {"vedette.source"}
    assert ours["a"]["vedette.parent.id"] == noted["a"]["vedette.parent.id"] and ours["tr"] == noted["tr"]


@pytest.mark.parametrize(
    ("level", "severity", "number"),
    [
        ("low", "low", 9),
        ("medium", "medium", 13),
        ("high", "high", 17),
        ("critical", "critical", 21),
        ("warning", "medium", 13),
        ("ERROR", "high", 17),
        ("info", "low", 9),
        ("strange", "medium", 13),
    ],
)
def test_levels_become_severities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: Level, severity: str, number: int
) -> None:
    with Receiver() as receiver:
        for name, value in receiver.environment.items():
            monkeypatch.setenv(name, value)
        (told,) = recorded(tmp_path, lambda: vedette.note.finding(rule="r", level=level, message="m"))
        receiver.wait_for(lambda it: any(each.event_name == "vedette.audit.finding" for each in it.logs))
        (sent,) = [each for each in receiver.logs if each.event_name == "vedette.audit.finding"]
    assert told["a"]["vedette.finding.severity"] == severity
    assert sent.severity_number == number
    assert attributes(sent.attributes)["vedette.finding.severity"] == severity


@pytest.mark.parametrize(
    ("note", "arguments", "kind"),
    [
        ("user_input", {"text": "x"}, Kind.INPUT),
        ("output", {"text": "x"}, Kind.OUTPUT),
        ("auth_attempt", {"success": True}, Kind.AUTH),
        ("change", {"subject": "code", "name": "main.py"}, Kind.CHANGE),
        ("api_call", {"name": "x"}, Kind.CONNECTION),
        ("finding", {"rule": "r", "level": "low", "message": "m"}, Kind.FINDING),
    ],
)
def test_further_keywords_are_kept(tmp_path: Path, note: str, arguments: dict[str, Any], kind: Kind) -> None:
    more = {"client.address": "192.0.2.7", "channel": "mail", "password": "hunter22"}
    told = recorded(tmp_path, lambda: getattr(vedette.note, note)(**arguments, **more))[-1]
    assert told["k"] == kind.value
    assert "client.address" in told["a"]
    (kept,) = [content for content in told["c"].values() if isinstance(content, dict) and "channel" in content]
    assert kept["channel"] == "mail" and kept["password"] == IsStr(regex=r"\[[a-z]+:[0-9a-f.]{21}\]")


class Hostile:
    def __str__(self) -> str:
        raise RuntimeError("not for you")

    __repr__ = __str__


@pytest.mark.parametrize("value", [7, None, 1.5, b"\xff", ["x"], {"a": 1}, "\ud800", Hostile()])
def test_no_value_raises_or_loses_the_record(tmp_path: Path, value: Any) -> None:
    def work() -> None:
        vedette.note.user_input(value, more=value)
        vedette.note.output(value)
        vedette.note.auth_attempt(user=value, success=value, target=value)
        vedette.note.change("memory", value, before=value)
        vedette.note.api_call("x", url=value, status=value)
        vedette.note.finding(rule=value, level=value, message=value)

    kinds = {each["k"] for each in recorded(tmp_path, work)}
    assert kinds >= {"input", "output", "auth", "change", "finding"}


def test_without_a_start_nothing_is_written_and_nothing_raised() -> None:
    vedette.note.user_input("x")
    vedette.note.finding(rule="r", level="low", message="m")
