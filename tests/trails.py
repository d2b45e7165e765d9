"""Reading a trail back in tests: its records, and programs run as a user runs them."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vedette.trail.files import reading


def records(trail: Path, *, kind: str = "", phase: str = "", lifecycle: bool = False) -> list[reading.Record]:
    """The records of a trail in the order of their time; lifecycle records only when asked for."""
    return [
        record
        for record in reading.records(trail)
        if (lifecycle or record.envelope["k"] != "lifecycle")
        and kind in ("", record.envelope["k"])
        and phase in ("", record.envelope["f"])
    ]


def names(trail: Path, **chosen: Any) -> list[tuple[str, str, str]]:
    """(kind, phase, name) of each record."""
    return [(each.envelope["k"], each.envelope["f"], each.envelope.get("e", "")) for each in records(trail, **chosen)]


def phases(trail: Path) -> list[str]:
    """The lifecycle of a process, as its trail tells it."""
    found = records(trail, kind="lifecycle", lifecycle=True)
    return [each.envelope["a"]["vedette.lifecycle.phase"] for each in found]


def python(
    *arguments: str | Path, env: Mapping[str, str] | None = None, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run this interpreter, with no setting of OpenTelemetry's or ours but those given."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)], env=clean(env), capture_output=True, text=True, timeout=60, **more
    )


def instrumented(
    *arguments: str | Path, env: Mapping[str, str] | None = None, neighbours: bool = False, **more: Any
) -> subprocess.CompletedProcess[str]:
    """`opentelemetry-instrument python ...`, without the other instrumentors of this environment: they cost 3 s."""
    launcher = Path(sys.executable).with_name("opentelemetry-instrument")
    alone = {} if neighbours else {"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": ",".join(_neighbours())}
    return subprocess.run(
        [launcher, sys.executable, *map(str, arguments)],
        env=clean({**alone, **(env or {})}),
        capture_output=True,
        text=True,
        timeout=60,
        **more,
    )


def _neighbours() -> set[str]:
    entries = importlib.metadata.entry_points(group="opentelemetry_instrumentor")
    return {entry.name for entry in entries} - {"vedette"}


def clean(env: Mapping[str, str] | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "VEDETTE_"))}
    return {**kept, **(env or {})}
