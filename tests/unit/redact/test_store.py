"""Compiled databases are native input: only what this user surely wrote is loaded."""

import os
import pwd
from pathlib import Path

import pytest

from vedette.redact.scanners import store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the password database's, as on a machine where nothing was ever kept."""
    entry = pwd.getpwuid(os.geteuid())
    fields = list(entry)
    fields[5] = str(tmp_path)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd(fields))
    return tmp_path


def kept(home: Path) -> Path:
    (file,) = (home / ".cache" / "vedette").iterdir()
    return file


def test_what_was_saved_is_loaded_and_nobody_else_may_write_it(home: Path) -> None:
    assert store.load("a") is None
    assert store.save("a", b"blob") and store.load("a") == b"blob" and store.load("b") is None
    assert kept(home).stat().st_mode & 0o777 == 0o600
    assert kept(home).parent.stat().st_mode & 0o777 == 0o700


def test_no_variable_moves_the_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent's workspace sets variables; it must not choose what is loaded as native input."""
    for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(name, "/nowhere")
    assert store.folder() == home / ".cache" / "vedette"


def test_doubt_means_nothing_is_loaded(home: Path) -> None:
    assert store.save("a", b"blob")
    file = kept(home)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"x")
    assert store.load("a") is None, "a flipped byte"
    file.write_bytes(whole)
    file.chmod(0o620)
    assert store.load("a") is None, "others may write it"
    file.chmod(0o600)
    assert store.load("a") == b"blob"
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")
    assert store.load("a") is None, "a link"
    file.parent.chmod(0o770)
    assert store.load("a") is None and not store.save("a", b"blob"), "others may write into the folder"
