"""`vedette keeper`: keep the host log, best under a user of its own, which alone holds the host key.

It reads the trail through a group (`VEDETTE_TRAIL_GROUP`) and writes nothing into it but its lock; host log and key lie
in `VEDETTE_HOST_LOG`. Ends by SIGTERM or Ctrl-C, after a last look.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from vedette.cli import UsageError, settings
from vedette.config import Settings
from vedette.guard import guard
from vedette.runtime.keeper import alone
from vedette.trail.hosting.anchors.anchor import BadAnchor
from vedette.trail.hosting.keeping import Keeping

ROUND = 1.0


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="look once, seal and anchor what is there, and end")


def run(args: argparse.Namespace) -> int:
    given = settings()
    ending = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    keeper = _made(given, ending, wait=not args.once)
    if keeper is None:
        return 0
    try:
        return _once(keeper) if args.once else _run(keeper, ending, lambda: _told(given))
    finally:
        with guard("keeper.stop"):
            keeper.stop()


def _made(given: Settings, ending: threading.Event, *, wait: bool) -> Keeping | None:
    """The keeper, once there is a trail to keep; None if it was ended before."""
    while not ending.is_set():
        try:
            return alone(given)
        except FileNotFoundError:
            if not wait:
                raise UsageError(f"{given.trail} holds no trail yet") from None
            ending.wait(ROUND)
        except BadAnchor as error:
            raise UsageError(str(error)) from error
        except OSError as error:
            raise UsageError(f"{error.filename}: {error.strerror}") from error
    return None


def _once(keeper: Keeping) -> int:
    keeper.round()
    if not keeper.keeps:
        raise UsageError("somebody else keeps this host log")
    return 0


def _run(keeper: Keeping, ending: threading.Event, tell: Callable[[], None]) -> int:
    keeping = False
    while not ending.is_set():
        with guard("keeper.round"):
            keeper.round()
        if keeper.keeps and not keeping:
            tell()
            keeping = True
        ending.wait(ROUND)
    return 0


def _told(given: Settings) -> None:
    """Where it keeps what, and the key to pin."""
    folder = given.host_log or given.trail / "host"
    about = json.loads(_about(given).read_text())
    print(
        f"vedette keeper: {folder} keeps the host log of {given.trail}; host key {about['host_key']}", file=sys.stderr
    )


def _about(given: Settings) -> Path:
    return given.host_log / "host.json" if given.host_log else given.trail / "trail.json"
