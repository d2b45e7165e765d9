"""Start and stop: the one place that puts the rooms together. Whichever door opens first wins; the rest find it done.

Nothing here raises to its caller but a `TypeError` for a setting that does not exist. What cannot start is said once
and left out, and the host runs all the same.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import threading
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from types import FrameType
from typing import Any

from vedette import locks
from vedette.capture import context, hub, threads, weave
from vedette.capture.call import end_open
from vedette.config import Problem, Settings, load
from vedette.event import Call, Event, Fact
from vedette.guard import guard, report
from vedette.redact import BadKey, Change, Key, LivePolicy, Redactor, load_key, make_key
from vedette.runtime.coverage import birth, coverage, policy_change
from vedette.runtime.keeping import Keeping
from vedette.runtime.line import Line, deadline
from vedette.runtime.retaining import retaining
from vedette.runtime.shipping import Shipping
from vedette.runtime.workers import at_end_of_workers
from vedette.trail import Trail, Unavailable
from vedette.trail.files.folder import prepare
from vedette.trail.files.identities import OURS
from vedette.trail.files.identity import Custody

logger = logging.getLogger("vedette")


@dataclass(frozen=True, slots=True)
class Running:
    """What one start put together."""

    settings: Settings
    problems: tuple[Problem, ...]
    redactor: Redactor
    line: Line
    shipping: Shipping
    keeping: Keeping
    refused: bool


_running: Running | None = None
_lock = locks.rlock()
_last_redactor: Redactor | None = None


def start(**settings: Any) -> bool:
    """Start recording; True if this call did it. Keywords are fields of `config.Settings` and win over variables."""
    global _running
    loaded, found = load(**settings)
    with _lock:
        if _running is not None:
            return False
        refused = _refused(loaded)
        key, bad_key = _key(loaded, refused)
        problems = (*found, bad_key) if bad_key else found
        for problem in problems:
            logger.warning("vedette: %s", problem)
        with guard("runtime.start"):
            _running = _built(loaded, problems, key, refused)
            _connect(_running)
            tell("start")
        return _running is not None


def _key(settings: Settings, refused: bool) -> tuple[Key, Problem | None]:
    """The redaction key; where it cannot be used, one that nobody has, whose pseudonyms hold for this process.

    The value is not told: it may be a key that was pasted a digit short. A trail that cannot be used says so itself.
    """
    if refused and not settings.redact_key:  # it would lie in there
        return make_key(os.urandom(32)), None
    try:
        return load_key(settings.redact_key, settings.trail), None
    except (BadKey, OSError) as error:
        allowed = "64 hex digits, or a file that holds them and that nobody else can read"
        problem = Problem("VEDETTE_REDACT_KEY", "***", allowed, "a key of this process alone")
        return make_key(os.urandom(32)), problem if isinstance(error, BadKey) else None


def _built(settings: Settings, problems: tuple[Problem, ...], key: Key, refused: bool) -> Running:
    if settings.redact == "off":
        logger.warning("vedette: VEDETTE_REDACT=off: prompts, secrets and personal data are recorded as they are")
    if settings.at_rest and settings.at_rest_key is None:
        logger.warning("vedette: VEDETTE_AT_REST without VEDETTE_AT_REST_KEY: the trail cannot be shipped from here")
    redactor = Redactor(settings.redact, key, _policy(settings), lineage=settings.lineage)
    shipping = Shipping(settings, redactor)
    OURS.look_in(settings.at_rest_key)

    def born() -> Event:
        return redactor.event(birth(shipping.resource(), redactor.key_id))

    trail = Trail(
        settings.trail,
        origin=settings.origin,
        birth=born,
        content=settings.content,
        custody=Custody(settings.at_rest, settings.trail_group, settings.host_log),
        sync_timeout=settings.sync_timeout,
        limits=shipping.limits,
    )
    trail.chore = retaining(trail, settings.retention)
    line = Line(settings, redactor, trail, lambda tool: any(fnmatch(tool, glob) for glob in settings.readonly_tools))
    return Running(settings, problems, redactor, line, shipping, Keeping(settings), refused)


def _refused(settings: Settings) -> bool:
    """Whether the trail's folder cannot be used, said in one sentence: then nothing is read or written there."""
    try:
        prepare(settings.trail, settings.trail_group)
    except Unavailable as error:
        report("runtime.trail", error)
        return True
    return False


def _policy(settings: Settings) -> LivePolicy | None:
    """The user's file, if one is named; each time it is taken or refused is a change on the record."""

    def changed(change: Change) -> None:
        if change.refused:
            logger.warning("vedette: VEDETTE_REDACT_CONFIG: %s: %s; the one before stays", change.path, change.refused)
        record(policy_change(change.path, change.refused))

    return LivePolicy(Path(settings.redact_config).expanduser(), changed) if settings.redact_config else None


def _connect(running: Running) -> None:
    hub.connect(running.line, running.settings.body_limit)
    threads.install()
    _report_health(running.line, running.shipping)
    if not running.refused:
        running.shipping.attach(running.line.trail)
        running.keeping.attach(running.line.trail)
    at_exit()
    at_end_of_workers(_at_workers_end)
    if running.settings.sigterm:
        _seal_on_sigterm()


def _report_health(line: Line, shipping: Shipping) -> None:
    """Our own state, for whoever collects metrics and for the heartbeat."""
    with guard("runtime.health"):
        line.metrics.observe("vedette.queue.length", lambda: line.depth)
        line.metrics.observe("vedette.ship.unacknowledged", lambda: shipping.unacknowledged)
        line.metrics.observe("vedette.ship.lag", lambda: shipping.lag)

    def vitals() -> dict[str, Fact]:
        return {
            "vedette.queue.depth": line.depth,
            "vedette.unshipped.count": shipping.unacknowledged,
            "vedette.unshipped.age": int(shipping.lag),
        }

    line.trail.vitals = vitals


def weave_seams() -> None:
    """Put the seams in: into libraries that are there, and into others when the host imports them."""
    if _running is not None:
        with guard("runtime.weave"):
            weave.weave(_running.settings.disable, lambda: tell("change"))


def tell(reason: str) -> None:
    """Write a coverage record."""
    if _running is not None:
        with guard("runtime.coverage"):
            _running.line.end(coverage(_running.settings, _running.problems, reason))


def stop(reason: str = "stop", *, ships: bool = True) -> None:
    """Undo everything: seams out, line drained, trail sealed and closed, and what can be shipped in time is."""
    global _running
    with _lock:
        running = _running
        if running is None:
            return
        end_open()
        tell("end")
        hub.connect(None)
        weave.unweave()
        threads.uninstall()
        _running = None
    left = deadline(running.settings.shutdown)
    with guard("runtime.stop"):
        running.line.flush(left())
        running.line.stop()
    with guard("runtime.stop"):
        running.line.trail.close(reason)
    with guard("runtime.stop"):
        running.keeping.stop(left() / 2)
    with guard("runtime.stop"):
        running.shipping.stop(left() if ships else 0.0)
    atexit.unregister(_at_exit)


def at_exit() -> None:
    """Run last-in-first-out before the providers' own hooks; called again whenever new providers appear (otel.md 8)."""
    atexit.unregister(_at_exit)
    atexit.register(_at_exit)


def _at_exit() -> None:
    stop("atexit")


def _at_workers_end() -> None:
    """Whoever forked it waits for it, so it waits for nobody: the parent's shipper carries what it leaves."""
    stop("atexit", ships=False)


def _seal_on_sigterm() -> None:
    """Only over the default disposition and in the main thread; the exit status stays that of SIGTERM."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        return

    def seal(number: int, frame: FrameType | None) -> None:
        running = _running
        if running is not None:
            with guard("runtime.sigterm"):
                end_open()
                running.line.flush(running.settings.shutdown)
                running.line.trail.close("sigterm")
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, seal)


def flush(timeout: float) -> bool:
    """Drain the line and seal the trail so far, within `timeout` seconds; whether everything was walked."""
    running = _running
    if running is None:
        return True
    done = False
    with guard("runtime.flush"):
        left = deadline(timeout)
        done = running.line.flush(left())
        running.line.trail.seal()
        running.shipping.drain(left())
    return done


def running() -> Running | None:
    return _running


def redactor() -> Redactor:
    """The engine in force; before any start, and where none could be built, one with a key of this process."""
    global _last_redactor
    if _running is not None:
        _last_redactor = _running.redactor
    elif _last_redactor is None:
        _last_redactor = Redactor("all", load_key(os.urandom(32).hex(), load()[0].trail))
    return _last_redactor


def adopt(span: Any) -> None:
    """A span of anybody's has started here: it may be the one that tells of the Call under way."""
    if _running is not None:
        _running.line.adoption.started(span, context.current().call)


def record(call: Call) -> None:
    """A Call that was noted, not seen by a seam: closed already, on its way down the line."""
    if _running is not None:
        _running.line.end(call)
