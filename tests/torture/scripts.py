"""Programs of the torture tests run as scripts of their own: a fork of the test process would be another test."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

HEAD = """
    import os, signal, sys, threading, time
    from pathlib import Path
    from vedette.event import Event, Kind
    from vedette.trail import Trail, Unavailable

    folder, scale = Path(sys.argv[1]), int(sys.argv[2])

    def event(name, kind=Kind.TOOL):
        return Event(kind=kind, name=name, content={"input": name})

    def birth():
        return Event(kind=Kind.LIFECYCLE, name="birth")

    def gone(child):
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


def script(folder: Path, body: str, scale: int, timeout: float = 600.0) -> str:
    """Run HEAD and `body` on the trail `folder`; what it printed."""
    source = folder.with_name(f"{folder.name}.py")
    source.write_text(textwrap.dedent(HEAD) + textwrap.dedent(body))
    run = [sys.executable, "-W", "ignore::DeprecationWarning", str(source), str(folder), str(scale)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=timeout, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout
