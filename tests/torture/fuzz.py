"""T17: mutated exports and segments into the verifier: no crash, no input above a second, never a false "whole".

    python -m tests.torture.fuzz --scale COUNT --seed SEED

Whole is false where a body that was signed did not come, or a record came that was not. What is repeated, reordered,
or no part of a trail does not make it false. Every input is made from its number and the seed, so that one that fails
can be made again.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from itertools import islice, takewhile
from pathlib import Path

from tests import trail_forge as forge
from tests.torture import mutate
from vedette.trail import sources
from vedette.trail.files.rest import Locked
from vedette.trail.format import notes
from vedette.trail.proving.known import Source
from vedette.trail.proving.verify import render, verify

SLOWEST = 1.0
BATCH = 2_000
TELL = 100_000
_MEMORY = "/dev/shm"
SHORT, LONG = 100_000, 10_000_000


class Kept(Source):
    """A source that remembers what it yielded."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self.known = source.known
        self.bodies: list[str] = []

    def where(self) -> str:
        return self._source.where()

    def __iter__(self) -> Iterator[str]:
        for body in self._source:
            self.bodies.append(body)
            self.index = self._source.index
            yield body


@cache
def bases() -> list[list[forge.Stream]]:
    """Small trails: one stream, two, content in parts and a gap, a host log; all closed and whole."""
    plain = forge.stream(0, records=5, every=3)
    two = [forge.stream(0, records=3, every=2), forge.stream(1, records=3, every=2)]
    life = forge.Stream(0, every=3)
    life.record(k="lifecycle", a={"vedette.lifecycle.phase": "birth", "vedette.ordinal": 0})
    life.record({"input": "in two parts"}, parts=2, f="intent")
    life.record(k="lifecycle", a={"vedette.lifecycle.phase": "gap", "vedette.gap.state": "closed"})
    life.record({"output": "é\u2028\x00"}, f="outcome", of=1).checkpoint(last=True)
    return [[plain], two, [life], _kept()]


def _kept() -> list[forge.Stream]:
    """A stream that was closed, with the host log that met it."""
    one = forge.stream(0, records=3, every=2)
    return [one, forge.host(one, every=4).checkpoint()]


def lines(chance: random.Random, streams: Sequence[forge.Stream], folder: Path) -> Source:
    made = mutate.some_lines(forge.lines(*streams), chance)
    return sources.lines(io.BytesIO("\n".join(made).encode("utf-8", "replace")))


def raw(chance: random.Random, streams: Sequence[forge.Stream], folder: Path) -> Source:
    return sources.lines(io.BytesIO(mutate.some_bytes("\n".join(forge.lines(*streams)).encode(), chance)))


def export(chance: random.Random, streams: Sequence[forge.Stream], folder: Path) -> Source:
    whole = forge.exported(mutate.some_lines(forge.lines(*streams), chance)).encode("utf-8", "replace")
    return sources.lines(io.BytesIO(mutate.some_bytes(whole, chance) if chance.random() < 0.5 else whole))


def segments(chance: random.Random, streams: Sequence[forge.Stream], folder: Path) -> Source:
    shutil.rmtree(folder / "trail", ignore_errors=True)
    for one in streams:
        host = isinstance(one, forge.Host)
        place = folder / "trail" / ("host" if host else f"streams/{one.ordinal:08d}")
        place.mkdir(parents=True)
        (place / "lock").touch()
        (place / "000000.seg").write_bytes(mutate.some_frames(forge.segment(one), chance))
    return sources.segments(folder / "trail")


WAYS: tuple[Callable[..., Source], ...] = (*[lines] * 6, raw, raw, export, segments)


def one(number: int, seed: int, folder: Path) -> tuple[str, str]:
    """What came of input `number`, and what is wrong with that; "" = nothing."""
    chance = random.Random(seed * 2**40 + number)
    streams = bases()[number % len(bases())]
    source = Kept(chance.choice(WAYS)(chance, streams, folder))
    begin = time.thread_time()
    try:
        report = verify(source, host_keys=forge.HOST_KEYS)
    except Locked:  # a frame that says it is encrypted, and no key: no answer, in one line
        return "LOCKED", ""
    if number % 8 == 0:
        render(report)
    took = time.thread_time() - begin
    if took > SLOWEST:
        return report.grade.name, f"took {took:.1f} s"
    return report.grade.name, _false(source.bodies, streams) if report.whole else ""


def _false(came: Sequence[str], streams: Sequence[forge.Stream]) -> str:
    """Why a whole report is wrong. That the newest stream is not there at all cannot be seen where lines are read."""
    signed = _bodies(streams, parts=True)
    here = {_essence(body) for body in came}
    lost = min((each - here for each in (signed, _bodies(streams, parts=False))), key=len)
    newest = _bodies(streams[-1:], parts=True)
    if lost and not (lost >= newest and lost <= newest | _bodies(streams[-1:], parts=False)):
        return f"whole, but {len(lost)} bodies are missing: {min(lost)[:80]}"
    ids = {each.id for each in streams}
    true = {each.body for one in streams for each in one.items}
    strange = [body for body in here - true if _is_record_of(body, ids)]
    return f"whole, but there is a record more: {strange[0][:80]}" if strange else ""


def _bodies(streams: Sequence[forge.Stream], *, parts: bool) -> set[str]:
    """What was signed and must be there; content in the parts it was shipped in, or whole, as segments give it.

    The end of a host log may be cut off unseen where no anchor has seen it, so nothing of it must be there.
    """
    items = [each for one in streams if not isinstance(one, forge.Host) for each in one.items]
    if parts:
        return {_essence(each.body) for each in items}
    whole = {_essence(each.body) for each in items if each.sort != "content"}
    for each in items:
        if each.sort == "content":
            text = each.payload[17 + len(each.field) :].decode()
            whole |= {forge.content(each.stream, each.n, each.field, text)[0].body}
    return whole


def _essence(body: str) -> str:
    """Of a checkpoint what is signed: its line may have other peaks or more signatures, and say the same."""
    try:
        value = json.loads(body)
        return (
            f"{value['s']} {value['i']} {value['note'].rpartition(chr(10) * 2)[0]}"
            if value["y"] == "checkpoint"
            else body
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return body


def _is_record_of(body: str, ids: set[str]) -> bool:
    try:
        value = json.loads(body)
        n, version = value["n"], value["v"]
        return (
            value["s"] in ids
            and "y" not in value
            and type(n) is type(version) is int
            and 0 <= n < 2**53
            and version == 1
        )
    except (ValueError, KeyError, TypeError):
        return False


def batch(begin: int, seed: int, count: int) -> tuple[Counter[str], list[str]]:
    """Inputs from `begin` on: their grades, and what is wrong."""
    grades: Counter[str] = Counter()
    wrong = []
    with tempfile.TemporaryDirectory(dir=_MEMORY if Path(_MEMORY).is_dir() else None) as folder, _remembered():
        for number in range(begin, begin + count):
            try:
                grade, problem = one(number, seed, Path(folder))
            except Exception as error:
                grade, problem = "CRASH", f"{type(error).__name__}: {error}"
            grades[grade] += 1
            wrong += [f"input {number}: {problem}"] if problem else []
    return grades, wrong


def run(count: int, seed: int = 1, jobs: int = 1, seconds: float = 0) -> tuple[Counter[str], list[str]]:
    """`count` inputs in batches, on `jobs` processes; or as many as begin within so many seconds (0 = all)."""
    end = time.monotonic() + seconds if seconds else math.inf
    begins = takewhile(lambda _: time.monotonic() < end, range(0, count, BATCH))
    work = partial(_batch, seed=seed, count=count)
    grades: Counter[str] = Counter()
    wrong: list[str] = []
    with multiprocessing.get_context("spawn").Pool(jobs) if jobs > 1 else _Alone() as pool:
        while some := list(pool.imap_unordered(work, islice(begins, jobs))):
            for graded, problems in some:
                grades += graded
                wrong += problems
            _tell(grades, wrong)
    return grades, wrong


def _tell(grades: Counter[str], wrong: Sequence[str]) -> None:
    """What is wrong, at once, and now and then how far it is: a run that is stopped leaves its counts."""
    if wrong or grades.total() % TELL < BATCH:
        print(f"so far: inputs={grades.total()} wrong={len(wrong)}", *wrong[:3], file=sys.stderr, flush=True)


def _batch(begin: int, seed: int, count: int) -> tuple[Counter[str], list[str]]:
    return batch(begin, seed, min(BATCH, count - begin))


@contextmanager
def _remembered() -> Iterator[None]:
    """Signatures are checked once for each key, text and signature: most are the same in each input."""
    true, notes.verifies = notes.verifies, lru_cache(maxsize=4096)(notes.verifies)
    try:
        yield
    finally:
        notes.verifies = true


class _Alone:
    """A pool of this process."""

    imap_unordered = staticmethod(map)

    def __enter__(self) -> _Alone:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=LONG, help="so many inputs")
    parser.add_argument("--minutes", type=float, default=0, help="as many of them as begin within so many minutes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count(), help="processes")
    args = parser.parse_args(arguments)
    begin = time.monotonic()
    grades, wrong = run(args.scale, args.seed, args.jobs, args.minutes * 60)
    told = " ".join(f"{grade.lower().replace('_', '-')}={number}" for grade, number in grades.most_common())
    print(f"fuzz: inputs={grades.total()} {told} wrong={len(wrong)} ({time.monotonic() - begin:.0f} s)")
    print("\n".join(wrong[:20]), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
