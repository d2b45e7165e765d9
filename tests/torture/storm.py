"""T19. Signals, finalisers and audit hooks that append in the middle of an append: no deadlock, none lost, in order."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from tests.sound import streams
from tests.torture.report import Report, command
from tests.torture.scripts import script

ZERO = ("lost", "not_closed")

STORM = """
    import gc
    from vedette.trail.writing.room import Limits

    seen = {"signal": 0, "finaliser": 0, "audit": 0}

    def inside(what):
        seen[what] += 1
        trail.append(event(what, Kind.INPUT), sync=True)

    class Dying:
        def __init__(self):
            self.me = self
        def __del__(self):
            inside("finaliser")

    def audit(name, args):
        if armed and name == "open" and str(args[0]).endswith(".seg"):  # a roll, in the middle of an append
            inside("audit")

    armed = False
    trail = Trail(folder, birth=birth, limits=Limits(most=512 * 1024))  # small segments: they roll often
    trail.append(event("first"))
    trail._writer.room.count = lambda total: None  # and yet there is room for all of it
    trail._writer.room._base = -(10**12)
    trail._writer.room._weigh()
    sys.addaudithook(audit)
    signal.signal(signal.SIGALRM, lambda number, frame: inside("signal"))
    signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
    gc.set_threshold(50)
    armed, count = True, 0
    while sum(seen.values()) < scale:
        Dying()
        trail.append(event("outer"))
        count += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    gc.collect()
    armed = False
    trail.close("stop")
    print(count, *seen.values())
"""


def run(scale: int, chance: random.Random) -> Report:
    report = Report("storm", zero=ZERO, least={"inside": scale, "signal": scale // 20, "finaliser": 1, "audit": 1})
    with tempfile.TemporaryDirectory() as folder:
        trail = Path(folder) / "trail"
        outer, *inner = map(int, script(trail, STORM, scale, timeout=60 + scale / 50).split())
        (found,) = streams(trail)
    names = [each.get("e") for each in found.records]
    for name, count in zip(("signal", "finaliser", "audit"), inner, strict=True):
        report.counts[name] = count
        report.counts["lost"] += abs(count - names.count(name))
    report.counts["inside"] = sum(inner)
    report.counts["outer"] = outer
    report.counts["lost"] += abs(outer - names.count("outer"))
    report.counts["not_closed"] += not found.closed
    return report


if __name__ == "__main__":
    sys.exit(command(run, 50_000))
