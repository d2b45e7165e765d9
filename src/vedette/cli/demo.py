"""`vedette demo`: an example agent, unchanged and unaware, recorded; its record shown, proven, and tampered with."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vedette.cli import UsageError, demo_tampering
from vedette.cli.glance import Glance, glance
from vedette.cli.paint import Paint
from vedette.cli.standin import Request, StandIn, text, tool
from vedette.cli.timeline import Timeline
from vedette.trail import sources
from vedette.trail.files import reading
from vedette.trail.proving.verify import render, verify

AGENT = Path(__file__).with_name("demo_agent.py")
NEEDED = ("openai", "anthropic", "httpx")
PLANTED = {"the key": "ghp_" + "a1B2c3D4e5F6" * 2 + "a1B2c3" + "2q49x8", "the address": "ada@example.org"}
"""What `demo_agent.py` puts into its prompt; looks like a token down to its checksum, is none."""

SCRIPT = (
    tool("weather", {"city": "Paris"}),
    tool("mail", {"text": "Paris: 18 degrees and sunny. Yours, the agent"}),
    text("Done: ada@example.org has the weather in Paris."),
    text("It is sunny in Paris, and somebody has been told so by mail."),
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trail", metavar="PATH", type=Path, help="keep the trail here (default: a temporary folder)")
    parser.epilog = "Needs no key and no network. Exit code: 0 if the record proved whole and the tampering was caught."


def run(args: argparse.Namespace) -> int:
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"needs {', '.join(missing)}: pip install 'vedette[demo]'")
    with _folder(args.trail) as (trail, scratch):
        paint = Paint()
        received = _record(trail, paint)
        clean = _show(trail, received, paint)
        whole = _prove(trail, paint)
        caught = _tamper(trail, scratch / "tampered", paint)
        if args.trail:
            print(f"\nYours to look at: vedette show {trail}")
    return 0 if clean and whole and caught else 1


@contextmanager
def _folder(named: Path | None) -> Iterator[tuple[Path, Path]]:
    """Where the trail goes, and a scratch folder that is gone afterwards."""
    if named is not None and named.exists() and any(named.iterdir()):
        raise UsageError(f"{named} is not empty: name a new folder")
    with tempfile.TemporaryDirectory(prefix="vedette-demo-") as scratch:
        yield named or Path(scratch) / "trail", Path(scratch)


def _title(paint: Paint, number: int, title: str, command: str = "") -> None:
    print(f"\n{paint('bold', f'{number}. {title}')}{paint('dim', f'  $ {command}') if command else ''}\n", flush=True)


def _record(trail: Path, paint: Paint) -> list[Request]:
    """Run the agent as a user would, in a process of its own; what the stand-in on loopback was sent."""
    _title(paint, 1, "An agent runs", "opentelemetry-instrument python agent.py")
    settings = {"VEDETTE_TRAIL": str(trail)}
    with StandIn(script=SCRIPT) as server:
        ran = subprocess.run(  # noqa: S603 - our own file, with this interpreter
            [_launcher(), sys.executable, str(AGENT)],
            check=False,
            env=_clean(os.environ) | settings | {"DEMO_SERVER": server.url},
        )
        received = list(server.requests)
    if ran.returncode:
        raise UsageError(f"the example agent ended with exit code {ran.returncode}")
    print("It asked two models, used two tools and called one API. No line of it knows of Vedette.")
    return received


def _launcher() -> str:
    beside = Path(sys.executable).with_name("opentelemetry-instrument")
    found = str(beside) if beside.exists() else shutil.which("opentelemetry-instrument")
    if found is None:
        raise UsageError("opentelemetry-instrument is not installed beside this Python")
    return found


def _clean(env: os._Environ[str]) -> dict[str, str]:
    """Without settings that would send the demo elsewhere or make it another one."""
    return {name: value for name, value in env.items() if not name.startswith(("OTEL_", "VEDETTE_"))}


def _show(trail: Path, received: Sequence[Request], paint: Paint) -> bool:
    """The timeline, and whether what was planted reached the models and not the trail."""
    _title(paint, 2, "What was written down, before and while it happened", "vedette show")
    told = [glance(record) for record in reading.records(trail)]
    timeline = Timeline(paint, width=shutil.get_terminal_size((110, 24)).columns)
    for record in told:
        timeline.learn(record)
    print("\n".join(timeline.whole(record for record in told if record.kind != "lifecycle")))
    return _search(trail, told, received, paint)


def _search(trail: Path, told: Sequence[Glance], received: Sequence[Request], paint: Paint) -> bool:
    _title(paint, 3, "What the models were sent, and the record does not hold")
    written = b"".join(path.read_bytes() for path in sorted(trail.rglob("*.seg")))
    clean = True
    for what, planted in PLANTED.items():
        sent = sum(planted.encode() in request.body for request in received)
        found = written.count(planted.encode())
        clean = clean and sent > 0 and found == 0
        verdict = paint("red" if found else "green", f"found {found} times in {len(written):,} bytes of trail")
        print(f"  {what:<12} sent to a model {sent} times, {verdict}")
    kinds = {kind for record in told for kind in record.taken}
    print(f"  Taken out by a keyed token, equal for equal values: {', '.join(sorted(kinds))}.")
    return clean


def _prove(trail: Path, paint: Paint) -> bool:
    _title(paint, 4, "The record proves itself", "vedette verify")
    report = verify(sources.segments(trail))
    print(render(report, colour=paint.on).rstrip())
    return report.exit_code == 0


def _tamper(trail: Path, copy: Path, paint: Paint) -> bool:
    """Somebody changes one word of one record, and mends the file's checksum so that it looks untouched."""
    _title(paint, 5, "Somebody edits one record of a copy, and mends its checksum", "vedette verify copy")
    shutil.copytree(trail, copy)
    demo_tampering.rename_tool(copy, b'"mail"', b'"note"')
    report = verify(sources.segments(copy))
    print(demo_tampering.without_notes(render(report, colour=paint.on)))
    caught = report.exit_code == 2
    print(paint("green", "Caught.") if caught else paint("red", "Not caught."))
    return caught
