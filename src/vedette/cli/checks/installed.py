"""What is installed: our entry points, the libraries that they are for, and the variables that switch things off."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator, Mapping

from vedette.cli.checks import Check
from vedette.config import Settings
from vedette.runtime.coverage import BLIND

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
    """What is installed of what we have seams for, and of what nobody can see into."""
    entries = importlib.metadata.entry_points(group="vedette_instrumentor")
    for top in sorted({_top(entry) for entry in entries}):
        own = [entry for entry in entries if _top(entry) == top]
        if importlib.util.find_spec(top) is None:
            continue
        if all(_is_off(entry, settings) for entry in own):
            yield Check(top, "warn", f"{version(top)}, not woven: VEDETTE_DISABLE={','.join(settings.disable)}")
        else:
            yield Check(top, "ok", f"{version(top)}, woven when it is imported")
    for top in BLIND:
        if importlib.util.find_spec(top) is not None:
            yield Check(top, "note", f"{version(top)}: what it does cannot be seen from Python")


def _top(entry: importlib.metadata.EntryPoint) -> str:
    return entry.name.partition(".")[0]


def _is_off(entry: importlib.metadata.EntryPoint, settings: Settings) -> bool:
    """As `capture.weave` decides it."""
    instrumentor = entry.value.partition(":")[0].rpartition(".")[2]
    return not {"*", instrumentor, entry.name}.isdisjoint(settings.disable)


def version(top: str) -> str:
    """The version of the distribution that a module comes with; Python's for its own."""
    if top in sys.stdlib_module_names:
        return f"Python {sys.version.partition(' ')[0]}"
    names = _distributions().get(top, [])
    return importlib.metadata.version(names[0]) if names else "of an unknown version"


@functools.lru_cache(maxsize=1)
def _distributions() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()
