"""Makes docs/vectors/*.jsonl, the same each time: `python -m tests.second.vectors`. See docs/vectors/README.md.

What is expected is what the first verifier says; the attack matrix holds it to what it has to say.
"""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests import trail_forge as forge
from tests.second import attacks, odd
from tests.torture import mutate
from tests.trail_forge import Item, Stream
from vedette.trail.proving.verify import verify

FOLDER = Path(__file__).parents[2] / "docs" / "vectors"
OTHER = forge.base64.b64encode(forge.public(forge.seed(9, 9))).decode()
EACH, LARGE, MUTATED = 7, 3, 70
"""Vectors of each attack, of those that add whole streams, and of mutations of lines; for each base."""

Vector = dict[str, Any]


def bare() -> list[Stream]:
    return [forge.stream(0, records=14, every=4), forge.stream(1, records=9, every=4)]


def kept() -> list[Stream]:
    """The same with a host log, and a third stream whose process died: its keeper sealed what was left."""
    dead = forge.stream(2, records=7, every=4, closed=False)
    streams = [*bare(), dead]
    log = forge.host(*streams, every=3).recovered(dead)
    log.checkpoint()
    return [*streams, log]


def life() -> list[Stream]:
    """Everything that lifecycle records tell of: gaps, clocks, erasures, trims, shed and sealed content, policies."""
    one, two = Stream(0, every=4), Stream(1, every=3)
    birth = {"vedette.lifecycle.phase": "birth"}
    one.record(k="lifecycle", a={**birth, "vedette.ordinal": 0})
    one.record({"input": "in three parts, é"}, parts=3, f="intent").record(f="outcome", of=1, c={"shed": ["", 9]})
    one.record({"key": "is not here"})
    one.items[-2] = sealed(one.items[-2])
    one.record({"a": "gone", "b": "stays"}).record({"c": "trimmed"}).record(f="intent")
    one.record(t=str(forge.BEGIN + 90 * 10**9))
    for state in ("open", "closed", "open"):
        one.record(k="lifecycle", a={"vedette.lifecycle.phase": "gap", "vedette.gap.state": state})
    one.checkpoint(last=True)
    two.record(k="lifecycle", a={**birth, "vedette.ordinal": 1, "vedette.content.policy": "none"})
    two.record({"x": "nowhere"})
    erased = {"vedette.erasure.stream": one.id, "vedette.erasure.runs": "1,4-4", "vedette.erasure.field": "a"}
    two.record(k="lifecycle", a={"vedette.lifecycle.phase": "erasure", **erased})
    trimmed = {
        "vedette.trim.stream": one.id,
        "vedette.trim.first": 5,
        "vedette.trim.last": 5,
        "vedette.trim.what": "content",
    }
    two.record(k="lifecycle", a={"vedette.lifecycle.phase": "trim", **trimmed}).checkpoint(last=True)
    two.drop(two.at("content", 1))
    one.drop(one.at("content", 4, "a"), one.at("content", 5))
    return [one, two]


def sealed(item: Item) -> Item:
    """Content whose key is elsewhere: what is in it cannot be said."""
    value = {key: each for key, each in item.value.items() if key != "salt"}
    body = forge.canonical({**value, "y": "sealed", "key": "0" * 16, "d": forge.b64u(bytes(40))})
    return replace(item, sort="sealed", body=body)


def trimmed(stay: Sequence[int] = (5, 6, 7, 8, 12)) -> list[Stream]:
    """Records 1 to 12 let go by rule, as a stream tells of itself; the birth and all checkpoints stay.

    So do some of them: whoever deletes may die in the middle of it.
    """
    one = forge.stream(0, records=20, every=4, closed=False)
    left = one.at("checkpoint", 3).value["note"].split("\n")
    facts = {"vedette.lifecycle.phase": "trim", "vedette.trim.stream": one.id, "vedette.trim.first": 1}
    facts |= {"vedette.trim.last": 12, "vedette.head.index": 3, "vedette.head.size": 13}
    facts |= {"vedette.head.root": forge.b64u(forge.base64.b64decode(left[2])), "vedette.head.next": left[3][5:]}
    one.record(k="lifecycle", a=facts).record(k="lifecycle", a={"vedette.lifecycle.phase": "close"}).checkpoint(
        last=True
    )
    gone = set(range(1, 13)) - set(stay)
    one.drop(*(each for each in one.items if each.sort != "checkpoint" and each.n in gone))
    return [one]


BASES = {"bare": bare, "kept": kept, "life": life, "trimmed": trimmed}


def made() -> Iterator[dict[str, Any]]:
    """Bases and vectors, in the order of the file."""
    for name, base in BASES.items():
        lines = forge.lines(*base())
        yield {"base": name, "lines": lines, "host_keys": forge.HOST_KEYS}
        yield from _plain(name, lines)
        yield from _attacked(name, lines)
        yield from _mutated(name, lines)
    yield from _odd()
    yield vector("trimmed: all of it", "trimmed", forge.lines(*trimmed()), forge.lines(*trimmed(())))
    yield vector("bare: nothing", "bare", forge.lines(*bare()), [])


def _odd() -> Iterator[Vector]:
    for name, bodies in odd.spelled(forge.lines(*bare())):
        yield vector(f"bare: {name}", "bare", forge.lines(*bare()), bodies)
    for name, streams in (("told", odd.told()), ("twice sealed", odd.twice_sealed())):
        lines = forge.lines(*streams)
        yield {"base": name, "lines": lines, "host_keys": forge.HOST_KEYS}
        yield from _plain(name, lines)


def _plain(name: str, lines: Sequence[str]) -> Iterator[Vector]:
    yield vector(f"{name}: whole", name, lines, lines)
    yield vector(f"{name}: reversed, every line twice", name, lines, lines, reverse=True, twice=True)
    yield vector(f"{name}: no host key pinned", name, lines, lines, host_keys={})
    yield vector(f"{name}: keys pinned, none for it", name, lines, lines, host_keys={"other.example/x/host": OTHER})
    yield vector(f"{name}: another host key pinned for all", name, lines, lines, host_keys={"*": OTHER})


def _attacked(name: str, lines: Sequence[str]) -> Iterator[Vector]:
    for attack in attacks.ATTACKS:
        for seed in range(LARGE if attack in (attacks.rewrite, attacks.replaced) else EACH):
            streams = copy.deepcopy(BASES[name]())
            attack(streams, random.Random(f"{name} {attack.__name__} {seed}"))
            yield vector(f"{name}: {attack.__name__} {seed}", name, lines, forge.lines(*streams))


def _mutated(name: str, lines: Sequence[str]) -> Iterator[Vector]:
    for seed in range(MUTATED):
        bodies = mutate.some_lines(list(lines), random.Random(f"{name} {seed}"))
        yield vector(f"{name}: mutated {seed}", name, lines, bodies)


def vector(
    name: str,
    base: str,
    lines: Sequence[str],
    bodies: Sequence[str],
    *,
    reverse: bool = False,
    twice: bool = False,
    host_keys: Mapping[str, str] | None = None,
) -> Vector:
    """`bodies` as what is taken from the base and what is added, before it where that is how they stand."""
    left = Counter(bodies)
    drop = [at for at, line in enumerate(lines) if left[line] < 1 or left.subtract([line])]
    added = list(left.elements())
    early = [each for each in added if not lines or bodies.index(each) < len(bodies) // 2]
    found: Vector = {
        "vector": name,
        "base": base,
        "drop": drop,
        "first": early,
        "last": [each for each in added if each not in early],
    }
    found = {key: value for key, value in found.items() if value != []}
    found |= {"reverse": True} if reverse else {}
    found |= {"twice": True} if twice else {}
    found |= {"host_keys": dict(host_keys)} if host_keys is not None else {}
    return found | expected(found, lines, forge.HOST_KEYS)


def bodies_of(found: Vector, lines: Sequence[str]) -> list[str]:
    drop = set(found.get("drop", ()))
    bodies = [
        *found.get("first", ()),
        *(line for at, line in enumerate(lines) if at not in drop),
        *found.get("last", ()),
    ]
    bodies = bodies * 2 if found.get("twice") else bodies
    return bodies[::-1] if found.get("reverse") else bodies


def expected(found: Vector, lines: Sequence[str], host_keys: Mapping[str, str]) -> Vector:
    """What the first verifier says."""
    report = verify(bodies_of(found, lines), host_keys=found.get("host_keys", host_keys))
    return {"verdicts": sorted(str(each) for each in report.verdicts), "exit": report.exit_code}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in made()]
    (FOLDER / "trail-1.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
