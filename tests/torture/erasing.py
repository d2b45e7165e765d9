"""T3, T9. Erasures beside writers, both killed at random moments: what was to go is gone, what was to stay is there.

No verdict is ever one of the broken ones, after each kill.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.torture.report import Report, command
from vedette.event import Actor, Event, Kind
from vedette.trail import Trail
from vedette.trail.custody.erase import Wanted, carry_out, plan
from vedette.trail.files import reading
from vedette.trail.format.spool import segment_files, stream_folders
from vedette.trail.proving.verify import verify
from vedette.trail.sources import segments

STAY = ("stay0", "stay1")
GO = tuple(f"gone{number}" for number in range(5))


def opened(folder: Path) -> Trail:
    return Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"))


def write(folder: Path, kill: int, pipe: int) -> None:
    """Records of all users, each with two fields; what was acknowledged goes down the pipe."""
    trail = opened(folder)
    for i in range(10**9):
        user = (*STAY, *GO)[i % 7]
        word = f"<{user}:{kill}:{i}>"
        trail.append(Event(kind=Kind.TOOL, name="t", actor=Actor(user=user), content={"in": word, "out": word * 50}))
        os.write(pipe, f"{word}\n".encode())
        time.sleep(0.0005)


def erase(folder: Path, user: str) -> None:
    trail = opened(folder)
    found = plan(folder, Wanted(users=frozenset({user})))
    if found:
        carry_out(found, trail, "torture", "a kill is near")
    trail.close("stop")


def forked(action: Callable[..., None], *arguments: object) -> int:
    child = os.fork()
    if child:
        return child
    try:
        action(*arguments)
    finally:
        os._exit(0)


def run(kills: int, chance: random.Random) -> Report:
    report = Report("erasing", zero=("broken", "resurrected", "destroyed"), least={"kills": kills // 2})
    counts = report.counts
    with tempfile.TemporaryDirectory() as folder:
        trail, acked = Path(folder) / "trail", set[str]()
        for kill in range(kills):
            reader, writer = os.pipe()
            children = [forked(write, trail, kill, writer), forked(erase, trail, chance.choice(GO))]
            os.close(writer)
            time.sleep(chance.uniform(0.02, 0.12))
            for child in children:
                os.kill(child, signal.SIGKILL)
                counts["kills"] += os.WIFSIGNALED(os.waitpid(child, 0)[1])
            with os.fdopen(reader, errors="replace") as pipe:
                acked |= {line.strip() for line in pipe if line.endswith("\n")}
            counts["broken"] += verify(segments(trail)).exit_code == 2
        for user in GO:
            erase(trail, user)
        _judge(trail, acked, report)
    return report


def _judge(trail: Path, acked: set[str], report: Report) -> None:
    """What lies on disk at the end, against what was acknowledged."""
    disk = b"".join(path.read_bytes() for stream in stream_folders(trail) for path in segment_files(stream))
    kept = {each.content.get("in") for each in reading.records(trail)}
    counts = report.counts
    counts["acknowledged"] = len(acked)
    counts["resurrected"] = disk.count(b"<gone")
    counts["destroyed"] = sum(word not in kept for word in acked if word.startswith("<stay"))
    counts["erased"] = sum(each.name == "content-erased" for each in verify(segments(trail)).verdicts)


def main(arguments: list[str] | None = None) -> int:
    return command(run, 1_000, arguments, round_of=20)


if __name__ == "__main__":
    sys.exit(main())
