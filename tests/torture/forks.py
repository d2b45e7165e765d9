"""T13. Forks while other threads append, pre-fork workers, spawn, forkserver, many children at once, forks of children.

Every process has one stream, no (stream, n) is given twice, nothing acknowledged is lost, nothing hangs.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.sound import Sound, streams
from tests.torture.report import Report, command
from tests.torture.scripts import script

ZERO = ("twice", "lost", "foreign", "deadlocks")

# Each prints "stream n name" for what was acknowledged.
SAY = """
    def say(name, own=None):
        ack = (own or trail).append(event(name))
        os.write(1, f"{ack.stream} {ack.n} {name}\\n".encode())
        return ack
"""

WHILE_APPENDING = """
    trail = Trail(folder, birth=birth)
    stop = False
    def write(k):
        i = 0
        while not stop:
            trail.append(event(f"{k}-{i}"), sync=i % 50 == 0)
            i += 1
            if i > 20_000: time.sleep(0.001)  # on a slow machine the trail must not fill meanwhile
    threads = [threading.Thread(target=write, args=(k,), daemon=True) for k in range(2)]
    for each in threads: each.start()
    for i in range(scale):
        child = os.fork()
        if not child:
            ack = say(f"child-{i}")
            if i % 10 == 0:
                grandchild = os.fork()
                if not grandchild:
                    say(f"grandchild-{i}")
                    os._exit(0)
                gone(grandchild)
            os._exit(0 if trail.wait(ack) else 1)
        gone(child)
    stop = True
    for each in threads: each.join()
    trail.close("stop")
"""

PREFORK = """
    trail = Trail(folder, birth=birth)
    workers = []
    for i in range(scale):
        child = os.fork()
        if not child:
            for j in range(20):
                say(f"worker-{i}-{j}")
            trail.close("stop")
            os._exit(0)
        workers.append(child)
        if len(workers) == 4:
            for each in workers: gone(each)
            workers.clear()
    for each in workers: gone(each)
"""

AT_ONCE = """
    trail = Trail(folder, birth=birth)
    say("parent")
    begin, end = os.pipe()
    children = []
    for i in range(scale):
        child = os.fork()
        if not child:
            os.close(end)
            os.read(begin, 1)  # until the parent closes it: all of them at once
            say(f"at-once-{i}")
            os._exit(0)
        children.append(child)
    os.close(end)
    for each in children: gone(each)
    trail.close("stop")
"""

METHOD = """
    def work(name):
        own = Trail(folder, birth=birth)
        say(name, own)
        own.close("stop")

    if __name__ == "__main__":
        import multiprocessing
        context = multiprocessing.get_context("{method}")
        for i in range(0, scale, 2):
            workers = [context.Process(target=work, args=(f"{method}-{{i + j}}",)) for j in range(2)]
            for each in workers: each.start()
            for each in workers: each.join()
            assert all(each.exitcode == 0 for each in workers)
"""


def run(scale: int, chance: random.Random) -> Report:
    report = Report("forks", zero=ZERO, least={"forks": scale})
    few = max(min(scale // 10, 20), 2)
    _case(report, WHILE_APPENDING, scale)
    _case(report, PREFORK, max(scale // 5, 4))
    _case(report, AT_ONCE, min(scale, 500))
    for method in ("spawn", "forkserver"):
        _case(report, METHOD.format(method=method), few)
    return report


def _case(report: Report, body: str, scale: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        trail = Path(folder) / "trail"
        try:
            said = script(trail, SAY + body, scale, timeout=60 + scale)
        except subprocess.TimeoutExpired:
            report.counts["deadlocks"] += 1
            return
        report.counts["forks"] += scale
        _check(report, {each.id: each for each in streams(trail)}, [line.split() for line in said.splitlines()])


def _check(report: Report, found: dict[str, Sound], said: list[list[str]]) -> None:
    counts = report.counts
    counts["streams"] += len(found)
    counts["acknowledged"] += len(said)
    counts["twice"] += len(said) - len({(stream, n) for stream, n, _ in said})
    counts["lost"] += sum(not _is(found, each, lambda record: True) for each in said)
    counts["foreign"] += sum(not _is(found, each, lambda record, name=each[2]: record["e"] == name) for each in said)


def _is(found: dict[str, Sound], line: list[str], true: Callable[..., bool]) -> bool:
    records = found[line[0]].records if line[0] in found else []
    return int(line[1]) < len(records) and true(records[int(line[1])])


if __name__ == "__main__":
    sys.exit(command(run, 10_000, round_of=200))
