"""The judge of what stands beside a secret's name."""

from __future__ import annotations

import pytest

from vedette.redact.validators import JUDGES
from vedette.redact.validators.names import strength


@pytest.mark.parametrize(
    ("before", "value", "after", "verdict"),
    [
        ('password = "', "hunter22", '"', "alert"),
        ("password: ", "hunter2", "\n", "redact"),
        ("DB_PASSWORD=", "letmein", "\n", "redact"),
        ("DB_PASSWORD=", "p@ssw0rd!", "\n", "redact"),
        ('api_key = "', "a8f5f167f44f4964e6c998dee827110c", '"', "alert"),
        ("password=", "get_password", "(", ""),
        ("password: ", "str", "\n", ""),
        ('token = "', "your-token-here", '"', ""),
        ("secret_key = ", "settings.SECRET", "\n", ""),
        ('PASSWORD_FILE="', "abc1234567", '"', ""),
        ("max_tokens: ", "4096", ",", ""),
        ('password = "', "Enter your password:", '"', ""),
        ('token = "', "/var/run/token", '"', ""),
        ('key = "', "user.name", '"', ""),
        ('password = "', "password", '"', ""),
    ],
)
def test_key_value(before: str, value: str, after: str, verdict: str) -> None:
    assert JUDGES["keyvalue"](before, value, after) == verdict


@pytest.mark.parametrize(
    ("before", "value", "verdict"),
    [
        ("datadog api_key=", "0123456789abcdef0123456789abcdea", "alert"),
        ("datadog key for prod ", "0123456789abcdef0123456789abcdea", "redact"),
        ("datadog image sha256:", "0123456789abcdef0123456789abcdea", ""),
        ("datadog at ", "0123456789abcdef0123456789abcdea", ""),
        ("github commit ", "0123456789abcdef0123456789abcdef01234567", ""),
        ("stripe key=", "payment_intent_handler", ""),
    ],
)
def test_context(before: str, value: str, verdict: str) -> None:
    assert JUDGES["context"](before, value, "") == verdict


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("password", "password"),
        ("dbPassword", "password"),
        ("DB_PASS", "password"),
        ("spring.datasource.password", "password"),
        ("apiKey", "secret"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("clientSecret", "secret"),
        ("session_id", "secret"),
        ("salt", "key"),
        ("key", "key"),
        ("max_tokens", ""),
        ("token_type", ""),
        ("public_key", ""),
        ("passwordField", ""),
        ("secret_name", ""),
        ("author", ""),
    ],
)
def test_how_surely_a_name_says_secret(name: str, expected: str) -> None:
    assert strength(name) == expected
