"""T9. SIGKILL at random moments: with one and four threads, asyncio, four processes in one trail, while shipping.

What was acknowledged is on disk; no verdict is false; every envelope has its content; all of it can be delivered.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from tests.sound import Sound, streams
from tests.torture.collector import FileCollector, undelivered
from tests.torture.report import Report, command
from vedette.signals.logs import project
from vedette.trail.proving import verify as verifier
from vedette.trail.proving.verdicts import GRADES, Grade
from vedette.trail.shipping.ship import Shipper
from vedette.trail.sources import segments

BATCH = 100
ZERO = ("lost", "false_verdicts", "without_content", "undelivered", "ordinal_holes")

# Forks one child a kill from a process that has everything imported, and prints what it acknowledged.
LOOP = """
    import asyncio, os, random, signal, sys, threading, time
    from pathlib import Path
    from tests.torture.collector import FileCollector
    from vedette.event import Event, Kind
    from vedette.signals.logs import project
    from vedette.trail import Trail
    from vedette.trail.shipping.ship import Shipper

    folder, seed, kills = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)

    def child(kill, mode, pipe):
        trail = Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth", content={"settings": "{}"}))
        if kill % 2:
            own = lambda: None if trail.ordinal is None else f"{trail.ordinal:08d}"
            shipper = Shipper(folder, FileCollector(folder.with_name("collected")).send, project, own)
            trail.wake = shipper.wake
            shipper.start()

        def one(name, i):
            content = {"input": name, "output": "x" * (i * 37 % 3000)}
            ack = trail.append(Event(kind=Kind.TOOL, name=name, content=content), sync=i % 40 == 0)
            os.write(pipe, f"{name} {ack.n} {ack.stream}\\n".encode())

        def write(thread):
            for i in range(10**9):
                one(f"{kill} {thread} {i}", i)
                time.sleep(0.0002)

        async def task(number):
            for i in range(10**9):
                one(f"{kill} {number} {i}", i)
                await asyncio.sleep(0.0002)

        async def tasks():
            await asyncio.gather(*(task(i) for i in range(4)))

        if mode == "asyncio":
            asyncio.run(tasks())
        for i in range(3 if mode == "threads" else 0):
            threading.Thread(target=write, args=(i + 1,)).start()
        write(0)

    import cryptography.hazmat.primitives.asymmetric.ed25519, orjson
    kill = 0
    while kill < kills:
        mode = ("thread", "threads", "asyncio", "processes")[kill // 4 % 4]
        reader, writer = os.pipe()
        children = []
        for _ in range(4 if mode == "processes" else 1):
            pid = os.fork()
            if not pid:
                os.close(reader)
                child(kill, mode, writer)
            children.append(pid)
            kill += 1
            wait = chance.choice([0.02, 0.2]) * chance.random()
            threading.Timer(wait, os.kill, (pid, signal.SIGKILL)).start()
        os.close(writer)
        with open(reader) as lines:
            sys.stdout.write("".join(line for line in lines if line.endswith("\\n")))
        for pid in children:
            os.waitpid(pid, 0)
"""


def run(scale: int, chance: random.Random) -> Report:
    report = Report("kills", zero=ZERO, least={"kills": scale, "acknowledged": 10 * scale})
    for begin in range(0, scale, BATCH):
        with tempfile.TemporaryDirectory() as folder:
            _batch(Path(folder) / "trail", min(BATCH, scale - begin), chance.getrandbits(32), report)
    return report


def _batch(trail: Path, kills: int, seed: int, report: Report) -> None:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(LOOP), str(trail), str(seed)]
    done = subprocess.run([*command, str(kills)], capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    counts = report.counts
    counts["kills"] += kills
    found = {each.id: each for each in streams(trail)}
    acknowledged = [line.split() for line in done.stdout.splitlines()]
    counts["acknowledged"] += len(acknowledged)
    counts["lost"] += sum(not _there(found, each) for each in acknowledged)
    counts["without_content"] += sum(not _with_content(each) for each in found.values())
    born = sorted(each.ordinal for each in found.values() if each.records)
    counts["ordinal_holes"] += born != list(range(len(born)))
    bad = [each for each in verifier.verify(segments(trail)).verdicts if GRADES[each.name] is Grade.BROKEN]
    counts["false_verdicts"] += len(bad)
    report.notes += map(str, bad[:3])
    counts["undelivered"] += _undelivered(trail)
    shutil.rmtree(trail)


def _there(found: dict[str, Sound], line: list[str]) -> bool:
    kill, thread, i, n, stream = line
    records = found[stream].records if stream in found else []
    return int(n) < len(records) and records[int(n)]["e"] == f"{kill} {thread} {i}"


def _with_content(found: Sound) -> bool:
    """Each envelope has the content that it commits to."""
    return all(list(each.get("c", {})) == list(has) for each, has in zip(found.records, found.content, strict=True))


def _undelivered(trail: Path) -> int:
    """Ship what the dead left; what then has still not arrived."""
    collector = FileCollector(trail.with_name("collected"))
    shipper = Shipper(trail, collector.send, project)
    assert shipper.drain(120)
    shipper.stop(1)
    collector.close()
    return undelivered(collector.bodies(), list(segments(trail)))


if __name__ == "__main__":
    sys.exit(command(run, 10_000, round_of=BATCH))
