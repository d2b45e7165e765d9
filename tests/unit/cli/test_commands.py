"""The command line as a whole, in processes of its own: help, pipes, colours, encodings."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from tests.spooled import Spooled
from tests.trails import clean
from tests.unit.cli.conftest import Vedette

from vedette.cli import COMMANDS

VEDETTE = Path(sys.executable).with_name("vedette")


def run(*arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    told = [str(each) for each in arguments]
    return subprocess.run([VEDETTE, *told], env=clean(env), capture_output=True, text=True, timeout=60)


def test_without_a_command_the_help_is_shown(vedette: Vedette) -> None:
    ran = vedette()
    assert ran.code == 0
    assert all(f"    {name} " in ran.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_within_80_columns(vedette: Vedette, command: str) -> None:
    ran = vedette(command, "--help", columns=80)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: vedette {command}")
    assert max(map(len, ran.lines)) <= 80


def test_an_unknown_command_is_one_line(vedette: Vedette) -> None:
    ran = vedette("prove")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("vedette: there is no command 'prove' (choose from ")


def test_version(vedette: Vedette) -> None:
    assert vedette("--version").out.startswith("vedette 0.")


@pytest.mark.parametrize("arguments", [("show",), ("show", "--json"), ("config",), ("--help",)])
def test_a_reader_that_goes_away_is_no_error(trail: Path, arguments: tuple[str, ...]) -> None:
    """`vedette show | head -1`, with far more output than a pipe holds."""
    script = 'for i in 1 2 3 4 5; do "$@"; done'  # the later ones meet a closed pipe from their first line on
    reading, writing = os.pipe()
    process = subprocess.Popen(
        ["sh", "-c", script, "sh", VEDETTE, *arguments],
        env=clean({"VEDETTE_TRAIL": str(trail)}),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    _, said = process.communicate(timeout=60)
    assert said == ""


@pytest.mark.parametrize(
    ("env", "coloured"), [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"NO_COLOR": "1"}, False)]
)
def test_a_terminal_gets_colours_if_it_has_any(trail: Path, env: dict[str, str], coloured: bool) -> None:
    master, terminal = pty.openpty()
    subprocess.run([VEDETTE, "verify", trail], env=clean(env), stdout=terminal, check=True, timeout=60)
    os.close(terminal)
    told = os.read(master, 65536)
    os.close(master)
    assert b"WHOLE" in told and (b"\x1b[1;32mWHOLE\x1b[0m" in told) is coloured


def test_json_cannot_write_on_a_terminal(tmp_path: Path) -> None:
    stream = Spooled(tmp_path)
    stream.record("tool", {"gen_ai.tool.call.result": "\x9b2J\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}"}, e="evil")
    stream.die()
    master, terminal = pty.openpty()
    subprocess.run([VEDETTE, "show", "--json", tmp_path], env=clean({}), stdout=terminal, check=True, timeout=60)
    os.close(terminal)
    told = os.read(master, 65536).decode()
    os.close(master)
    assert "evil" in told and told.strip().isascii() and told.strip().isprintable()


def test_a_terminal_without_such_characters_is_spoken_to_all_the_same(trail: Path) -> None:
    ran = run("show", trail, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.isascii() and "\\u" not in ran.stdout
    assert " > Write to [email:" in ran.stdout and " # redacted 1 email" in ran.stdout


def test_a_character_that_is_not_ours_is_written_as_its_escape(tmp_path: Path) -> None:
    stream = Spooled(tmp_path)
    stream.record("tool", {"gen_ai.tool.call.result": "18 degrees in Z\u00fcrich"}, e="weather")
    stream.die()
    ran = run("show", tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "18 degrees in Z\\xfcrich" in ran.stdout


def test_json_stays_json_in_any_encoding(trail: Path) -> None:
    ran = run("show", trail, "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.isascii()


def test_a_trail_that_cannot_be_read_is_one_line(vedette: Vedette, tmp_path: Path) -> None:
    (tmp_path / "streams" / "00000000" / "000000.seg").mkdir(parents=True)
    for command, code in (("show", 2), ("verify", 3)):
        ran = vedette(command, tmp_path)
        assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
        assert ran.err.endswith("000000.seg: Is a directory\n")
