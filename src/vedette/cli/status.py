"""`vedette status`: how the trail stands. Exit code 0: all is well; 1: something needs somebody; 2: no trail."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vedette.cli import settings
from vedette.cli.own import folder_of, plainly
from vedette.cli.paint import Paint, size
from vedette.config import Settings
from vedette.trail.overview import Overview, StreamState, age, overview
from vedette.trail.shipping.target import target
from vedette.trail.writing.room import Room

LATE = 600.0
"""Seconds after which a record that no collector has acknowledged needs somebody."""
UNKEPT = 60.0
"""Seconds that a running stream may go without anybody who keeps the host log."""
SHOWN = 12


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "trail", nargs="?", type=Path, metavar="PATH", help="the trail's folder (default: VEDETTE_TRAIL)"
    )
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")
    parser.add_argument("--all", action="store_true", help=f"every stream, not the newest {SHOWN}")
    parser.epilog = "Exit code: 0 all is well, 1 something needs somebody (it is named), 2 there is no trail."


def run(args: argparse.Namespace) -> int:
    given = settings()
    folder = folder_of(args.trail, given)
    with plainly():
        found = overview(folder, given.host_log or folder / "host", shipping=target(os.environ) is not None)
    most = _cap(folder, given)
    wrong = list(_wrong(found, most, given))
    if args.json:
        print(json.dumps(_as_json(found, most, wrong)))
    else:
        print("\n".join(_lines(found, most, wrong, None if args.all else SHOWN)))
    return 1 if wrong else 0


def _cap(folder: Path, given: Settings) -> int:
    """The cap in force, as a writer would set it."""
    room = Room(folder, given.trail_max)
    return room.cap()


def _wrong(found: Overview, most: int, given: Settings) -> Iterator[str]:
    """What needs somebody, each in one sentence."""
    if found.used * 100 >= most * 80:
        yield f"the trail takes {found.used * 100 // most} % of VEDETTE_TRAIL_MAX"
    for each in found.streams:
        if each.gap_open:
            yield f"stream {each.ordinal}: records cannot be written"
        if each.parked:
            where = f"streams/{each.ordinal:08d}/rejected"
            yield f"stream {each.ordinal}: the collector refused {each.parked} record(s), laid aside in {where}"
    if found.oldest_ns and age(found.oldest_ns) > LATE:
        yield f"the oldest record has waited {_for(age(found.oldest_ns))} for the collector"
    running = [each for each in found.streams if each.state == "running"]
    if running and not found.kept and min(age(each.newest_ns) for each in running) > UNKEPT:
        yield "nobody keeps the host log; run `vedette keeper`"
    for name, reason in found.failing.items():
        yield f"anchor {name}: {reason}"
    if given.anchors and found.anchor and age(found.anchor.at) > max(LATE, 3 * given.anchor_period):
        yield f"the newest anchor is {_for(age(found.anchor.at))} old"


def _as_json(found: Overview, most: int, wrong: list[str]) -> dict[str, Any]:
    """Times are decimal strings of nanoseconds, ages seconds."""
    told = asdict(found) | {"folder": str(found.folder), "most": most, "waiting": found.waiting, "wrong": wrong}
    told["lag"] = round(age(found.oldest_ns), 3) if found.oldest_ns else 0
    for each in told["streams"]:
        each["oldest_ns"], each["newest_ns"] = str(each["oldest_ns"]), str(each["newest_ns"])
    if told["anchor"]:
        told["anchor"]["at"] = str(told["anchor"]["at"])
    return told


def _lines(found: Overview, most: int, wrong: list[str], shown: int | None) -> Iterator[str]:
    paint = Paint()
    yield f"{paint('dim', 'trail   ')} {found.folder}  {size(found.used)} of {size(most)}"
    yield f"{paint('dim', 'shipper ')} {_shipper(found)}"
    keeper = "keeps the host log" if found.kept else "nobody keeps the host log now"
    yield f"{paint('dim', 'keeper  ')} {keeper}, {found.host_records:,} records in it"
    yield f"{paint('dim', 'anchors ')} {_anchors(found)}"
    yield ""
    yield paint("dim", f"{'stream':<16} {'state':<8} {'records':>10} {'waiting':>9} {'lost':>6}  last written")
    for each in found.streams[-shown:] if shown else found.streams:
        yield _row(each, found, paint)
    if shown and len(found.streams) > shown:
        yield paint("dim", f"and {len(found.streams) - shown:,} older (--all)")
    if wrong:
        yield ""
        yield from (f"{paint('yellow', '!')} {each}" for each in wrong)


def _shipper(found: Overview) -> str:
    if not found.shipped:
        return "no collector is configured: the record stays here"
    if not found.waiting:
        return "everything is acknowledged"
    lag = f", the oldest for {_for(age(found.oldest_ns))}" if found.oldest_ns else ""
    return f"{found.waiting:,} records wait{lag}"


def _anchors(found: Overview) -> str:
    if found.anchor is None:
        return "none has seen it" if not found.failing else "none has answered yet"
    return (
        f"{found.anchor.kind} {found.anchor.name}, {_for(age(found.anchor.at))} ago, over {found.anchor.size:,} records"
    )


def _row(each: StreamState, found: Overview, paint: Paint) -> str:
    style = {"running": "green", "ended": "yellow"}.get(each.state, "dim")
    waiting = f"{each.waiting:,}" if found.shipped else "-"
    lost = f"{each.lost:,}" if each.lost else "-"
    name = f"{each.ordinal} ({each.stream[:8]})"
    state = paint(style, f"{each.state:<8}")
    return f"{name:<16} {state} {each.records:>10,} {waiting:>9} {lost:>6}  {_for(age(each.newest_ns))} ago"


def _for(seconds: float) -> str:
    """`4 s`, `12 min`, `3 h`, `2 d`."""
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"
