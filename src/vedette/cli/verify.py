"""`vedette verify`: prove that the record is whole, from the local trail, a file, or standard input."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vedette.cli import UsageError, as_json, settings
from vedette.cli.paint import Paint
from vedette.trail import sources
from vedette.trail.notes import BadNote, public_key
from vedette.trail.verify import Report, render, verify


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        nargs="?",
        metavar="PATH",
        help="a trail's folder, a file of exported records, or - (default: VEDETTE_TRAIL)",
    )
    parser.add_argument("--host-key", metavar="VKEY", help="the host's public key, pinned (see trail.json)")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")
    parser.epilog = "Exit code: 0 whole, 1 unfinished, 2 broken (the record is named), 3 no answer."


def run(args: argparse.Namespace) -> int:
    report = _report(args)
    print(as_json(report.to_dict()) if args.json else render(report, colour=Paint().on).rstrip("\n"))
    return report.exit_code


def _report(args: argparse.Namespace) -> Report:
    """Raises `OSError` where the source cannot be read: no answer."""
    keys = _pinned(args.host_key)
    if args.source == "-":
        return verify(sources.lines(sys.stdin.buffer), host_keys=keys)
    path = Path(args.source) if args.source else settings().trail
    if path.is_dir():
        return verify(sources.segments(path), host_keys=keys)
    with path.open("rb") as file:
        return verify(sources.lines(file), host_keys=keys)


def _pinned(key: str | None) -> dict[str, str] | None:
    if key is None:
        return None
    try:
        public_key(key)
    except BadNote as error:
        raise UsageError(f"--host-key is no key: {error}; it stands in trail.json as `host_key`") from error
    return {"*": key}
