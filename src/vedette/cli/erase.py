"""`vedette erase`: destroy content, keep the proof. Shows what would go, asks, and leaves a record of who and why."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from vedette.cli import UsageError, settings
from vedette.cli.own import folder_of, names, operator, own_trail, plainly, redactor
from vedette.cli.paint import Paint, size
from vedette.cli.select import since
from vedette.config import Settings
from vedette.trail.custody.erase import Done, Plan, Wanted, carry_out, plan
from vedette.trail.files.follow import header
from vedette.trail.format.spool import stream_folders
from vedette.trail.shipping.target import target


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "trail", nargs="?", type=Path, metavar="PATH", help="the trail's folder (default: VEDETTE_TRAIL)"
    )
    which = parser.add_argument_group("whose content (all that is given must hold)")
    which.add_argument("--user", help="of this user: as the application names them, or the pseudonym as shown")
    which.add_argument("--session", help="of this session, likewise")
    which.add_argument("--record", metavar="S-N[:FIELD]", help="of record N of stream S, or one field of it")
    which.add_argument("--before", metavar="DATE", help="of records older than this: 2026-11-24, 400d")
    parser.add_argument("--reason", required=True, help="why; stands in the record, redacted")
    parser.add_argument("--who", help="who decided (default: the user of the operating system)")
    parser.add_argument("--backend", metavar="SRC", help="where copies went, as for verify --from (VEDETTE_RECONCILE)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="show what would go, and change nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.epilog = "Exit code: 0 done, 1 not all of it (held, or not confirmed), 2 usage."


def run(args: argparse.Namespace) -> int:
    config = settings()
    folder = folder_of(args.trail, config)
    with plainly():
        found = plan(folder, _wanted(args, config, folder))
    backend = args.backend or config.reconcile
    if not args.json:
        print("\n".join(_told(found)))
    if args.dry_run or not found:
        return _ended(args, found, Done(0), backend)
    if not (args.yes or _confirmed()):
        print("nothing was erased; add --yes to go on without a question", file=sys.stderr)
        return 1
    with own_trail(config, folder, "erase") as trail:
        words = redactor(config, folder)
        done = carry_out(
            found, trail, words.text(operator(args.who)), words.text(args.reason), backend, config.from_headers
        )
    return _ended(args, found, done, backend)


def _wanted(args: argparse.Namespace, config: Settings, folder: Path) -> Wanted:
    if not (args.user or args.session or args.record or args.before):
        raise UsageError("say whose content: --user, --session, --record or --before")
    stream, n, field = _record(args.record, folder) if args.record else ("", 0, "")
    return Wanted(
        users=names(args.user, config, folder),
        sessions=names(args.session, config, folder),
        record=(stream, n) if stream else None,
        field=field,
        before=since(args.before),
    )


def _record(text: str, folder: Path) -> tuple[str, int, str]:
    """Stream, number and field; a stream may be given by its first digits, if no other begins so."""
    place, _, field = text.partition(":")
    begin, _, number = place.rpartition("-")
    known = {found.stream.hex() for each in stream_folders(folder) if (found := header(each))}
    streams = [stream for stream in known if begin and stream.startswith(begin)]
    if not number.isdecimal() or len(streams) != 1:
        raise UsageError(f"--record {text!r} names no record of this trail: use STREAM-NUMBER or STREAM-NUMBER:FIELD")
    return streams[0], int(number), field


def _told(found: Plan) -> Iterator[str]:
    paint = Paint()
    if not found and not found.held:
        yield "nothing to erase"
        return
    streams = len({spot.stream for spot in found.told})
    what = f"{len(found.told):,} content fields ({size(sum(spot.size for spot in found.told))})"
    where = f"{streams} streams" if streams != 1 else "one stream"
    yield f"{paint('bold', what)} of {found.records:,} records in {where}{_between(found)}"
    loose = len(found.spots) - len(found.told)
    if loose:
        yield f"{loose:,} leftovers of writes and erasures that were cut off"
    if found.seals:
        yield f"{len(found.seals)} keys of sealed content: what was shipped under them can be read no more"
    if found.parked:
        yield f"{len(found.parked)} copies that a collector had refused"
    if found.held:
        yield paint("yellow", f"{len(found.held):,} fields are under a legal hold and stay (`vedette retention`)")


def _between(found: Plan) -> str:
    times = sorted(int(spot.envelope["t"]) for spot in found.told)
    return f", {_day(times[0])} to {_day(times[-1])}" if times else ""


def _day(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 10**9, timezone.utc).strftime("%Y-%m-%d")


def _confirmed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Destroy it? The proof stays, the content does not come back. [y/N] ").strip().lower() in ("y", "yes")


def _ended(args: argparse.Namespace, found: Plan, done: Done, backend: str) -> int:
    """Say what was done, and what is out of reach from here."""
    sent = target(os.environ)
    where = sent.endpoint if sent else ""
    if args.json:
        print(json.dumps(_as_json(found, done, where)))
    elif done.fields:
        print(f"erased {done.fields:,} fields; `vedette verify` says content-erased, and the proof is whole")
    if backend and done.fields and not done.trouble:
        print(f"deleted {done.copies:,} copies at the backend", file=sys.stderr)
    elif found.told:
        print("\n".join(_beyond(done, where)), file=sys.stderr)
    return 1 if found.held or done.trouble else 0


def _beyond(done: Done, where: str) -> Iterator[str]:
    if done.trouble:
        yield f"Copies at the backend could not be deleted: {done.trouble}"
    elif not where:
        yield "No collector is configured here; copies that were shipped before, if any, remain where they went."
        return
    yield f"Copies that {where or 'it'} took remain, but for sealed ones whose key went. Delete them where they are:"
    yield "vedette.type is `content`, and vedette.stream.id and vedette.seq are of these records (--json lists them)."
    yield "A backend that cannot delete (object lock, Splunk, Kafka) needs VEDETTE_CONTENT=sealed from now on."


def _as_json(found: Plan, done: Done, where: str) -> dict[str, object]:
    return {
        "fields": len(found.told),
        "records": found.records,
        "bytes": sum(spot.size for spot in found.told),
        "keys": len(found.seals),
        "held": len(found.held),
        "erased": done.fields,
        "copies": done.copies,
        "trouble": done.trouble,
        "collector": where,
        "uids": sorted({f"{spot.stream}-{spot.n}" for spot in found.told}),
    }
