"""`vedette retention`: what is kept until when; legal holds; and letting go what is due, now."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from vedette.cli import UsageError, settings
from vedette.cli.own import folder_of, names, operator, own_trail, plainly, redactor
from vedette.cli.paint import Paint, size
from vedette.config import Settings
from vedette.event import Event, Fact, Kind
from vedette.redact import Redactor
from vedette.trail.custody.holds import Hold, Holds
from vedette.trail.custody.kept import Kept, kept
from vedette.trail.custody.retention import apply, cutoff
from vedette.trail.files.follow import header
from vedette.trail.format.spool import stream_folders

FOR_EVER = "for ever"


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    shown = actions.add_parser("show", help="what goes when (the default)")
    applied = actions.add_parser("apply", help="let go what is due, now")
    hold = actions.add_parser("hold", help="keep the content of a user, a session or a stream, whatever comes")
    subject = hold.add_mutually_exclusive_group(required=True)
    subject.add_argument("--user", help="as the application names them, or the pseudonym as shown")
    subject.add_argument("--session", help="likewise")
    subject.add_argument("--stream", help="the stream's id, or its first digits")
    release = actions.add_parser("release", help="end a legal hold")
    release.add_argument("hold", metavar="ID", help="the hold's id, as shown")
    for action in (hold, release):
        action.add_argument("--reason", required=True, help="why; stands in the record, redacted")
        action.add_argument("--who", help="who decided (default: the user of the operating system)")
    for action in (parser, shown, applied, hold, release):
        kept_before = argparse.SUPPRESS if action is not parser else None  # what stands before the action counts too
        action.add_argument("--trail", type=Path, metavar="PATH", default=kept_before, help="default: VEDETTE_TRAIL")
        action.add_argument("--json", action="store_true", default=kept_before or False, help="one JSON object")


def run(args: argparse.Namespace) -> int:
    config = settings()
    folder = folder_of(args.trail, config)
    with plainly():
        actions = {"apply": _apply, "hold": _hold, "release": _release}
        return actions.get(args.action or "show", _show)(args, config, folder)


# Showing.


def _show(args: argparse.Namespace, config: Settings, folder: Path) -> int:
    found, holds = list(kept(folder)), Holds(folder)
    if args.json:
        print(json.dumps(_as_json(found, holds, config.retention)))
    else:
        print("\n".join(_told(found, holds, config.retention)))
    return 0


def _told(found: list[Kept], holds: Holds, days: int) -> Iterator[str]:
    paint = Paint()
    limit = f"{days} days" if days else FOR_EVER
    yield f"{paint('bold', 'Content is kept')} {limit}; records, checkpoints and the proof stay when it goes."
    for each in found:
        goes = _goes(each, days)
        held = paint("yellow", f"  {each.held:,} held") if each.held else ""
        yield f"  stream {each.ordinal:<6} {each.fields:>9,} fields {size(each.size):>10}   {goes}{held}"
    if not found:
        yield "  There is no content."
    for hold in holds:
        yield f"{paint('yellow', f'hold {hold.id}')} on {hold.subject}: {hold.why} ({hold.who}, {_day(int(hold.at))})"


def _goes(each: Kept, days: int) -> str:
    if not days:
        return FOR_EVER
    begin, end = (_day(moment + days * 86_400 * 10**9) for moment in (each.first, each.last))
    if each.first < cutoff(days):
        begin = "now"
    return f"goes {begin}" if begin == end else f"goes {begin} to {end}"


def _day(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 10**9, timezone.utc).strftime("%Y-%m-%d")


def _as_json(found: list[Kept], holds: Holds, days: int) -> dict[str, object]:
    streams = [
        {"stream": each.stream, "ordinal": each.ordinal, "fields": each.fields, "bytes": each.size, "held": each.held}
        | {"oldest": str(each.first), "newest": str(each.last)}
        for each in found
    ]
    told = [{"id": each.id, "subject": each.subject, "who": each.who, "why": each.why, "at": each.at} for each in holds]
    return {"days": days, "streams": streams, "holds": told, "now": str(time.time_ns())}


# Acting.


def _apply(args: argparse.Namespace, config: Settings, folder: Path) -> int:
    before = cutoff(config.retention)
    done = 0
    if before:
        with own_trail(config, folder, "retention") as trail:
            done = apply(trail, before)
    print(json.dumps({"trimmed": done}) if args.json else f"{done:,} content fields were due and are gone")
    return 0


def _hold(args: argparse.Namespace, config: Settings, folder: Path) -> int:
    words = redactor(config, folder)
    subject = {
        "user": _name(args.user, config, folder),
        "session": _name(args.session, config, folder),
        "stream": _stream(args.stream, folder) if args.stream else "",
    }
    hold = Holds(folder).add(who=words.text(operator(args.who)), why=words.text(args.reason), **subject)
    _tell(config, folder, "hold", hold, hold.who, hold.why)
    print(json.dumps({"hold": hold.id}) if args.json else f"hold {hold.id} on {hold.subject}")
    return 0


def _name(value: str | None, config: Settings, folder: Path) -> str:
    """The pseudonym, where there are pseudonyms."""
    found = names(value, config, folder)
    return next((each for each in found if each != value), value or "")


def _stream(begin: str, folder: Path) -> str:
    known = {found.stream.hex() for each in stream_folders(folder) if (found := header(each))}
    streams = [stream for stream in known if stream.startswith(begin)]
    if len(streams) != 1:
        raise UsageError(f"--stream {begin!r} names {'no stream' if not streams else 'several streams'} of this trail")
    return streams[0]


def _release(args: argparse.Namespace, config: Settings, folder: Path) -> int:
    words: Redactor = redactor(config, folder)
    try:
        hold = Holds(folder).release(args.hold)
    except KeyError:
        raise UsageError(f"there is no hold {args.hold!r}; `vedette retention` shows them") from None
    _tell(config, folder, "release", hold, words.text(operator(args.who)), words.text(args.reason))
    print(json.dumps({"released": hold.id}) if args.json else f"hold {hold.id} on {hold.subject} is released")
    return 0


def _tell(config: Settings, folder: Path, what: str, hold: Hold, who: str, why: str) -> None:
    """What is kept was changed by somebody: a record of kind `change`, on disk before this returns."""
    facts: dict[str, Fact] = {
        "vedette.change.subject": "hold",
        "vedette.change.name": what,
        "vedette.hold.id": hold.id,
        "vedette.hold.subject": hold.subject,
        "vedette.who": who,
        "vedette.why": why,
    }
    with own_trail(config, folder, "retention") as trail:
        trail.append(Event(kind=Kind.CHANGE, name=f"legal {what}", begin_ns=time.time_ns(), facts=facts))
