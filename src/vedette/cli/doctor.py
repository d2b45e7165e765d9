"""`vedette doctor`: what is installed, woven and reachable, what is not and why. Exit code 1: something is wrong."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import shutil
import textwrap
from collections.abc import Iterator

from vedette.cli import as_json, given, settings
from vedette.cli.checks import Check, installed, last_run, reach
from vedette.cli.paint import Paint
from vedette.cli.text import plain

_STYLES = {"ok": "green", "note": "dim", "warn": "yellow", "bad": "red"}
_NAMED = 16


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object with all checks")
    parser.epilog = (
        "ok: as it should be; note: good to know; warn: something is not recorded; bad: Vedette cannot do its work. "
        "Exit code: 1 if anything is bad, 2 for a setting that is not valid, else 0."
    )


def run(args: argparse.Namespace) -> int:
    checks = list(_checks())
    worst = any(check.state == "bad" for check in checks)
    if args.json:
        print(as_json({"ok": not worst, "checks": [check.to_dict() for check in checks]}))
    else:
        print("\n".join(_lines(checks, Paint())))
    return 1 if worst else 0


def _checks() -> Iterator[Check]:
    found = settings()
    yield Check("vedette", "ok", f"{importlib.metadata.version('vedette')}, OpenTelemetry {_opentelemetry()}")
    yield from installed.doors()
    yield from installed.switches(os.environ, found)
    yield from given.checks(found)
    yield reach.trail(found.trail)
    yield from reach.at_rest(found)
    yield reach.redaction(found)
    yield reach.collector(os.environ, found)
    yield from installed.libraries(found)
    yield from last_run.told(found.trail)


def _opentelemetry() -> str:
    return importlib.metadata.version("opentelemetry-sdk")


def _lines(checks: list[Check], paint: Paint) -> Iterator[str]:
    width = max(shutil.get_terminal_size((110, 24)).columns - _NAMED - 8, 40)
    for check in checks:
        state = paint(_STYLES[check.state], f"{check.state:<4}")
        first, *rest = textwrap.wrap(plain(check.about), width) or [""]
        yield f"{state}  {plain(check.name):<{_NAMED}}  {first}"
        yield from (f"{'':<{_NAMED + 8}}{line}" for line in rest)
