"""`vedette config`: every setting with the value in force, for people, for programs, for the README."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Vedette

from vedette.cli.config import OTEL
from vedette.config import table

README = Path(__file__).parents[3] / "README.md"


def test_every_setting_is_told_within_the_terminal(vedette: Vedette) -> None:
    ran = vedette("config", columns=80)
    assert ran.code == 0
    assert all(any(line.startswith(f"{variable}=") for line in ran.lines) for variable, *_ in [*table(), *OTEL])
    assert max(len(line) for line in ran.lines if line.startswith(" ")) <= 80


def test_values_in_force_are_told_and_secrets_masked(vedette: Vedette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_REDACT", "Secrets")
    monkeypatch.setenv("VEDETTE_REDACT_KEY", "ab" * 32)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "clerk")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=hidden")
    told = json.loads(vedette("config", "--json").out)
    assert (told["VEDETTE_REDACT"], told["VEDETTE_REDACT_KEY"], told["VEDETTE_WRITE_AHEAD"]) == (
        "secrets", "***", "actions",
    )  # fmt: skip
    assert (told["OTEL_SERVICE_NAME"], told["OTEL_EXPORTER_OTLP_HEADERS"]) == ("clerk", "***")


@pytest.mark.parametrize("command", ["config", "show", "doctor", "demo"])
def test_a_bad_value_stops_every_command_in_one_line(
    vedette: Vedette, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("VEDETTE_REDACT", "sekrets")
    ran = vedette(command)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"vedette {command}: VEDETTE_REDACT='sekrets' is not valid: use all, secrets or off\n"


def test_the_readme_holds_this_very_table(vedette: Vedette) -> None:
    """Mend it with `vedette config --markdown`."""
    assert vedette("config", "--markdown").out in README.read_text()
