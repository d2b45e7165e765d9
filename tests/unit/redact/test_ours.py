"""Records of our own life need no engine, unless a user's words are in them (law 7: an idle process pays little)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.corpora.secrets import planted

from vedette.config import load
from vedette.redact import Redactor, make_key
from vedette.redact.ours import is_plain
from vedette.runtime.coverage import birth, coverage, lifecycle

_IDLE = """
import sys
from opentelemetry.instrumentation.auto_instrumentation import initialize
initialize()
import atexit
atexit.register(lambda: print("hyperscan" in sys.modules or "re2" in sys.modules))
"""


def test_what_we_say_of_ourselves_is_plain() -> None:
    call = coverage(load({"HOME": "/root"})[0], [], "start")
    assert is_plain(call.facts["vedette.coverage"]) and is_plain(call.facts["vedette.settings"])


def test_no_planted_secret_is_plain() -> None:
    assert [sample.text for sample in planted(3) if is_plain(sample.text)] == []


@pytest.mark.parametrize(
    "text",
    ["a@b.co", "10.1.2.3", "123-45-6789", "555 123 4567", "password=hunter", "https://u:p@host", "4111111111111111",
     "\u5bc6\u7801", 'say "key"', "x" * 41],
)  # fmt: skip
def test_what_a_user_may_have_typed_is_scanned(text: str) -> None:
    assert not is_plain(text) and not is_plain({"service.name": text}) and not is_plain([[text]])


def test_a_secret_name_is_never_plain() -> None:
    assert not is_plain({"api_key": "open sesame"}) and not is_plain({"a b c d e f g h i j k": "x"})


def test_it_finds_the_same_as_the_engine(redactor: Redactor) -> None:
    """What is let through unscanned is what the engine would have let through."""
    for call in (
        birth({"service.name": "unknown_service:python"}, "k1"),
        coverage(load({"HOME": "/root"})[0], [], "start"),
    ):
        assert is_plain({**call.facts, "host.name": "", "vedette.schema": "", "vedette.key.id": ""})
        for name, value in call.facts.items():
            assert redactor.value(value, name) == value


def test_what_a_user_typed_into_a_setting_or_a_name_is_taken_out(redactor: Redactor) -> None:
    secret = "ghp_" + "0aA1bB2cC3" * 3 + "dD4eE5"
    call = lifecycle("coverage")
    call.facts["vedette.settings"] = {"problems": [f"VEDETTE_BODY_LIMIT is no number: {secret}"]}
    told: Any = [redactor.event(call), redactor.event(birth({"service.name": secret}, "k1"))]
    assert all(event.labels and secret not in repr(event) for event in told)


def test_a_value_taken_out_before_is_taken_out_of_our_own_records() -> None:
    redactor = Redactor("all", make_key(b"k" * 32))
    redactor.value({"password": "correct-horse-battery"})
    event = redactor.event(birth({"service.name": "correct-horse-battery"}, "k1"))
    assert "correct-horse" not in repr(event) and event.labels


def test_an_idle_process_loads_no_engine(tmp_path: Path) -> None:
    none = {f"OTEL_{each}_EXPORTER": "none" for each in ("TRACES", "METRICS", "LOGS")}
    env = {**os.environ, **none, "VEDETTE_TRAIL": str(tmp_path / "trail"), "OTEL_SERVICE_NAME": "idle"}
    out = subprocess.run([sys.executable, "-c", _IDLE], env=env, capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False"]
