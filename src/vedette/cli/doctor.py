"""`vedette doctor`: what is installed, woven and reachable, what is not, and why. Exit code 1: something is wrong."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from vedette.cli import settings
from vedette.cli.paint import Paint
from vedette.config import Settings
from vedette.redact import BadKey, load_key
from vedette.trail import Unavailable, reading
from vedette.trail.folder import prepare
from vedette.trail.identities import BadIdentity, Keys, read_identities, recipients, wrapped
from vedette.trail.rest import Locked
from vedette.trail.target import target

_GROUPS = ("opentelemetry_distro", "opentelemetry_configurator", "opentelemetry_pre_instrument")
_STYLES = {"ok": "green", "note": "dim", "warn": "yellow", "bad": "red"}


@dataclass(frozen=True, slots=True)
class Check:
    """`state` is ok, note, warn or bad; only `bad` makes the exit code 1."""

    name: str
    state: str
    about: str


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object with all checks")


def run(args: argparse.Namespace) -> int:
    checks = list(_checks())
    if args.json:
        print(json.dumps({"checks": [asdict(check) for check in checks]}))
    else:
        paint = Paint()
        for check in checks:
            print(f"{paint(_STYLES[check.state], f'{check.state:<4}')}  {check.name:<12} {check.about}")
    return 1 if any(check.state == "bad" for check in checks) else 0


def _checks() -> Iterator[Check]:
    found = settings()
    yield Check(
        "vedette", "ok", f"{importlib.metadata.version('vedette')}, OpenTelemetry {_version('opentelemetry-sdk')}"
    )
    yield from _doors()
    yield _trail(found.trail)
    yield from _at_rest(found)
    try:
        yield Check(
            "redaction",
            "ok",
            f"key {load_key(found.redact_key, found.trail).id}, mode {found.redact}, pure Python engine",
        )
    except (BadKey, OSError) as error:
        yield Check("redaction", "bad", str(error))
    yield from _libraries()
    yield _collector()
    with suppress(Locked):
        yield from _last_run(found.trail)


def _version(distribution: str) -> str:
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(distribution)
    return "not installed"


def _doors() -> Iterator[Check]:
    """Which distro and configurator OpenTelemetry will take: the first listed wins, unless a variable names one."""
    for group in _GROUPS:
        names = [entry.name for entry in importlib.metadata.entry_points(group=group)]
        others = [name for name in names if name != "vedette"]
        if "vedette" not in names:
            yield Check(group[14:], "bad", "vedette is not registered; reinstall it")
        elif others and group != _GROUPS[2]:
            yield Check(group[14:], "note", f"vedette, beside {', '.join(others)}: the hook starts Vedette either way")
    disabled = os.environ.get("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS", "")
    if {"vedette", "*"} & {each.strip() for each in disabled.split(",")}:
        yield Check("weaving", "warn", f"switched off by OTEL_PYTHON_DISABLED_INSTRUMENTATIONS={disabled}")
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        yield Check("signals", "note", "switched off by OTEL_SDK_DISABLED; the trail is written all the same")


def _trail(folder: Path) -> Check:
    try:
        prepare(folder)
    except Unavailable as error:
        return Check("trail", "bad", str(error))
    return Check("trail", "ok", f"{folder} can be written")


def _at_rest(found: Settings) -> Iterator[Check]:
    """Whether what is encrypted here can be opened here: else nothing can be shipped, shown or erased."""
    if not found.at_rest:
        return
    try:
        to = recipients(found.at_rest)
        keys = Keys(read_identities(found.at_rest_key) if found.at_rest_key else ())
        opens = keys.unwrapped(wrapped(bytes(32), to, b""), b"") is not None
    except (Unavailable, BadIdentity) as error:
        yield Check("at rest", "bad", str(error))
        return
    about = "VEDETTE_AT_REST_KEY opens it" if opens else "no key here opens it: it can be neither shipped nor shown"
    yield Check("at rest", "ok" if opens else "warn", f"encrypted to {len(to)} recipient(s); {about}")


def _libraries() -> Iterator[Check]:
    """What is installed of what we have seams for."""
    entries = importlib.metadata.entry_points(group="vedette_instrumentor")
    tops = sorted({entry.name.partition(".")[0] for entry in entries})
    for top in tops:
        if importlib.util.find_spec(top) is not None:
            yield Check(top, "ok", f"{_version(top.replace('_', '-'))}: seams are woven when it is imported")


def _collector() -> Check:
    found = target(os.environ)
    if found is None:
        return Check(
            "collector", "note", "none configured (OTEL_EXPORTER_OTLP_ENDPOINT): the record stays in the trail"
        )
    parts = urlsplit(found.endpoint if "://" in found.endpoint else f"http://{found.endpoint}")
    port = parts.port or (443 if parts.scheme == "https" else 4317 if found.protocol == "grpc" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=3):
            return Check("collector", "ok", f"{parts.hostname}:{port} answers ({found.protocol})")
    except OSError as error:
        return Check("collector", "bad", f"{parts.hostname}:{port} cannot be reached: {error.strerror or error}")


def _last_run(folder: Path) -> Iterator[Check]:
    """What the newest process said of itself: seams not woven, faults of ours, clients that cannot be seen."""
    newest = None
    for record in reading.records(folder):
        if record.envelope.get("a", {}).get("vedette.lifecycle.phase") == "coverage":
            newest = record
    if newest is None:
        return
    told = json.loads(newest.content.get("vedette.coverage", "{}"))
    for seam in told.get("seams", []):
        if seam["state"] == "missed":
            yield Check("last run", "warn", f"{seam['target']} was not woven: {seam.get('reason', '')}")
    for name in told.get("blind", []):
        yield Check("last run", "warn", f"{name} was in use; what it does cannot be seen from Python")
    for room, count in told.get("faults", {}).items():
        yield Check("last run", "warn", f"{count} internal fault(s) in {room}")
