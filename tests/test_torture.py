"""The torture tests in their short form, each in a process of its own; `make torture` runs the long one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.torture.__main__ import SHORT


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", SHORT)
def test_torture(name: str) -> None:
    """Its counts are printed; one that must be zero and is not, or must be reached and is not, fails it."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", f"tests.torture.{name}"]
    done = subprocess.run(
        [*command, "--scale", str(SHORT[name])], capture_output=True, text=True, timeout=280, check=False
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
