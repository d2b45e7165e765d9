"""Which records: the filters that `vedette show` takes, and times as people write them."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase

from vedette.cli import UsageError
from vedette.cli.glance import Glance
from vedette.cli.text import brief
from vedette.event import Kind

_KINDS = ", ".join(kind.value for kind in Kind)
_AGO = re.compile(r"(\d{1,9})\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", metavar="KINDS", help=f"only these kinds, comma separated: {_KINDS}")
    parser.add_argument("--session", metavar="NAME", help="only this session, by its name or as `vedette show` has it")
    parser.add_argument("--tool", metavar="GLOB", help="only tools of this name")
    parser.add_argument("--destination", metavar="GLOB", help="only what went to this host or address")
    parser.add_argument("--since", metavar="TIME", help="only what began later: 10m, 2h, 1d or 2026-11-24T09:00")


class Selection:
    """The filters of one command line; `pseudonym` turns a session's own name into what stands in the record."""

    def __init__(self, args: argparse.Namespace, pseudonym: Callable[[str], str]) -> None:
        self.kinds = _kinds(args.kind)
        self._tool = args.tool
        self._destination = args.destination
        self._since_ns = since(args.since)
        self._session = {args.session, pseudonym(args.session), f"[id:{args.session}]"} if args.session else set()

    def takes(self, record: Glance) -> bool:
        """Whether the record passes all filters."""
        return (
            (not self.kinds or record.kind in self.kinds)
            and record.began_ns >= self._since_ns
            and self._is_session(record.who[1])
            and _like(self._tool, record.fact("gen_ai.tool.name"))
            and _like(self._destination, record.fact("server.address"), record.fact("network.peer.address"))
        )

    def _is_session(self, stated: str) -> bool:
        return not self._session or (stated != "" and not self._session.isdisjoint((stated, brief(stated))))


def _like(glob: str | None, *names: str) -> bool:
    return glob is None or any(name and fnmatchcase(name, glob) for name in names)


def _kinds(text: str | None) -> set[str]:
    named = {each.strip() for each in (text or "").split(",") if each.strip()}
    unknown = named - {kind.value for kind in Kind}
    if unknown:
        raise UsageError(f"there is no kind {sorted(unknown)[0]!r}: use {_KINDS}")
    return named


def since(text: str | None, option: str = "--since") -> int:
    """Nanoseconds of the wall clock; 0 for no bound. A time without an offset is one of this machine's zone."""
    if text is None:
        return 0
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return time.time_ns() - int(ago[1]) * _SECONDS[ago[2]] * 10**9
    try:
        return int(datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text.strip())).timestamp() * 10**9)
    except (ValueError, OverflowError):
        raise UsageError(f"{option} {text!r} is no time: use 10m, 2h, 1d or 2026-11-24T09:00") from None
