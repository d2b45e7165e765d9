"""T10. A torn tail at every byte of the last frames; every bit of a record flipped; sectors swapped.

A torn tail leaves a clean prefix and no verdict of damage; any change of what is sealed is found, and named.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from tests.torture.report import Report, command
from vedette.event import Event, Kind
from vedette.trail import Trail
from vedette.trail.format.spool import ENVELOPE, HEADER_SIZE, Segment, read_segment, segment_files, stream_folders
from vedette.trail.proving import verify as verifier
from vedette.trail.proving.verdicts import GRADES, Grade
from vedette.trail.proving.verdicts import Report as Verified
from vedette.trail.sources import segments

ZERO = ("false_damage", "not_a_prefix", "undetected", "unnamed")
SECTOR = 512


class Bench:
    """A small trail whose one segment is written anew for each case."""

    def __init__(self, folder: Path) -> None:
        trail = Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"))
        for i in range(12):
            content = {"input": f"{i} " * 20, "output": f"{i}" * 40}
            trail.append(Event(kind=Kind.TOOL, name=f"t{i}", content=content))
            if i == 7:
                trail.seal()
        self.sealed = self._end(folder)
        trail.close("stop")
        (stream,) = stream_folders(folder)
        (self.path,) = segment_files(stream)
        self.folder = folder
        self.whole = self.path.read_bytes()
        self.segment: Segment = read_segment(self.path)
        self.bodies = list(segments(folder))

    @staticmethod
    def _end(folder: Path) -> int:
        (stream,) = stream_folders(folder)
        return read_segment(segment_files(stream)[0]).end

    def verified(self, data: bytes) -> tuple[Verified, list[str]]:
        """What the verifier says of the segment with `data` in it, and the bodies that are read from it."""
        self.path.write_bytes(data)
        return verifier.verify(segments(self.folder)), list(segments(self.folder))


def run(scale: int, chance: random.Random) -> Report:
    report = Report("torn", zero=ZERO, least={"cuts": scale // 4, "flips": scale // 2, "swaps": scale // 8})
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder) / "trail")
        for at, tail in _sampled(_cuts(bench), scale * 3 // 8, chance):
            _cut(bench, at, tail, report)
        for at, bit in _sampled(_bits(bench), scale // 2, chance):
            _flip(bench, at, bit, report)
        for one, other in _sampled(_sectors(bench), max(scale // 8, 1), chance):
            _swap(bench, one, other, report)
    return report


def _sampled(cases: list[tuple[int, int]], count: int, chance: random.Random) -> list[tuple[int, int]]:
    """All of them, if there are not more than `count`; over again, if there are fewer."""
    if len(cases) > count:
        return chance.sample(cases, count)
    return [cases[i % len(cases)] for i in range(count)]


def _cuts(bench: Bench) -> list[tuple[int, int]]:
    """Every byte of what lies behind the last checkpoint but one, without and with a tail of zeros."""
    return [(at, tail) for at in range(bench.sealed, len(bench.whole)) for tail in (0, 4096)]


def _cut(bench: Bench, at: int, tail: int, report: Report) -> None:
    report.counts["cuts"] += 1
    found, bodies = bench.verified(bench.whole[:at] + bytes(tail))
    records = [body for body in bodies if '"y":' not in body]
    expected = [body for body in bench.bodies if '"y":' not in body]
    report.counts["not_a_prefix"] += records != expected[: len(records)]
    bad = [each for each in found.verdicts if GRADES[each.name] is Grade.BROKEN]
    report.counts["false_damage"] += bool(bad)
    report.notes += [f"cut {at}+{tail}: {each}" for each in bad[:1]][: 3 - len(report.notes)]


def _bits(bench: Bench) -> list[tuple[int, int]]:
    """Every bit of one sealed record: its content frames and its envelope, heads included."""
    envelopes = [frame for frame in bench.segment.frames if frame.type == ENVELOPE]
    return [(at, bit) for at in range(envelopes[4].end, envelopes[5].end) for bit in range(8)]


def _flip(bench: Bench, at: int, bit: int, report: Report) -> None:
    """Record 5, or its content, is named, or the number of the frame that cannot be read."""
    report.counts["flips"] += 1
    data = bytearray(bench.whole)
    data[at] ^= 1 << bit
    found, _ = bench.verified(bytes(data))
    report.counts["undetected"] += found.exit_code != 2
    report.counts["unnamed"] += not any(each.detail.split(" ")[0] in ("5", "6") for each in found.verdicts)


def _sectors(bench: Bench) -> list[tuple[int, int]]:
    end = bench.sealed // SECTOR
    return [(one, other) for one in range(1, end) for other in range(one + 1, end)]


def _swap(bench: Bench, one: int, other: int, report: Report) -> None:
    report.counts["swaps"] += 1
    data = bytearray(bench.whole)
    first, second = slice(one * SECTOR, (one + 1) * SECTOR), slice(other * SECTOR, (other + 1) * SECTOR)
    data[first], data[second] = data[second], data[first]
    report.counts["undetected"] += bench.verified(bytes(data))[0].exit_code != 2


if __name__ == "__main__":
    assert HEADER_SIZE < SECTOR
    sys.exit(command(run, 3_000))
