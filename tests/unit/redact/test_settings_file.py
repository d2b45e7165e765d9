"""The user's own file: what it may say, and that a bad one changes nothing (issue 5, R3)."""

import hashlib
import os
from pathlib import Path

import pytest
from tests.unit.redact.conftest import KEY

from vedette.redact import Change, LivePolicy, Redactor
from vedette.redact.settings_file import BadFile, read

FILE = """\
rules:
  - {id: acme-key, kind: acme_key, pattern: 'acme_([0-9a-f]{16})', tier: alert}
actions:
  email: mask
  acme-key: hash
keys:
  employee_number: drop
  note: keep
names:
  secret: [Losung]
  plain: [session_token]
"""


def policed(text: str) -> Redactor:
    policy = read(text)
    return Redactor("all", KEY, lambda: policy)


def test_what_a_file_may_say(engines: object) -> None:
    redactor = policed(FILE)
    given = {"employee_number": "E-1234", "losung": "Morgenrot", "session_token": "plain words"}
    token = f"[secret:{redactor.texts.tokens.digest('secret', b'Morgenrot')}]"
    assert redactor.value(given) == {"employee_number": "", "losung": token, "session_token": "plain words"}
    masked = redactor.text("mail somebody@corp.example about acme_0123456789abcdef")
    assert masked.startswith("mail [email:****mple] about acme_[acme_key:#")
    assert redactor.text(masked) == masked


def test_a_value_that_is_no_secret(engines: object) -> None:
    token = "ghp_" + "aB3dE6" * 6
    assert token not in policed("actions: {}").text(token)
    assert policed(f"allow: [{hashlib.sha256(token.encode()).hexdigest()}]").text(token) == token


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("actions:\n  email: eat\n", 2, "'eat' is not one of token, mask, hash, drop, keep"),
        ("rulez: []\n", 1, "'rulez' is not one of"),
        ("rules:\n  - id: a\n    pattern: 'a+'\n", 3, "repeats must be bounded"),
        ("rules:\n  - id: a\n    pattern: '(?=x)a'\n", 3, "no look-around"),
        ("rules:\n  - id: a\n    pattern: 'a{0,3}'\n", 3, "matches nothing"),
        ("rules:\n  - id: a\n    pattern: '(a'\n", 3, "not a regular expression"),
        ("rules:\n  - pattern: abc\n", 2, "a rule needs 'id'"),
        ("allow: [hunter2]\n", 1, "never the value itself"),
        ("keys: [a]\n", 1, "a mapping is expected"),
        ("names: {other: []}\n", 1, "'other' is not one of secret, plain"),
        ("a: [\n", 2, ""),
    ],
)
def test_a_bad_file_is_refused_with_line_and_reason(text: str, line: int, reason: str) -> None:
    with pytest.raises(BadFile, match=f"^line {line}: .*{reason}"):
        read(text)


def test_a_file_is_read_anew_when_it_changes_and_a_bad_one_leaves_the_old(tmp_path: Path) -> None:
    path, told = tmp_path / "redact.yaml", list[Change]()
    live = LivePolicy(path, told.append)

    def write(text: str, stamp: int) -> str:
        path.write_text(text)
        os.utime(path, (stamp, stamp))
        live._next = 0.0
        return live().action("email", "")

    assert write("actions: {email: mask}", 1) == "mask"
    assert write("actions: {email: eat}", 2) == "mask"
    assert write("actions: {email: drop}", 3) == "drop"
    path.unlink()
    live._next = 0.0
    assert live().action("email", "") == "drop"
    assert [change.refused[:8] for change in told] == ["", "line 1: ", "", "cannot b"]
