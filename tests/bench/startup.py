"""What Vedette adds to the start of a program under `opentelemetry-instrument`, over the same without Vedette."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from pathlib import Path
from statistics import median

NEIGHBOURS = ("opentelemetry_instrumentation_", "opentelemetry_distro")
"""Other instrumentors import their libraries at start, 4 s of them: they would drown what is measured."""

PROGRAM = "print(*[line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')])"
"""Its own peak in KiB: `ru_maxrss` would be that of the process which forked it."""


def measure(rounds: int) -> dict[str, float]:
    """Medians over the rounds, taken in turns: milliseconds and mebibytes that are added."""
    walls: list[float] = []
    sizes: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        without = _environment(Path(folder) / "without", hide=(*NEIGHBOURS, "vedette", "_editable_impl_vedette"))
        with_us = _environment(Path(folder) / "with", hide=NEIGHBOURS)
        for _ in range(rounds):
            bare, ours = _run(without, Path(folder) / "trail"), _run(with_us, Path(folder) / "trail")
            walls.append((ours[0] - bare[0]) * 1000)
            sizes.append((ours[1] - bare[1]) / 1024)
    return {"wall_ms": median(walls), "resident_mib": median(sizes)}


def _environment(folder: Path, hide: tuple[str, ...]) -> Path:
    """The Python of a copy of this environment, by links, in which everything named `hide...` is not installed."""
    venv.create(folder, symlinks=True)
    ours, theirs = Path(sysconfig.get_path("purelib")), next(folder.glob("lib/python*/site-packages"))
    for each in ours.iterdir():
        if not each.name.startswith(hide):
            (theirs / each.name).symlink_to(each)
    return folder / "bin" / "python"


def _run(python: Path, trail: Path) -> tuple[float, int]:
    """Wall seconds of launcher and program together, and the program's peak in KiB."""
    launcher = Path(sys.executable).with_name("opentelemetry-instrument")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "VEDETTE_"))}
    began = time.perf_counter()
    done = subprocess.run(
        [python, launcher, python, "-c", PROGRAM],
        env=env | {"VEDETTE_TRAIL": str(trail)},
        check=True,
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - began, int(done.stdout)


def table(result: dict[str, float]) -> str:
    return (
        "\nstart-up with opentelemetry-instrument, added by Vedette: "
        f"{result['wall_ms']:.0f} ms, {result['resident_mib']:.1f} MiB resident"
    )
