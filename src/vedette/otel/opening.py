"""What every door does: guard the exporters, start the line, weave. Idempotent, and none of it raises to the host.

Whichever door opens first wins; the rest find it done. `vedette.start` and `vedette.stop` are `start` and `stop` here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from vedette import runtime
from vedette.guard import guard
from vedette.otel.guarding import ExporterGuard
from vedette.otel.ties import Ties
from vedette.runtime.coverage import lifecycle

DISABLED = "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"
_MOST = 2.0
"""Seconds that a host's `force_flush` waits for our line where nothing runs that says otherwise."""

_told: dict[str, Any] = {}
_remarks: dict[str, str] = {}


def flush(timeout: float) -> bool:
    """Drain the line within `timeout` seconds, but never longer than the end of the process may take."""
    running = runtime.running()
    return runtime.flush(min(timeout, running.settings.shutdown if running else _MOST))


def tell() -> None:
    """A coverage record of what is guarded, when that has changed."""
    if runtime.running() is None:
        return
    now = {"exporters": EXPORTERS.report(), **_remarks}
    if now != _told.get("coverage", {"exporters": {}}):
        _told["coverage"] = now
        call = lifecycle("coverage", "exporters")
        call.facts["vedette.coverage"] = now
        runtime.record(call)


def changed() -> None:
    """An exporter was added, so a provider may be new: our exit hook has to be younger than its own (otel.md 8)."""
    if runtime.running() is not None:
        runtime.at_exit()
        tell()


EXPORTERS = ExporterGuard(Ties(redactor=runtime.redactor, flush=flush, adopt=runtime.adopt, changed=changed))


def start(**settings: Any) -> None:
    """Guard and start; a TypeError for a setting that does not exist is the caller's own mistake and is raised."""
    with guard("otel.environment"):
        os.environ.setdefault("ANTHROPIC_OPEN_TELEMETRY_PROPAGATION", "false")
    EXPORTERS.install()
    runtime.start(**settings)
    with guard("otel.start"):
        changed()


def weave() -> None:
    """Weave the seams, unless the host's setting names us; then the coverage record says so."""
    if is_disabled(os.environ):
        remark("weaving", f"switched off by {DISABLED}")
        return
    runtime.weave_seams()


def is_disabled(env: Mapping[str, str]) -> bool:
    named = {each.strip() for each in env.get(DISABLED, "").split(",")}
    return not named.isdisjoint({"vedette", "*"})


def remark(what: str, text: str) -> None:
    """Something that a reader of the coverage record should know."""
    _remarks[what] = text
    with guard("otel.remark"):
        tell()


def stop() -> None:
    """Undo everything: the line, the seams, and last the guard."""
    runtime.stop()
    with guard("otel.stop"):
        EXPORTERS.uninstall()
    _told.clear()
    _remarks.clear()
