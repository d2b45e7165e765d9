"""Settings that only what they name can prove wrong stop a command, in one line; `vedette doctor` tells of them all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WRONG = {
    "VEDETTE_REDACT_KEY": "00" * 31,
    "VEDETTE_REDACT_CONFIG": "/nowhere/rules.yaml",
    "VEDETTE_ANCHORS": "carrier:pigeon",
    "VEDETTE_TRAIL_GROUP": "no-such-group",
}


def vedette(tmp_path: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vedette.cli", *arguments]
    env = {"VEDETTE_TRAIL": str(tmp_path / "trail"), "PATH": "/usr/bin:/bin", **env}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("variable", WRONG)
@pytest.mark.parametrize(("command", "code"), [("config", 2), ("verify", 3)])
def test_a_command_stops_with_one_line(tmp_path: Path, variable: str, command: str, code: int) -> None:
    ran = vedette(tmp_path, command, **{variable: WRONG[variable]})
    assert (ran.returncode, ran.stdout) == (code, "")
    assert ran.stderr.startswith(f"vedette {command}: {variable}") and ran.stderr.count("\n") == 1


@pytest.mark.parametrize("pasted", ["00" * 31, "0" * 400])
def test_a_key_that_was_pasted_a_digit_short_is_not_told(tmp_path: Path, pasted: str) -> None:
    ran = vedette(tmp_path, "config", VEDETTE_REDACT_KEY=pasted)
    assert ran.returncode == 2 and pasted not in ran.stderr and "64 hex digits" in ran.stderr


def test_doctor_tells_of_all_that_is_wrong_and_of_a_name_that_is_no_setting(tmp_path: Path) -> None:
    ran = vedette(tmp_path, "doctor", **WRONG, VEDETTE_REDAKT="off", COLUMNS="200")
    assert ran.returncode == 1
    for variable in WRONG:
        assert variable in ran.stdout
    assert "VEDETTE_REDAKT is no setting; VEDETTE_REDACT is" in ran.stdout
    assert WRONG["VEDETTE_REDACT_KEY"] not in ran.stdout
