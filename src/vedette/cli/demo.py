"""`vedette demo`: an example agent, unchanged and unaware, recorded; its record shown, proven, and tampered with."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from vedette.cli import UsageError
from vedette.cli.paint import Paint
from vedette.cli.standin import StandIn, text, tool
from vedette.cli.timeline import Timeline
from vedette.trail import reading, sources, spool
from vedette.trail.verify import render, verify

AGENT = Path(__file__).with_name("demo_agent.py")
NEEDED = ("openai", "anthropic", "httpx")
SCRIPT = (
    tool("weather", {"city": "Paris"}),
    tool("mail", {"text": "Paris: 18 degrees and sunny. Yours, the agent"}),
    text("Done: ada@example.org has the weather in Paris."),
    text("It is sunny in Paris, and somebody has been told so by mail."),
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trail", type=Path, help="keep the trail in this folder (default: a temporary one)")


def run(args: argparse.Namespace) -> int:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"needs {', '.join(missing)}: pip install 'vedette[demo]'")
    with tempfile.TemporaryDirectory(prefix="vedette-demo-") as scratch:
        trail = args.trail or Path(scratch) / "trail"
        paint = Paint()
        _record(trail, paint)
        whole = _prove(trail, paint)
        caught = _tamper(trail, Path(scratch) / "tampered", paint)
        if args.trail:
            print(f"\nThe trail is in {trail}; try `vedette show {trail}` and `vedette verify {trail}`.")
    return 0 if whole and caught else 1


def _title(paint: Paint, text: str) -> None:
    print(f"\n{paint('bold', text)}")


def _record(trail: Path, paint: Paint) -> None:
    """Run the agent as a user would, in a process of its own, against the stand-in on loopback."""
    _title(paint, "An agent runs: opentelemetry-instrument python agent.py")
    with StandIn(script=SCRIPT) as server:
        settings = {"VEDETTE_TRAIL": str(trail), "DEMO_SERVER": server.url}
        subprocess.run(  # noqa: S603 - our own file, with this interpreter
            [_launcher(), sys.executable, str(AGENT)], check=True, env=_clean(os.environ) | settings
        )
    print("It talked to two models, used two tools and called one API. No line of it knows of Vedette.")
    _title(paint, "What was written down, before and while it happened (vedette show)")
    records = list(reading.records(trail))
    print("\n".join(Timeline(paint, width=shutil.get_terminal_size((110, 24)).columns).whole(records)))
    taken: Counter[str] = Counter()
    for record in records:
        taken.update(record.envelope.get("q", {}))
    _title(paint, "What never left the process")
    for kind, count in taken.most_common():
        print(f"  {count} x {kind}")


def _launcher() -> str:
    beside = Path(sys.executable).with_name("opentelemetry-instrument")
    found = str(beside) if beside.exists() else shutil.which("opentelemetry-instrument")
    if found is None:
        raise UsageError("opentelemetry-instrument is not installed beside this Python")
    return found


def _clean(env: os._Environ[str]) -> dict[str, str]:
    """Without settings that would send the demo elsewhere or make it another one."""
    return {name: value for name, value in env.items() if not name.startswith(("OTEL_", "VEDETTE_"))}


def _prove(trail: Path, paint: Paint) -> bool:
    _title(paint, "The record proves itself (vedette verify)")
    report = verify(sources.segments(trail))
    print(render(report, colour=paint.on))
    return report.exit_code == 0


def _tamper(trail: Path, copy: Path, paint: Paint) -> bool:
    """Somebody changes one word of one record, and mends the file's checksum so that it looks untouched."""
    _title(paint, "Somebody edits one record of a copy: the mail's tool is said to be another one")
    shutil.copytree(trail, copy)
    segment = spool.segment_files(spool.stream_folders(copy)[0])[0]
    data = segment.read_bytes()
    for frame in spool.scan(data):
        if frame.type == spool.ENVELOPE and b'"mail"' in frame.payload:
            forged = spool.encode_frame(frame.type, frame.payload.replace(b'"mail"', b'"note"'), frame.flags)
            data = data[: frame.offset] + forged + data[frame.end :]
            break
    segment.write_bytes(data)
    report = verify(sources.segments(copy))
    print(render(report, colour=paint.on))
    return report.exit_code == 2
