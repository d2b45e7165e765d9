"""Which records: the filters that `vedette show` takes, and times as people write them."""

from __future__ import annotations

import argparse
import re
import time
from datetime import datetime
from fnmatch import fnmatch
from typing import Any

from vedette.cli import UsageError
from vedette.event import Kind

_AGO = re.compile(r"(\d+)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

Envelope = dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    kinds = ", ".join(kind.value for kind in Kind)
    parser.add_argument("--kind", help=f"only these kinds, comma separated: {kinds}")
    parser.add_argument("--session", help="only this session: its pseudonym as shown, or the session itself")
    parser.add_argument("--tool", help="only tools of this name (globs)")
    parser.add_argument("--destination", help="only what went to this host (globs)")
    parser.add_argument("--since", help="only what came later: 10m, 2h, 1d, or 2026-11-24T09:00")


class Selection:
    """The filters of one command line; `pseudonym` turns a session's own name into what stands in the record."""

    def __init__(self, args: argparse.Namespace, pseudonym: Any) -> None:
        self.kinds = _kinds(args.kind)
        self.tool = args.tool
        self.destination = args.destination
        self.since_ns = since(args.since)
        self.sessions = {args.session, pseudonym(args.session)} if args.session else set()

    def takes(self, envelope: Envelope) -> bool:
        facts = envelope.get("a", {})
        return (
            (not self.kinds or envelope["k"] in self.kinds)
            and (not self.since_ns or int(envelope["t"]) >= self.since_ns)
            and (not self.sessions or envelope.get("w", {}).get("session") in self.sessions)
            and (not self.tool or fnmatch(str(facts.get("gen_ai.tool.name", "")), self.tool))
            and (not self.destination or fnmatch(str(facts.get("server.address", "")), self.destination))
        )


def _kinds(text: str | None) -> set[str]:
    named = {each.strip() for each in (text or "").split(",") if each.strip()}
    unknown = named - {kind.value for kind in Kind}
    if unknown:
        raise UsageError(f"there is no kind {sorted(unknown)[0]!r}: use {', '.join(kind.value for kind in Kind)}")
    return named


def since(text: str | None, option: str = "--since") -> int:
    """Nanoseconds of the wall clock; 0 for no bound."""
    if not text:
        return 0
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return time.time_ns() - int(ago[1]) * _SECONDS[ago[2]] * 10**9
    try:
        return int(datetime.fromisoformat(text).timestamp() * 10**9)
    except ValueError:
        raise UsageError(f"{option} {text!r} is no time: use 10m, 2h, 1d or 2026-11-24T09:00") from None
