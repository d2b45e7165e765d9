"""SIGKILL at random moments: whatever was acknowledged is on disk, whole, and every stream can be read.

Each child appends from two threads and writes each acknowledgement to a pipe. Half of them are forked from a process
that has everything imported, so that the kill falls on births and appends and not on the start of an interpreter.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.sound import Sound, streams

KILLS = 100

# Forks one child a kill, kills it after a random time, and prints what it acknowledged: "kill thread i n stream".
LOOP = """
    import os, random, signal, sys, threading, time
    from pathlib import Path
    from vedette.event import Event, Kind, Phase
    from vedette.trail import Trail

    folder, seed, kills = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)

    def child(kill, pipe):
        trail = Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth", content={"settings": "{}"}))
        def write(thread):
            for i in range(10**9):
                name = f"{kill} {thread} {i}"
                content = {"input": name, "output": "x" * (i * 37 % 3000)}
                ack = trail.append(Event(kind=Kind.TOOL, name=name, content=content), sync=i % 40 == 0)
                os.write(pipe, f"{name} {ack.n} {ack.stream}\\n".encode())
                time.sleep(0.0002)
        threading.Thread(target=write, args=(0,)).start()
        write(1)

    import cryptography.hazmat.primitives.asymmetric.ed25519
    for kill in range(kills):
        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reader)
            child(kill, writer)
        os.close(writer)
        threading.Timer(chance.choice([0.02, 0.15]) * chance.random(), os.kill, (pid, signal.SIGKILL)).start()
        with open(reader) as lines:
            sys.stdout.write("".join(line for line in lines if line.endswith("\\n")))
        os.waitpid(pid, 0)
"""


def test_a_hundred_kills(tmp_path: Path) -> None:
    """No acknowledged record lost, no false one, no envelope without its content, no hole in the ordinals."""
    seed = int(os.environ.get("VEDETTE_TEST_SEED", random.SystemRandom().randrange(2**32)))
    print(f"seed {seed}")
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(LOOP)]
    command += [str(tmp_path / "trail"), str(seed), str(KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found = {each.id: each for each in streams(tmp_path / "trail")}
    acknowledged = [line.split() for line in done.stdout.splitlines()]
    print(f"{KILLS} kills, {len(found)} streams, {len(acknowledged)} records acknowledged")
    assert len(acknowledged) > 10 * KILLS
    for kill, thread, i, n, stream in acknowledged:
        assert found[stream].records[int(n)]["e"] == f"{kill} {thread} {i}"
    assert sorted(each.ordinal for each in found.values() if each.records) == list(range(_born(found)))
    assert all(_with_content(each) for each in found.values())


def _born(found: dict[str, Sound]) -> int:
    return sum(bool(each.records) for each in found.values())


def _with_content(found: Sound) -> bool:
    """Each envelope has the content that it commits to."""
    return all(list(each.get("c", {})) == list(has) for each, has in zip(found.records, found.content, strict=True))
