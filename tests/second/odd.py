"""What seeds do not come upon: numbers spelled in other ways, facts of other types, clocks, weak disks."""

from __future__ import annotations

from collections.abc import Iterator

from tests import trail_forge as forge
from tests.trail_forge import Stream

SPELLINGS = ('"n":2.0', '"n":-2', '"n":2e0', '"n":-0', '"n":"2"', '"n":null', '"n":9007199254740992', '"n":1e400')
VERSIONS = ('"v":1.0', '"v":true', '"v":"1"', '"v":2', '"v":1e0', '"v":10e-1', '"v":null')
SORTS = ('"y":null', '"y":5', '"y":""', '"y":["content"]', '"y":"proof"')


def told() -> list[Stream]:
    """Facts that some reader may take for what they are not; clocks that were set, told of by `clock` records."""
    one, two = Stream(0, every=4), Stream(1, every=4)
    birth = {"vedette.lifecycle.phase": "birth"}
    one.record(k="lifecycle", a={**birth, "vedette.ordinal": 0, "vedette.disk": "weak"})
    for step in (0, 0, 90, 90, 0, 0):
        one.record({"input": "é"}, t=str(forge.BEGIN + (len(one.leaves) + step) * 10**9))
    for _ in range(2):
        one.record(k="lifecycle", a={"vedette.lifecycle.phase": "clock"})
    one.record(k="finding", a={"security_rule.name": "fork-of-log"}).record(t="9" * 19, m="x").checkpoint(last=True)
    two.record(k="lifecycle", a={**birth, "vedette.ordinal": 1})
    for facts in ERASURES:
        erased = {"vedette.lifecycle.phase": "erasure", "vedette.erasure.stream": one.id}
        two.record(k="lifecycle", a={**erased, **facts})
    two.checkpoint(last=True)
    one.drop(*(each for each in one.items if each.sort == "content"))
    return [one, two]


ERASURES: tuple[dict[str, object], ...] = (
    {"vedette.erasure.runs": "\N{ARABIC-INDIC DIGIT ONE}"},
    {"vedette.erasure.runs": "2-2,", "vedette.erasure.field": 7},
    {"vedette.erasure.runs": f"{'9,' * 2000}3"},
    {"vedette.erasure.runs": "5-4,+4,4 "},
    {"vedette.erasure.seq": "5", "vedette.erasure.field": "input"},
    {"vedette.erasure.seq": 6, "vedette.erasure.field": "other"},
)


def spelled(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """A record, and a checkpoint, with one member spelled in another way: (what, bodies)."""
    record = next(each for each in lines if '"n":2,' in each and '"y":' not in each)
    head = next(each for each in lines if '"i":1,' in each and '"y":"checkpoint"' in each)
    made = [(record, record.replace('"n":2', each)) for each in SPELLINGS]
    made += [(record, record.replace('"v":1', each)) for each in VERSIONS]
    made += [(record, record.replace('"v":1}', f'"v":1,{each}}}')) for each in SORTS]
    made += [(head, head.replace('"i":1', each.replace("n", "i", 1))) for each in SPELLINGS]
    made += [(head, head.replace("\\n\\n", f"\\nx {'😀' * count}\\n\\n")) for count in (10, 16_400)]
    for at, (true, false) in enumerate(made):
        yield f"spelled {at}", [false if each == true else each for each in lines]


def twice_sealed() -> list[Stream]:
    """A host log that was sealed twice at one size, as a keeper does that comes back to a quiet trail."""
    one = forge.stream(0, records=3, every=2)
    log = forge.host(one, every=4).checkpoint()
    log.checkpoint()
    log.items[-2:] = log.items[:-3:-1]
    return [one, log]
