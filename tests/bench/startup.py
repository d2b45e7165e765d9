"""What Vedette adds to the start of a program under `opentelemetry-instrument`, over the same without Vedette.

Without Vedette there are two ways to start: with a distro, which builds the SDK as Vedette does (exporters off, since
nothing is configured here either), and with none, where the API stays without one. Both are measured.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from statistics import median

NEIGHBOURS = ("opentelemetry_instrumentation_", "opentelemetry_distro")
"""Other instrumentors import their libraries at start, 4 s of them: they would drown what is measured."""

OURS = ("vedette", "_editable_impl_vedette")

PROGRAM = "print(*[line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')])"
"""Its own peak in KiB: `ru_maxrss` would be that of the process which forked it."""

LEFT_OUT = ("OTEL_", "VEDETTE_", "PYTHONDONTWRITEBYTECODE")
"""Variables that a program is started without."""

QUIET = {f"OTEL_{signal}_EXPORTER": "none" for signal in ("TRACES", "METRICS", "LOGS")}


@dataclass(frozen=True)
class Start:
    """Launcher and program together: seconds of wall clock and of CPU; the program's own peak in KiB."""

    wall: float
    cpu: float
    peak: int


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """What is added over the SDK of a distro, and over none: medians over the rounds, taken in turns."""
    starts: dict[str, list[Start]] = {"ours": [], "sdk": [], "none": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pythons = {
            "ours": _environment(folder / "ours", hide=NEIGHBOURS),
            "sdk": _stock(_environment(folder / "sdk", hide=(*NEIGHBOURS, *OURS))),
            "none": _environment(folder / "none", hide=(*NEIGHBOURS, *OURS)),
        }
        for _ in range(1 + rounds):  # the first writes bytecode, as an installation does
            for each, python in pythons.items():
                starts[each].append(_run(python, folder / "trail", {} if each == "ours" else QUIET))
    return {base: _added(starts["ours"], starts[base]) for base in ("sdk", "none")}


def _added(ours: list[Start], bare: list[Start]) -> dict[str, float]:
    pairs = list(zip(ours[1:], bare[1:], strict=True))
    return {
        "wall_ms": median((our.wall - base.wall) * 1000 for our, base in pairs),
        "cpu_ms": median((our.cpu - base.cpu) * 1000 for our, base in pairs),
        "resident_mib": median((our.peak - base.peak) / 1024 for our, base in pairs),
    }


def _environment(folder: Path, hide: tuple[str, ...]) -> Path:
    """The Python of a copy of this environment, by links, in which everything named `hide...` is not installed."""
    venv.create(folder, symlinks=True)
    ours, theirs = Path(sysconfig.get_path("purelib")), next(folder.glob("lib/python*/site-packages"))
    for each in ours.iterdir():
        if not each.name.startswith(hide):
            (theirs / each.name).symlink_to(each)
    return folder / "bin" / "python"


def _stock(python: Path) -> Path:
    """With the configurator that the stock distro registers."""
    packages = next(python.parent.parent.glob("lib/python*/site-packages"))
    info = packages / "stock_distro-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stock-distro\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[opentelemetry_configurator]\nstock = opentelemetry.sdk._configuration:_OTelSDKConfigurator\n"
    )
    return python


def _run(python: Path, trail: Path, settings: dict[str, str]) -> Start:
    launcher = Path(sys.executable).with_name("opentelemetry-instrument")
    env = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [python, launcher, python, "-c", PROGRAM],
        env=env | {"VEDETTE_TRAIL": str(trail)} | settings,
        check=True,
        capture_output=True,
        text=True,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Start(wall, cpu, int(done.stdout))


def table(result: dict[str, dict[str, float]]) -> str:
    lines = ["", "start-up with opentelemetry-instrument, added by Vedette"]
    for base, said in (("sdk", "over the SDK as a distro builds it"), ("none", "over none at all")):
        added = result[base]
        lines.append(
            f"  {said:<36}{added['wall_ms']:>6.0f} ms wall{added['cpu_ms']:>6.0f} ms CPU"
            f"{added['resident_mib']:>7.1f} MiB resident"
        )
    return "\n".join(lines)
