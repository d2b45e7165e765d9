"""A trail's folder that is not ours alone: one clear sentence at start, not one file in it, and the host runs."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.trails import python

HOST = """
import vedette
vedette.start()
vedette.note.user_input("hello")
vedette.stop()
print("the host ran")
"""


def linked(folder: Path) -> None:
    folder.with_name("elsewhere").mkdir(mode=0o700)
    folder.symlink_to(folder.with_name("elsewhere"))


def writable_by_others(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o722)


def foreign(folder: Path) -> None:
    folder.mkdir()
    os.chown(folder, 12345, -1)


def no_folder(folder: Path) -> None:
    folder.write_text("a file")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (linked, "is a link; name the directory itself in VEDETTE_TRAIL"),
        (writable_by_others, "is writable by others; run `chmod go-w "),
        pytest.param(
            foreign,
            "belongs to another user; set VEDETTE_TRAIL to a directory of your own",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away"),
        ),
        (no_folder, "cannot be used as a trail"),
    ],
)
def test_a_folder_that_is_refused(tmp_path: Path, make: Callable[[Path], None], sentence: str) -> None:
    """Said first, with what to do; nothing is read or written there, neither key nor lock."""
    folder = tmp_path / "trail"
    make(folder)
    done = python("-c", HOST, env={"VEDETTE_TRAIL": str(folder)})
    assert (done.returncode, done.stdout) == (0, "the host ran\n")
    assert sentence in done.stderr.splitlines()[0] and str(folder) in done.stderr.splitlines()[0]
    assert not folder.is_dir() or not list(folder.iterdir())


def test_whatever_the_umask_nobody_else_can_read_it(tmp_path: Path) -> None:
    """Folders 0700, files 0600, the host's key 0400, with a umask that would give all of it away."""
    folder = tmp_path / "trail"
    done = python("-c", f"import os; os.umask(0)\n{HOST}", env={"VEDETTE_TRAIL": str(folder)})
    assert done.returncode == 0
    modes = {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes.pop("host.key") == 0o400 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {mode for name, mode in modes.items() if (folder / name).is_dir()} == {0o700}
    assert {mode for name, mode in modes.items() if not (folder / name).is_dir()} == {0o600}
