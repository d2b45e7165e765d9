"""Values are walked, not JSON text; what breaks others does not break it (issue 5, R6, R9, R10)."""

import base64
import json
from dataclasses import dataclass
from typing import Any

import pytest
from tests.unit.redact.conftest import KEY

from vedette.event import Call, Kind
from vedette.redact import Redactor
from vedette.redact.texts import MAX_TEXT

GITHUB = "ghp_" + "aB3dE6" * 6
MARK = "[github_token:"


def shown(redactor: Redactor, value: Any) -> str:
    return json.dumps(redactor.value(value), ensure_ascii=False)


def nested(levels: int) -> str:
    text = json.dumps({"note": f"line\nuse {GITHUB}\nthen"})
    for _ in range(levels):
        text = json.dumps({"arguments": text})
    return text


@pytest.mark.parametrize("levels", range(4))
def test_json_in_json_loses_nothing_and_keeps_its_bytes(redactor: Redactor, levels: int) -> None:
    text = nested(levels)
    out = redactor.text(text)
    assert (GITHUB not in out and len(out) == len(text) - len(GITHUB) + out.count("]") and MARK in out) or MARK in out
    for _ in range(levels):
        out = json.loads(out)["arguments"]
    assert json.loads(out)["note"].startswith(f"line\nuse {MARK}")


def test_names_mask_and_look_alikes_do_not(redactor: Redactor) -> None:
    given = {
        "password": "a", "apiKey": "b", "X-Auth-Token": "c", "otp": 123456, "secrets": {"deep": ["d", {"e": "f"}]},
        "max_tokens": 12, "token_type": "bearer", "public_key": "g", "next_page_token": "h", "password_policy": "long",
        "primary_key": "id", "api_key": "${API_KEY}", "passwd": "***", "pwd": "", "secret": None,
    }  # fmt: skip
    out = redactor.value({**given, "credentials": {"deep": ["d", {"e": "f"}]}})
    assert isinstance(out, dict)
    masked = {name for name, value in out.items() if "[" in str(value) and value != given.get(name)}
    assert masked == {"password", "apiKey", "X-Auth-Token", "otp", "credentials"}
    assert shown(redactor, {"properties": {"password": {"type": "string", "description": "yours"}}}).count("[") == 0


def test_guises_of_name_and_value(redactor: Redactor) -> None:
    """Pairs, header lists, environments, command lines; the neighbours stay."""
    given = [
        {"name": "DB_PASSWORD", "value": "hunter2"},
        [["Authorization", "Bearer hunter2"], ["Accept", "text/html"]],
        ("api-key", "hunter2"),
        ["curl", "-u", "bob:hunter2", "--token", "hunter2", "https://a.example"],
        ["DB_PASSWORD=hunter2", "HOME=/root"],
        ["mysql", "-phunter2"],
        {"Cookie": "session=hunter2; Path=/"},
        "https://bob:hunter2@a.example/?sig=hunter2&page=2#access_token=hunter2",
        "grant_type=password&password=hunter2&page=2",
        {"Authorization": "Basic " + base64.b64encode(b"bob:hunter2").decode()},
    ]
    out = shown(redactor, given)
    assert "hunter2" not in out
    assert base64.b64encode(b"bob:hunter2").decode() not in out
    for kept in ("text/html", "bob:", "https://a.example", "HOME=/root", "Path=/", "page=2", "Bearer [", "Basic ["):
        assert kept in out, kept


def test_one_value_has_one_digest_wherever_it_stood(redactor: Redactor) -> None:
    basic = "Basic " + base64.b64encode(b"bob:hunter2x").decode()
    out = redactor.value({"password": "hunter2x", "authorization": basic})
    assert isinstance(out, dict)
    assert out["authorization"] == f"Basic {out['password']}"


def test_encodings_of_text(redactor: Redactor) -> None:
    """Base64 of text, percent-escapes, unicode escapes, server-sent events, lines of JSON, parts of a form."""
    for text in (
        f"see {base64.b64encode(f'the key is {GITHUB}, keep it'.encode()).decode()} there",
        f"https://a.example/?q=use%20{GITHUB.replace('_', '%5F')}%20now",
        '{"q": "use ' + "".join(f"\\u{ord(each):04x}" for each in GITHUB) + ' now"}',
        f'data: {{"delta": "\\n{GITHUB}"}}\n\ndata: [DONE]\n',
        f'{{"a": 1}}\n{{"b": "{GITHUB}"}}\n',
        f'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n{GITHUB}\r\n--x--\r\n',
    ):
        assert redactor.text(text) != text and "aB3dE6aB3dE6" not in redactor.text(text), text


def test_a_copy_without_its_name_is_caught_later(redactor: Redactor) -> None:
    assert "q7Lr2Zx9Kw4M" not in redactor.text('password = "q7Lr2Zx9Kw4M"')
    assert "q7Lr2Zx9Kw4M" not in redactor.text("he said q7Lr2Zx9Kw4M and left")
    assert "q7Lr2Zx9Kw4M" not in repr(redactor.texts.memory)


def test_what_is_too_large_too_deep_or_in_a_circle_is_withheld(redactor: Redactor) -> None:
    huge = "x" * (64 * 1024 * 1024)
    assert redactor.text(huge).startswith(f"[withheld:size:{len(huge)}:")
    assert redactor.text("x " * (MAX_TEXT // 2)).startswith("x x")
    deep: Any = GITHUB
    for _ in range(10_000):
        deep = [deep]
    circle: dict[str, Any] = {"a": 1}
    circle["me"] = circle
    out = redactor.value({"deep": deep, "circle": circle, "odd": object(), "raw": b"\xff\xfe"})
    assert isinstance(out, dict)
    assert "withheld:depth" in repr(out["deep"]) and GITHUB not in repr(out["deep"])
    assert out["circle"] == {"a": 1, "me": out["circle"]["me"]} and "withheld:cycle" in out["circle"]["me"]
    assert out["odd"].startswith("[withheld:type:") and out["raw"].startswith("[withheld:binary:2:")
    text = "[" * 10_000 + f'"{GITHUB}"' + "]" * 10_000
    out_text = redactor.text(text)
    assert GITHUB not in out_text and out_text.count("[") - 1 == out_text.count("]") - 1 == 10_000


@pytest.mark.parametrize("beside", ["\0", "\ud800", "中", "é", "\u202e", "א", "🔑", "\r\n", "\x1b[1m"])
def test_odd_neighbours(redactor: Redactor, beside: str) -> None:
    out = redactor.text(f"{beside}{GITHUB}{beside}")
    assert out.startswith(f"{beside}{MARK}") and out.endswith(f"]{beside}")


def test_numbers_are_values_and_json_stays_json(redactor: Redactor) -> None:
    out = json.loads(redactor.text('{"card": 4111111111111111, "n": 12, "f": 1.5, "ok": true, "pin": 1234}'))
    assert out["card"].startswith("[card:") and out["pin"].startswith("[secret:")
    assert (out["n"], out["f"], out["ok"]) == (12, 1.5, True)


def test_a_name_twice_hides_nothing(redactor: Redactor) -> None:
    assert GITHUB not in redactor.text(f'{{"a": "{GITHUB}", "a": "x", "password": {{"b": "c"}}}}')


def test_fields_of_a_dataclass_are_read_where_they_are_kept(redactor: Redactor) -> None:
    @dataclass
    class Login:
        user: str
        password: str

        @property
        def trap(self) -> str:
            raise AssertionError("code of the host's")

    assert redactor.value(Login("bob", "hunter2")) == {"user": "bob", "password": redactor.value("hunter2", "password")}


def test_an_event_says_what_was_taken_where(engines: object) -> None:
    facts = {"gen_ai.tool.call.arguments": {"text": f"use {GITHUB}", "password": "hunter2"}}
    event = Redactor("all", KEY).event(Call(Kind.TOOL, "t", "", facts=facts))
    told = {(label.kind, label.path, label.group, label.tier) for label in event.labels}
    assert told == {
        ("github_token", "/gen_ai.tool.call.arguments/text", "token", "redact"),
        ("password", "/gen_ai.tool.call.arguments/password", "name", "redact"),
    }
    assert "hunter2" not in repr(event) and GITHUB not in repr(event)
