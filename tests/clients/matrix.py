"""`make matrix`: the client tests on the oldest and the newest version of each library, an environment each.

    python -m tests.clients.matrix [--only NAME]

Environments are kept below the user's cache folder and made anew when the row, the checkout's packaging, the
interpreter or, for the newest versions, the week changes. The exit code is 1 when any row fails.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tests.clients.rows import ROWS, Row

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("dirty-equals", "pytest", "pytest-asyncio", "pytest-timeout")
AT_ONCE = 2
TAIL = 40
MOST = 300  # seconds, for one row's tests

# Deprecations inside an old library are its own affair; leaks and faults stay errors.
PYTEST = ("-q", "--no-header", "-p", "no:cacheprovider", "-W", "ignore::DeprecationWarning")
ENVIRONMENT = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LANGSMITH_TRACING": "false"}  # nothing leaves the machine


@dataclass(frozen=True)
class Outcome:
    """What came of one row: `versions` as installed, and the output of what failed."""

    row: Row
    versions: str
    passed: bool
    seconds: float
    output: str = ""

    def __str__(self) -> str:
        verdict = "passed" if self.passed else "failed"
        return f"{self.row.name:<22} {self.versions:<82} {verdict} {self.seconds:5.0f} s"


class Failed(Exception):
    """A step of a row ended with another status than 0; the text is its output."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rows and print one line each."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients.matrix", description="The client matrix.")
    parser.add_argument("--only", default="", metavar="NAME", help="rows whose name contains NAME")
    chosen = [row for row in ROWS if parser.parse_args(arguments).only in row.name]
    outcomes = list(_run(chosen))
    for outcome in outcomes:
        if not outcome.passed:
            print(f"\n--- {outcome.row.name} ({outcome.versions})\n{outcome.output}")
    passed = sum(outcome.passed for outcome in outcomes)
    print(f"{passed} passed, {len(outcomes) - passed} failed")
    return 0 if chosen and passed == len(outcomes) else 1


def _run(rows: Sequence[Row]) -> Iterator[Outcome]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in as_completed([pool.submit(_play, row) for row in rows]):
            print(done.result(), flush=True)
            yield done.result()


def _play(row: Row) -> Outcome:
    began = time.monotonic()
    versions = ", ".join(row.pins)
    try:
        python = _environment(row)
        versions = _versions(python, row)
        _call([str(python), "-m", "pytest", *PYTEST, *row.tests], timeout=MOST)
    except Failed as failed:
        output = "\n".join(str(failed).splitlines()[-TAIL:])
        return Outcome(row, versions, False, time.monotonic() - began, output)
    return Outcome(row, versions, True, time.monotonic() - began)


def _environment(row: Row) -> Path:
    """The interpreter of the row's environment; one that was not finished is made again."""
    folder = _cache() / _key(row)
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    if ready.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    uv = shutil.which("uv")
    make = [uv, "venv", "--quiet", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    install = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]
    _call([*make, str(folder)])
    _call([*install, "--quiet", "--editable", str(ROOT), *TOOLS, *row.pins])
    ready.touch()
    return python


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "vedette" / "matrix"


def _key(row: Row) -> str:
    """What an environment depends on. Test groups and tool settings, further down in pyproject.toml, are not of it."""
    packaging = (ROOT / "pyproject.toml").read_text().partition("[dependency-groups]")[0]
    week = datetime.date.today().isocalendar()[:2] if row.newest else ()
    told = repr((row.pins, TOOLS, str(ROOT), sys.version, packaging, week))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _versions(python: Path, row: Row) -> str:
    program = "import sys, importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    return _call([str(python), "-c", program, *row.libraries]).strip()


def _call(command: Sequence[str], timeout: float | None = None) -> str:
    """The output of a command; `Failed` for a status that is not 0, and for one that takes too long."""
    environment = {**os.environ, **ENVIRONMENT}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise Failed(f"no end after {late.timeout} s") from late
    if done.returncode:
        raise Failed(done.stdout + done.stderr)
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
