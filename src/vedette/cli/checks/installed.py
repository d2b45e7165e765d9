"""What is installed: our entry points, the libraries that they are for, and the variables that switch things off."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from vedette.cli.checks import Check
from vedette.config import Settings
from vedette.runtime.coverage import BLIND

_PATIENCE = 60.0
"""Seconds that the trial of all seams may take."""

_DISABLED = "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS"
_DOORS = {
    "opentelemetry_distro": "opentelemetry-instrument takes our defaults",
    "opentelemetry_configurator": "opentelemetry-instrument sets up our exporters",
    "opentelemetry_pre_instrument": "opentelemetry-instrument starts the record",
}


def doors() -> Iterator[Check]:
    """Which distro and configurator OpenTelemetry will take: the first listed wins, unless a variable names one."""
    for group, about in _DOORS.items():
        name = group.partition("_")[2].replace("_", " ")
        names = [entry.name for entry in importlib.metadata.entry_points(group=group)]
        others = [each for each in names if each != "vedette"]
        if "vedette" not in names:
            yield Check(name, "bad", "vedette is not registered with OpenTelemetry; install it anew")
        elif others and "pre" not in group:
            yield Check(name, "note", f"beside {', '.join(others)}; whichever is taken, the record starts all the same")
        else:
            yield Check(name, "ok", about)


def switches(env: Mapping[str, str], settings: Settings) -> Iterator[Check]:
    """What has been switched off."""
    if not {"vedette", "*"}.isdisjoint(each.strip() for each in env.get(_DISABLED, "").split(",")):
        yield Check("weaving", "warn", f"nothing is woven: {_DISABLED}={env[_DISABLED]}")
    if env.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        yield Check("signals", "note", "no spans and metrics: OTEL_SDK_DISABLED; the trail is written all the same")
    for signal in ("TRACES", "METRICS"):
        if env.get(f"OTEL_{signal}_EXPORTER", "").strip() == "none":
            yield Check("signals", "note", f"no {signal.lower()}: OTEL_{signal}_EXPORTER=none")
    if settings.redact == "off":
        yield Check("redaction", "warn", "VEDETTE_REDACT=off: secrets and personal data are recorded as they are")
    if settings.write_ahead == "off":
        yield Check("write-ahead", "warn", "VEDETTE_WRITE_AHEAD=off: what was under way when a process died is lost")


def libraries(settings: Settings) -> Iterator[Check]:
    """What is installed of what we have seams for, woven for trial in another process; and what nobody can see into."""
    found = probed(settings)
    if found is None:
        yield Check("libraries", "bad", "the trial of the seams failed; run `python -m vedette.cli.checks.probe`")
        return
    for top in sorted({_top(name) for name, state in found["imported"].items() if state != "absent"}):
        broken = [name for name, state in found["imported"].items() if _top(name) == top and state == "broken"]
        yield from _library(top, [each for each in found["seams"] if _top(each["target"]) == top], broken)
    for top in BLIND:
        if importlib.util.find_spec(top) is not None:
            yield Check(top, "note", f"{version(top)}: what it does cannot be seen from Python")
    names = {"*", *found["imported"], *(seam["library"] for seam in found["seams"])}
    for name in sorted(set(settings.disable) - names):
        yield Check("weaving", "warn", f"VEDETTE_DISABLE names {name}, and there is no such instrumentor")


def _library(top: str, seams: list[dict[str, str]], broken: list[str]) -> Iterator[Check]:
    woven = sum(seam["state"] == "woven" for seam in seams)
    told = f"{version(top)}, {woven} seam{'s' if woven != 1 else ''} woven when it is imported"
    off = any(seam["state"] == "off" for seam in seams)
    yield Check(top, "warn" if off else "ok", f"{version(top)}, not woven: VEDETTE_DISABLE" if off else told)
    for name in broken:
        yield Check(top, "warn", f"{name} cannot be imported")
    for seam in seams:
        if seam["state"] == "missed":
            yield Check(top, "warn", f"{seam['target']} cannot be woven: {seam['reason']}")


def probed(settings: Settings) -> dict[str, Any] | None:
    """What `probe` printed; None if it failed."""
    command = [sys.executable, "-m", "vedette.cli.checks.probe", ",".join(settings.disable)]
    try:
        ran = subprocess.run(command, capture_output=True, check=True, timeout=_PATIENCE)  # noqa: S603 - our own
        found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError):
        return None
    return found


def _top(name: str) -> str:
    """The library's own name, of a module or a seam's target."""
    return name.partition(":")[0].partition(".")[0]


def version(top: str) -> str:
    """The version of the distribution that a module comes with; Python's for its own."""
    if top in sys.stdlib_module_names:
        return f"Python {sys.version.partition(' ')[0]}"
    names = _distributions().get(top, [])
    return importlib.metadata.version(names[0]) if names else "of an unknown version"


@functools.lru_cache(maxsize=1)
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()
