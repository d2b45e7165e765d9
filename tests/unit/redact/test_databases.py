"""The compiled databases that ship: what compiling the shipped pack gives, and never loaded where they do not fit."""

import os
import pwd
import shutil
from pathlib import Path

import hyperscan
import pytest

from vedette import guard
from vedette.redact.pack import shipped
from vedette.redact.scanners import databases, hyper_build
from vedette.redact.scanners.choose import Choice, ready, said

pytestmark = pytest.mark.skipif(not databases.SHA256.get(databases.name()), reason="none ship for this machine")


@pytest.fixture
def fingerprint() -> str:
    return hyper_build.fingerprint(shipped())


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine where nothing was compiled yet; the folder of what ships, to be spoiled."""
    fields = list(pwd.getpwuid(os.geteuid()))
    fields[5] = str(tmp_path)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd(fields))
    folder = tmp_path / "databases"
    shutil.copytree(databases.FOLDER, folder)
    monkeypatch.setattr(databases.load, "__defaults__", (folder,))
    return folder


def spoil(folder: Path) -> None:
    file = folder / databases.name()
    whole = bytearray(file.read_bytes())
    whole[-1000] ^= 1
    file.write_bytes(whole)


def test_they_were_compiled_from_the_committed_pack(fingerprint: str) -> None:
    assert databases.load(fingerprint), "pack.jsonl or hyperscan changed: run `make pack`, and commit what it writes"


def test_they_are_byte_for_byte_what_compiling_the_pack_gives(fingerprint: str) -> None:
    blob = databases.load(fingerprint)
    assert blob is not None
    told, raws = hyper_build.inflated(blob)
    assert told["cores"] == list(shipped().cores.values())
    databases_ = [each for part in hyper_build.compiled(shipped()) for each in (part.database, part.behind) if each]
    assert list(raws) == [hyperscan.dumpb(each) for each in databases_]


def test_a_fresh_machine_scans_with_them_at_once(bare: Path) -> None:
    assert said(shipped()) == "hyperscan"
    choice = Choice(shipped)
    assert choice.engine().scanner.name == "hyperscan" == choice.name
    assert not (bare.parent / ".cache" / "vedette").exists() or not list((bare.parent / ".cache" / "vedette").iterdir())


def test_a_flipped_bit_is_refused_and_said_and_the_next_engine_runs(bare: Path, fingerprint: str) -> None:
    spoil(bare)
    with pytest.raises(guard.Plain, match="not those that were shipped"):
        databases.load(fingerprint, bare)
    before = guard.loud(False)
    try:
        assert ready(shipped()) is None
        assert said(shipped()).startswith("hyperscan (its databases are compiled")
    finally:
        guard.loud(before)


@pytest.mark.parametrize("part", ["0.9.1", "x86_64", "5.4.12"])
def test_another_version_or_machine_does_not_get_them(fingerprint: str, part: str) -> None:
    assert databases.load(fingerprint)
    assert databases.load(fingerprint.replace(part, "other", 1) + " ") is None


def test_without_the_file_nothing_is_loaded(bare: Path, fingerprint: str) -> None:
    (bare / databases.name()).unlink()
    assert databases.load(fingerprint, bare) is None and ready(shipped()) is None
