"""`make matrix`: the client tests on the oldest and the newest version of each library, an environment each.

    python -m tests.clients.matrix [--only NAME]

Environments are kept below the user's cache folder and made anew when the row, the checkout's packaging, the
interpreter or, for the newest versions, the week changes. Vedette and the test tools are installed once, in an
environment that all rows see below their own. The exit code is 1 when any row fails.
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
from collections.abc import Callable, Iterator, Sequence
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
    base = _base()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in as_completed([pool.submit(_play, row, base) for row in rows]):
            print(done.result(), flush=True)
            yield done.result()


def _play(row: Row, base: Path) -> Outcome:
    began = time.monotonic()
    versions = ", ".join(row.pins)
    try:
        python = _environment(row, base)
        versions = _versions(python, row)
        _call([str(python), "-m", "pytest", *PYTEST, *row.options, *row.tests], timeout=MOST)
    except Failed as failed:
        output = "\n".join(str(failed).splitlines()[-TAIL:])
        return Outcome(row, versions, False, time.monotonic() - began, output)
    return Outcome(row, versions, True, time.monotonic() - began)


def _environment(row: Row, base: Path) -> Path:
    """The interpreter of a row's environment: the row's versions in front, and `base` behind them."""

    def fill(folder: Path) -> None:
        _install(base, _python(folder), *row.pins)
        line = f"import site; site.addsitedir({str(_site(base.parents[1]))!r})\n"
        (_site(folder) / "zz-base.pth").write_text(line)

    return _made(_key((*row.pins, str(base)), newest=row.newest), fill)


def _base() -> Path:
    """The interpreter of the environment that holds Vedette, what it needs, and the test tools."""

    def fill(folder: Path) -> None:
        if not shutil.which("uv"):
            _call([str(_python(folder)), "-m", "ensurepip", "--default-pip"])
        _install(_python(folder), _python(folder), "--editable", str(ROOT), *TOOLS)

    return _made(_key((*TOOLS, str(shutil.which("uv")))), fill)


def _made(key: str, fill: Callable[[Path], None]) -> Path:
    """The interpreter of the environment of this key, which is filled if it is new; an unfinished one is made again."""
    folder = _cache() / key
    if not (folder / ".ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _call([sys.executable, "-m", "venv", "--without-pip", str(folder)])
        fill(folder)
        (folder / ".ready").touch()
    return _python(folder)


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _site(folder: Path) -> Path:
    return next(folder.glob("lib/python*/site-packages"))


def _install(base: Path, python: Path, *what: str) -> None:
    """Install into `python`'s environment: with uv where there is one, else with the pip of `base`.

    Modules are compiled when they are imported: of a large SDK that is a small part. Once more where it failed, for a
    registry may be busy.
    """
    uv = shutil.which("uv")
    install = [uv, "pip", "install"] if uv else [str(base), "-m", "pip", "--disable-pip-version-check"]
    command = [*install, "--python", str(python)] if uv else [*install, "--python", str(python), "install"]
    command += ["--quiet", *([] if uv else ["--no-compile"]), *what]
    try:
        _call(command)
    except Failed:
        _call(command)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "vedette" / "matrix"


def _key(pins: tuple[str, ...], *, newest: bool = True) -> str:
    """What an environment depends on. Test groups and tool settings, further down in pyproject.toml, are not of it."""
    packaging = (ROOT / "pyproject.toml").read_text().partition("[dependency-groups]")[0]
    week = datetime.date.today().isocalendar()[:2] if newest else ()
    told = repr((pins, TOOLS, str(ROOT), sys.version, packaging, week))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _versions(python: Path, row: Row) -> str:
    program = "import sys, importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    return _call([str(python), "-c", program, *row.libraries]).strip()


def _call(command: Sequence[str], timeout: float | None = None) -> str:
    """The output of a command; `Failed` for a status that is not 0, and for one that takes too long."""
    environment = {**os.environ, **ENVIRONMENT}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is compiled once need not be compiled by each row
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
