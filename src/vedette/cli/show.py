"""`vedette show`: the record as a readable timeline."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from vedette.cli import UsageError, select, settings
from vedette.cli.paint import Paint
from vedette.cli.timeline import Timeline
from vedette.redact import BadKey, Redactor, load_key
from vedette.trail import reading


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "trail", nargs="?", type=Path, metavar="PATH", help="the trail's folder (default: VEDETTE_TRAIL)"
    )
    parser.add_argument("--json", action="store_true", help="one object a line: envelope and content")
    parser.add_argument("--follow", action="store_true", help="go on as records come; Ctrl-C ends it")
    parser.add_argument("--all", action="store_true", help="lifecycle records and intents as well")
    select.configure(parser)


def run(args: argparse.Namespace) -> int:
    folder = args.trail or settings().trail
    if not (folder / "streams").is_dir():
        raise UsageError(f"{folder} holds no trail; record one first, or name its folder")
    chosen = select.Selection(args, _pseudonym(folder))
    records = (record for record in _records(folder, args) if chosen.takes(record.envelope))
    told = (_as_json(record) for record in records) if args.json else _as_lines(records, args)
    for line in told:
        print(line, flush=args.follow)
    return 0


def _records(folder: Path, args: argparse.Namespace) -> Iterator[reading.Record]:
    return reading.follow(folder) if args.follow else reading.records(folder)


def _pseudonym(folder: Path) -> Callable[[str], str]:
    """A session may be named as it is in the application, where the key is at hand."""
    try:
        return Redactor("all", load_key(settings().redact_key, folder)).pseudonym
    except (BadKey, OSError):
        return str


def _as_json(record: reading.Record) -> str:
    return json.dumps({"envelope": record.envelope, "content": record.content}, ensure_ascii=False)


def _as_lines(records: Iterator[reading.Record], args: argparse.Namespace) -> Iterator[str]:
    timeline = Timeline(Paint(), width=shutil.get_terminal_size((110, 24)).columns)
    if args.follow:
        for record in records:
            yield from timeline.lines(record.envelope, record.content)
    else:
        yield from timeline.whole(records, everything=args.all)
