"""Late imports beside a fork: the child gets the module, whoever was in the middle of importing it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SLOW = "import time\nopen({mark!r}, 'w').close()\ntime.sleep(0.5)\n"
FORK = """
import os, pathlib, sys, threading, time
sys.path.insert(0, sys.argv[1])
from vedette import late
threading.Thread(target=late.module, args=["slow_to_come"]).start()
while not pathlib.Path(sys.argv[2]).exists():
    time.sleep(0.001)
if (pid := os.fork()) == 0:
    late.module("slow_to_come")
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def test_a_child_is_never_left_with_a_module_half_imported(tmp_path: Path) -> None:
    """Without the guard the child waits for ever for a lock whose owner is in the parent."""
    mark = tmp_path / "begun"
    (tmp_path / "slow_to_come.py").write_text(SLOW.format(mark=str(mark)))
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK, tmp_path, mark],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.stdout, done.stderr) == ("7\n", "")
