"""`vedette verify`: prove that the record is whole, wherever it lies; or that one record is, from its proof alone."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from vedette.cli import UsageError, as_json, proving, select, settings
from vedette.cli.paint import Paint
from vedette.cli.watched import Watched
from vedette.trail.custody.seals import Seals
from vedette.trail.format.notes import BadNote, public_key
from vedette.trail.hosting.anchors.anchor import BadAnchor
from vedette.trail.hosting.anchors.trust import trust
from vedette.trail.proving import policy
from vedette.trail.proving.attested import HeadSeen
from vedette.trail.proving.known import Source
from vedette.trail.proving.verify import Beside, Examined, examined, render
from vedette.trail.sources import Window, open_source, segments

_STREAM = re.compile(r"[0-9a-f]{32}")
_FROM = """where the record lies (default: VEDETTE_TRAIL): a trail's folder, a file or folder of exported records, - for
standard input; loki:URL, elasticsearch:URL/INDEX, opensearch:URL/INDEX, kafka:HOST:PORT/TOPIC, otlp:FILES, lines:FILES,
splunk:FILES. Keys go into the URL or, better, into VEDETTE_FROM_HEADERS."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", nargs="?", metavar="PATH", help="the same as --from; or a proof of one record")
    parser.add_argument("--from", dest="named", metavar="SRC", help=" ".join(_FROM.split()))
    parser.add_argument(
        "--since", help="from then on: 10m, 2h, 1d, or 2026-11-24T09:00; what comes before is not missed"
    )
    parser.add_argument("--until", help="up to then")
    parser.add_argument("--stream", metavar="S", help="this stream alone (32 hex digits)")
    parser.add_argument("--host-key", metavar="VKEY", help="the host's public key, pinned (see trail.json)")
    parser.add_argument("--policy", metavar="FILE", type=Path, help="JSON: forbid, host_keys, anchors, minimum")
    parser.add_argument(
        "--anchor", metavar="ANCHOR", action="append", help="an anchor that is believed; may be repeated"
    )
    parser.add_argument(
        "--against", choices=["trail"], help="hold it against the local trail: what is there must be here"
    )
    parser.add_argument("--proof", metavar="S-N", help="write the proof of one record to standard output")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")
    parser.epilog = "Exit code: 0 whole, 1 unfinished, 2 broken (the record is named), 3 no answer."


def run(args: argparse.Namespace) -> int:
    try:
        return _run(args)
    except (BadNote, policy.BadPolicy, BadAnchor) as error:
        raise UsageError(str(error)) from error


def _run(args: argparse.Namespace) -> int:
    name = args.named or args.source or str(settings().trail)
    if proving.is_proof(name):
        return proving.check(name, args)
    found = examined(Watched(_source(args, name)), _beside(args))
    if args.proof:
        return proving.write(found, args.proof, lambda: _source(args, name))
    return _tell(found, args)


def _tell(found: Examined, args: argparse.Namespace) -> int:
    report = found.report()
    if args.stream:
        report = report.only(args.stream)
    print(as_json(report.to_dict()) if args.json else render(report, colour=Paint().on).rstrip("\n"))
    return report.exit_code


def _source(args: argparse.Namespace, name: str) -> Source:
    if args.stream and not _STREAM.fullmatch(args.stream):
        raise UsageError("--stream takes the 32 hex digits of a stream")
    here = settings()
    host_log = here.host_log if Path(name) == here.trail else None
    return open_source(name, _window(args), args.stream or "", host_log=host_log, headers=here.from_headers)


def _window(args: argparse.Namespace) -> Window:
    return Window(select.since(args.since), select.since(args.until, "--until"))


def _beside(args: argparse.Namespace) -> Beside:
    wanted = policy.load(args.policy) if args.policy else policy.Policy()
    here = settings()
    anchors = args.anchor or wanted.anchors or here.anchors
    keys = {**wanted.host_keys, **_pinned(args.host_key)}
    return Beside(
        host_keys=keys,
        anchors=trust(anchors, max(wanted.minimum, here.anchor_min)),
        against=_heads(here.trail, here.host_log) if args.against else (),
        opened=Seals(here.trail).open,
        window=bool(_window(args)),
        forbid=wanted.forbid,
    )


def _heads(trail: Path, host_log: Path | None) -> list[HeadSeen]:
    """What the local trail has, as far as it is proven itself."""
    return examined(segments(trail, host_log=host_log)).judge.heads()


def _pinned(key: str | None) -> dict[str, str]:
    if key is None:
        return {}
    try:
        public_key(key)
    except BadNote as error:
        raise UsageError(f"--host-key is no key: {error}; it stands in trail.json as `host_key`") from error
    return {"*": key}
