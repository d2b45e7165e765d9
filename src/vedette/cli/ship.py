"""`vedette ship`: carry the trail to the collector, beside the processes that write it, or after they have died.

The same shipper as in the processes themselves. With `VEDETTE_SHIP=daemon` those leave it to this one; otherwise it
ships only what dead processes left.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from types import FrameType

from vedette.cli import UsageError, settings
from vedette.cli.own import own_trail, redactor
from vedette.config import Settings
from vedette.runtime.coverage import lifecycle
from vedette.runtime.delivery import Delivery
from vedette.runtime.resource import resource
from vedette.runtime.shipping import asking
from vedette.runtime.stage import off_stage
from vedette.signals.logs import project
from vedette.trail.shipping.carrier import Parked
from vedette.trail.shipping.ship import Shipper
from vedette.trail.shipping.target import target
from vedette.trail.shipping.ways import Ways

LOOK = 0.2


def configure(parser: argparse.ArgumentParser) -> None:
    until = parser.add_mutually_exclusive_group()
    until.add_argument("--once", action="store_true", help="try everything once, then end")
    until.add_argument("--until-empty", action="store_true", help="end when everything is acknowledged")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="with --until-empty: give up after so long")
    parser.epilog = (
        "Without either it runs until it is told to end. The collector is OTEL_EXPORTER_OTLP_ENDPOINT. "
        "Exit code: 0 all acknowledged, 1 something is left; it stays on disk."
    )


def run(args: argparse.Namespace) -> int:
    given = settings()
    where = target(os.environ)
    if where is None:
        raise UsageError("there is no collector to ship to: set OTEL_EXPORTER_OTLP_ENDPOINT")
    if not given.trail.is_dir():
        raise UsageError(f"{given.trail}: there is no trail")
    delivery = Delivery(where, resource)
    try:
        return _shipped(given, delivery, args)
    finally:
        delivery.close()


def _shipped(given: Settings, delivery: Delivery, args: argparse.Namespace) -> int:
    redact = redactor(given, given.trail)
    with own_trail(given, given.trail, "ship") as trail:

        def parked(record: Parked) -> None:
            """Its stream begins with the first record that is refused for good; without one it leaves none."""
            trail.append(redact.event(lifecycle("rejected", reason=f"{record.uid} {record.status}")))

        ways = Ways(live=given.ship == "daemon", oldest=given.ship_max_age, ask=asking(given))
        shipper = Shipper(given.trail, delivery.send, project, parked=parked, ways=ways)
        shipper.start(off_stage)
        _end_on_sigterm()
        try:
            done = _wait(shipper, args)
        except KeyboardInterrupt:
            done = not (args.once or args.until_empty)
        return 0 if shipper.stop(given.shutdown) or done else 1


def _end_on_sigterm() -> None:
    """SIGTERM ends it like Ctrl-C: what is under way is settled, and the place is written down."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)


def _wait(shipper: Shipper, args: argparse.Namespace) -> bool:
    """Until it is done, or for ever; whether it is done."""
    asked = shipper.ask()
    left = args.timeout if args.until_empty and args.timeout else threading.TIMEOUT_MAX
    ends = args.once or args.until_empty
    while left > 0:
        done = shipper.answered(asked if ends else asked + 1, min(LOOK, left))
        left -= LOOK
        _show(shipper)
        if done or (args.once and shipper.failing):
            return done
    return False


def _show(shipper: Shipper) -> None:
    """How far it is, on a terminal only."""
    if sys.stderr.isatty():
        counts = shipper.counts
        line = f"{counts.get('accepted', 0):,} shipped, {shipper.unacknowledged:,} wait"
        line += f", {counts['parked']:,} refused" if counts.get("parked") else ""
        line += "; the collector does not take them" if shipper.failing else ""
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()
