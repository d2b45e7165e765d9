"""`vedette show`: the record as a readable timeline, or as JSON."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from vedette.cli import UsageError, as_json, select, settings
from vedette.cli.ending import Ending
from vedette.cli.glance import Glance, glance
from vedette.cli.paint import Paint
from vedette.cli.timeline import Timeline
from vedette.redact import BadKey, Redactor, load_key
from vedette.trail.files import reading


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "trail", nargs="?", type=Path, metavar="PATH", help="the trail's folder (default: VEDETTE_TRAIL)"
    )
    parser.add_argument("--json", action="store_true", help="one object a line: envelope and content; all records")
    parser.add_argument("--follow", action="store_true", help="go on as records come, also the first; Ctrl-C ends it")
    parser.add_argument("--all", action="store_true", help="intents and the trail's own records as well")
    select.configure(parser)
    parser.epilog = "Nothing is verified here: `vedette verify` is what proves a record."


def run(args: argparse.Namespace) -> int:
    folder = args.trail or settings().trail
    if folder.is_file() or not (args.follow or (folder / "streams").is_dir()):
        raise UsageError(f"{folder} holds no trail; record one first, or name its folder")
    chosen = select.Selection(args, _pseudonym(folder))
    records = reading.follow(folder, pause=Ending().pause) if args.follow else reading.records(folder)
    for line in (_json if args.json else _follow if args.follow else _whole)(records, chosen, args.all):
        print(line, flush=args.follow)
    return 0


def _pseudonym(folder: Path) -> Callable[[str], str]:
    """A session may be named as it is in the application, where the key is at hand; looking makes no key."""
    setting = settings().redact_key
    try:
        return Redactor("all", load_key(setting, folder)).pseudonym if setting or _has_key(folder) else str
    except (BadKey, OSError):
        return str


def _has_key(folder: Path) -> bool:
    return (folder / "redact.key").exists()


def _json(records: Iterator[reading.Record], chosen: select.Selection, _: bool) -> Iterator[str]:
    for record in records:
        if chosen.takes(glance(record)):
            yield as_json({"envelope": record.envelope, "content": record.content})


def _whole(records: Iterator[reading.Record], chosen: select.Selection, everything: bool) -> Iterator[str]:
    timeline = _timeline()

    def told() -> Iterator[Glance]:
        for record in map(glance, records):
            timeline.learn(record)
            if chosen.takes(record) and (everything or chosen.kinds or record.kind != "lifecycle"):
                yield record

    yield from timeline.whole(told(), intents=everything)


def _follow(records: Iterator[reading.Record], chosen: select.Selection, everything: bool) -> Iterator[str]:
    timeline = _timeline()
    for record in map(glance, records):
        timeline.learn(record)
        quiet = record.phase == "intent" or (record.kind == "lifecycle" and not chosen.kinds)
        yield from timeline.follow(record, told=chosen.takes(record) and (everything or not quiet))


def _timeline() -> Timeline:
    return Timeline(Paint(), width=shutil.get_terminal_size((110, 24)).columns)
