"""The rules, each with what it must find and what it must leave alone; labels are those of the real redactor."""

from typing import Any

import pytest

from vedette.detect import Engine
from vedette.event import Call, Event, Kind, Result
from vedette.redact import Redactor
from vedette.redact.tokens import make_key

SECOND = 10**9
MINUTE = 60 * SECOND
BEGIN = 1_800_000_000 * SECOND
GITHUB = "ghp_" + "a1B2" * 7 + "a1" + "3tNSQc"  # the last six characters are the checksum of those before
TELEGRAM = "123456789" + ":AA" + "aB3_" * 8 + "x"
REDACTOR = Redactor("all", make_key(b"k" * 32))


def redacted(kind: Kind, at: int = BEGIN, result: Result = Result.OK, id_: str = "1", **facts: Any) -> Event:
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return REDACTOR.event(Call(kind, "", "", facts=named, event_id=id_, begin_ns=at, result=result))


def prompt(text: str, host: str = "api.openai.com", at: int = BEGIN) -> Event:
    messages = [{"role": "user", "parts": [{"type": "text", "content": text}]}]
    return redacted(Kind.INFERENCE, at, gen_ai__input__messages=messages, server__address=host)


def sent(body: str, host: str = "paste.example", at: int = BEGIN) -> Event:
    return redacted(Kind.EXCHANGE, at, vedette__http__request__body=body, server__address=host)


def names(found: list[Event]) -> list[str]:
    return [each.name for each in found]


def test_a_secret_in_a_prompt() -> None:
    """Found by its label; the message has the token that the redacted prompt has too, and never the secret."""
    seen = prompt(f"deploy with {GITHUB}, please")
    (found,) = Engine().see(seen)
    token = next(f"[{label.kind}:{label.digest}]" for label in seen.labels)
    assert (found.name, found.facts["vedette.finding.confidence"]) == ("secret-in-prompt", 90)
    assert found.content["vedette.finding.message"] == f"a secret was sent to api.openai.com in a prompt: {token}"
    assert token in seen.content["gen_ai.input.messages"]
    assert GITHUB not in repr(found)


def test_a_password_in_a_prompt_is_less_sure() -> None:
    """It is known by the name it stands under only."""
    (found,) = Engine().see(prompt('password = "correct-Horse9battery"'))
    assert (found.name, found.facts["vedette.finding.confidence"]) == ("secret-in-prompt", 60)


def test_a_history_repeats_a_secret_and_is_told_once_an_hour() -> None:
    """Once for each model that it goes to, and again when it is still there an hour later."""
    engine, text = Engine(), f"use {GITHUB}"
    assert names(engine.see(prompt(text))) == ["secret-in-prompt"]
    assert engine.see(prompt(f"{text} and more", at=BEGIN + MINUTE)) == []
    assert names(engine.see(prompt(text, "api.anthropic.com", BEGIN + MINUTE))) == ["secret-in-prompt"]
    assert names(engine.see(prompt(text, at=BEGIN + 60 * MINUTE))) == ["secret-in-prompt"]


def test_what_is_personal_or_said_by_the_model_is_no_secret_in_a_prompt() -> None:
    """Addresses and numbers of people are redacted, and are no credential; an answer is not what was sent."""
    assert Engine().see(prompt("write to ann@corp.example, IBAN DE89370400440532013000")) == []
    answer = [{"role": "assistant", "parts": [{"type": "text", "content": GITHUB}]}]
    assert Engine().see(redacted(Kind.INFERENCE, gen_ai__output__messages=answer)) == []


def test_a_secret_that_leaves_in_a_request() -> None:
    """A recognisable secret in the body of a request to somebody who did not issue it."""
    (found,) = Engine().see(sent(f'{{"note": "{GITHUB}"}}'))
    assert (found.name, found.facts["vedette.finding.severity"]) == ("secret-in-request", "high")
    assert found.facts["security_rule.category"] == "exfiltration"


@pytest.mark.parametrize(
    ("body", "host"),
    [
        (f'{{"token": "{GITHUB}"}}', "api.github.com"),
        (f'{{"bot": "{TELEGRAM}"}}', "API.telegram.org"),
        ('{"user": "ann", "password": "correct-Horse9battery"}', "login.example"),
        ("grant_type=client_credentials&client_secret=s3cr3t-S3cr3t-9", "idp.example"),
        ('{"to": "ann@corp.example"}', "paste.example"),
    ],
)
def test_what_logs_in_is_no_leak(body: str, host: str) -> None:
    """A secret that goes to who issued it, and a form that carries a password, are how one logs in."""
    assert Engine().see(sent(body, host)) == []


def test_an_issuer_is_not_known_by_the_looks_of_its_name() -> None:
    """Only the issuer's own domain and what is below it clears a secret, and only the issuer's."""
    for host in ("github.com.evil.example", "evilgithub.com", "api.telegram.org"):
        assert names(Engine().see(sent(f'{{"t": "{GITHUB}"}}', host))) == ["secret-in-request"]
    assert names(Engine().see(sent(f'{{"t": "{TELEGRAM}"}}', "api.github.com"))) == ["secret-in-request"]


def test_a_secret_in_the_arguments_of_a_tool() -> None:
    """A model that holds a secret and uses it; a password that a login tool is given is its purpose."""
    arguments = {"path": "notes.txt", "text": f"key: {GITHUB}"}
    found = Engine().see(redacted(Kind.TOOL, gen_ai__tool__name="write_file", gen_ai__tool__call__arguments=arguments))
    assert names(found) == ["secret-in-arguments"]
    login = {"user": "ann", "password": "correct-Horse9battery"}
    assert Engine().see(redacted(Kind.TOOL, gen_ai__tool__name="login", gen_ai__tool__call__arguments=login)) == []


def test_a_token_without_its_check_characters_is_less_sure() -> None:
    """It has the looks of a secret, and whoever issued it would not know it."""
    (found,) = Engine().see(prompt("deploy with ghp_" + "a1B2" * 9))
    assert found.facts["vedette.finding.confidence"] == 60


def test_credentials_that_follow_a_redirect() -> None:
    """Told from one fact of the exchange; a hop without credentials is nothing."""
    hop = redacted(Kind.EXCHANGE, server__address="b.example", vedette__http__credential_forwarded=True)
    (found,) = Engine().see(hop)
    assert found.name == "credential-forwarded"
    assert found.content["vedette.finding.message"] == "credentials went along with a redirect to b.example"
    assert Engine().see(redacted(Kind.EXCHANGE, vedette__http__credential_forwarded=False)) == []


def attempt(number: int, at: int, denied: bool = True, user: str = "ann", target: str = "db") -> Event:
    return redacted(
        Kind.AUTH,
        BEGIN + at,
        Result.DENIED if denied else Result.OK,
        f"{number:016x}",
        vedette__auth__subject=user,
        vedette__auth__target=target,
    )


def test_five_failed_authentications_in_five_minutes() -> None:
    """The fifth completes the finding, whose evidence is all five; those that follow at once add nothing."""
    engine = Engine()
    found = [engine.see(attempt(number, number * 10 * SECOND)) for number in range(8)]
    assert [len(each) for each in found] == [0, 0, 0, 0, 1, 0, 0, 0]
    (finding,) = found[4]
    assert finding.content["vedette.finding.evidence"] == str([f"{number:016x}" for number in range(5)]).replace(
        "'", '"'
    )
    assert "ann" not in finding.content["vedette.finding.message"]
    assert finding.content["vedette.finding.message"].endswith("in 5 minutes for db")


def test_an_attack_that_goes_on_is_told_every_five_minutes() -> None:
    """One a minute and no more than five in any window: one finding at its start, not one with every failure."""
    engine = Engine()
    found = [len(engine.see(attempt(number, number * MINUTE))) for number in range(14)]
    assert found == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "attempts",
    [
        [attempt(number, number * 5 * MINUTE) for number in range(12)],
        [attempt(number, number * SECOND, denied=number != 4) for number in range(9)],
        [attempt(number, number * SECOND, user=f"user{number}") for number in range(9)],
        [attempt(number, number * SECOND, user="", target="") for number in range(9)],
    ],
    ids=["twelve over an hour", "four, a success, four", "nine users once each", "of nobody for nothing"],
)
def test_what_only_looks_like_guessing(attempts: list[Event]) -> None:
    """Decoys: slow failures, a typist who got in, and failures that have nothing in common."""
    engine = Engine()
    assert [engine.see(each) for each in attempts] == [[]] * len(attempts)
