"""The attack matrix (docs/trail-format.md): what a verifier says to each attack, exactly; from segments and from lines.

Three streams of 102 records, a checkpoint every 16, the host key pinned. Each row is shown three times over: with a
host log that a witness has seen, which has met each stream at its birth and at the last checkpoint before its close;
with that host log alone, whose heads count as well; and without any, where rows 5, 9, 11 and 18 have less to say.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import trail_forge as forge
from tests.stores import elastic, filled, loki
from tests.trail_forge import Host, Item, Stream

from vedette.trail import sources
from vedette.trail.hosting.anchors.trust import trust
from vedette.trail.proving.verify import Beside, Report, verify

Attack = Callable[[list[Stream]], None]


def from_segments(streams: list[Stream], log: Host | None, beside: Beside, path: Path) -> Report:
    return verify(sources.segments(forge.folder(path / "trail", *streams, log=log)), beside)


def from_lines(streams: list[Stream], log: Host | None, beside: Beside, path: Path) -> Report:
    """Exported, shuffled and with repeats, half as plain lines and half as OTLP-JSON."""
    bodies = forge.lines(*streams, *([log] if log else []))
    random.Random(7).shuffle(bodies)
    bodies += bodies[::5]
    half = len(bodies) // 2
    file = path / "export.jsonl"
    file.write_text("\n".join([*bodies[:half], forge.exported(bodies[half:])]) + "\n")
    with file.open("rb") as opened:
        return verify(sources.lines(opened), beside)


def told(report: Report, streams: list[Stream]) -> set[str]:
    """The verdicts with `S0` for a stream's id, without what is true of every trail in a temporary folder."""
    found = {str(each) for each in report.verdicts} - {"ephemeral"}
    for each in streams:
        found = {text.replace(each.id, "S?" if each.twin else f"S{each.ordinal}") for text in found}
    return found


def alter(item: Item) -> Item:
    return item.changed(a={**item.value["a"], "gen_ai.tool.name": "other"})


def record(stream: Stream, n: int) -> Item:
    return stream.at("record", n)


def nothing(streams: list[Stream]) -> None:
    """Row 0."""


def alter_40(streams: list[Stream]) -> None:
    streams[0].swap(record(streams[0], 40), alter(record(streams[0], 40)))


def alter_first_of_interval(streams: list[Stream]) -> None:
    streams[0].swap(record(streams[0], 33), alter(record(streams[0], 33)))


def alter_last_record(streams: list[Stream]) -> None:
    streams[0].swap(record(streams[0], 101), alter(record(streams[0], 101)))


def alter_neighbours(streams: list[Stream]) -> None:
    for n in (40, 41):
        streams[0].swap(record(streams[0], n), alter(record(streams[0], n)))


def alter_two_places(streams: list[Stream]) -> None:
    for n in (35, 44):
        streams[0].swap(record(streams[0], n), alter(record(streams[0], n)))


def delete(*numbers: int) -> Attack:
    def attack(streams: list[Stream]) -> None:
        streams[0].drop(*(record(streams[0], n) for n in numbers))

    return attack


def cut_with_checkpoints(streams: list[Stream]) -> None:
    streams[0].cut(97)


def roll_back(streams: list[Stream]) -> None:
    streams[0].cut(49)


def swap_and_renumber(streams: list[Stream]) -> None:
    one, other = record(streams[0], 40), record(streams[0], 41)
    streams[0].swap(one, other.changed(n=40))
    streams[0].swap(other, one.changed(n=41))


def swap_and_chain_anew(streams: list[Stream]) -> None:
    one, other = record(streams[0], 40), record(streams[0], 41)
    first = other.changed(n=40, p=one.value["p"])
    streams[0].swap(one, first)
    streams[0].swap(other, one.changed(n=41, p=forge.b64u(forge.leaf(first.body))))


def twin_before(streams: list[Stream]) -> None:
    true = record(streams[0], 40)
    streams[0].swap(true, alter(true), true)


def twin_behind(streams: list[Stream]) -> None:
    true = record(streams[0], 40)
    streams[0].swap(true, true, alter(true))


def move(streams: list[Stream]) -> None:
    """With its content, as lines carry it."""
    moved = [each for each in streams[0].items if each.n == 40 and each.sort in ("record", "content")]
    streams[0].drop(*moved)
    target = streams[1]
    target.swap(record(target, 40), record(target, 40), *(each.changed(s=target.id) for each in moved))


def drop_stream(streams: list[Stream]) -> None:
    del streams[1]


def drop_newest_stream(streams: list[Stream]) -> None:
    del streams[2]


def rewrite_with_current_key(streams: list[Stream]) -> None:
    """A thief at the end holds the last key: history anew from record 1 on, each checkpoint signed with it."""
    true = streams[0]
    stolen = true.key(true.index - 1)
    thief = Stream(0, keys={0: true.key(0), **dict.fromkeys(range(1, 9), stolen)}, host=None)
    for item in true.items:
        if item.sort == "record":
            facts = {key: value for key, value in item.value.items() if key not in ("p", "c", "s", "n")}
            thief.record(**(facts if item.n == 0 else {**facts, "e": "rewritten"}))
    thief.checkpoint(last=True)
    thief.swap(thief.at("checkpoint", 0), true.at("checkpoint", 0))
    streams[0] = thief


def invent_with_host_key(streams: list[Stream]) -> None:
    """With an id of its own, in the place of a true one."""
    streams[0] = forge.stream(0, records=80, twin="invented")


def delete_checkpoint(streams: list[Stream]) -> None:
    streams[0].drop(streams[0].at("checkpoint", 3))


def edit_checkpoint(streams: list[Stream]) -> None:
    one = streams[0].at("checkpoint", 3)
    streams[0].swap(one, one.changed(note=one.value["note"].replace("\n49\n", "\n48\n")))


def two_heads(streams: list[Stream]) -> None:
    one, true = streams[0], streams[0].at("checkpoint", 2)
    other = one.line(2, one.note(2, size=33, top=bytes(32)), ())
    one.swap(true, other, true)


def garbage_head(streams: list[Stream]) -> None:
    one = streams[0].at("checkpoint", 2)
    streams[0].swap(one, one.changed(note=one.value["note"].replace("\n33\n", "\n32\n")), one)


def append_after_close(streams: list[Stream]) -> None:
    streams[0].record(k="tool", e="late").checkpoint()


def edit_content(streams: list[Stream]) -> None:
    one = streams[0].at("content", 40, "input")
    forged = forge.replace(one.changed(d="asked 41"), payload=one.payload.replace(b"asked 40", b"asked 41"))
    streams[0].swap(one, forged)


def delete_content(streams: list[Stream]) -> None:
    streams[0].drop(streams[0].at("content", 40, "input"))


def erase_content(streams: list[Stream]) -> None:
    """By rule: a sealed record says so, here in another stream."""
    delete_content(streams)
    facts = {"vedette.lifecycle.phase": "erasure", "vedette.erasure.stream": streams[0].id}
    facts |= {"vedette.erasure.seq": 40, "vedette.erasure.field": "input"}
    eraser = forge.stream(3, records=20, closed=False).record(k="lifecycle", a=facts).checkpoint(last=True)
    streams.append(eraser)


def erase_without_seal(streams: list[Stream]) -> None:
    erase_content(streams)
    streams[3].drop(streams[3].items[-1])


def reserialise(streams: list[Stream]) -> None:
    one = record(streams[0], 40)
    streams[0].swap(one, forge.replace(one, body=json.dumps(one.value, sort_keys=True, ensure_ascii=False)))


def replace_without_host_key(streams: list[Stream]) -> None:
    streams[0] = forge.stream(0, host=None, twin="replaced")


Row = tuple[str, Attack, set[str]] | tuple[str, Attack, set[str], set[str]]

MATRIX: list[Row] = [
    ("0", nothing, set()),
    ("1", alter_40, {"altered-record S0 40"}),
    ("1 first of an interval", alter_first_of_interval, {"altered-record S0 33"}),
    ("1 last of all", alter_last_record, {"altered-record S0 101"}),
    ("1 neighbours", alter_neighbours, {"altered-record S0 40", "altered-record S0 41"}),
    ("1 two places", alter_two_places, {"altered-record S0 35", "altered-record S0 44"}),
    ("2", delete(40), {"missing-record S0 40"}),
    ("2 first of an interval", delete(33), {"missing-record S0 33"}),
    ("2 last of an interval", delete(48), {"missing-record S0 48"}),
    ("2 birth", delete(0), {"missing-record S0 0"}),
    ("2 close", delete(101), {"missing-record S0 101"}),
    ("2 two places", delete(35, 44), {"missing-record S0 35", "missing-record S0 44"}),
    ("3", delete(97, 98, 99, 100, 101), {"missing-record S0 97-101"}),
    ("4", cut_with_checkpoints, {"stream-not-closed S0"}),
    ("5", roll_back, {"stream-not-closed S0"}, {"stream-not-closed S0", "rollback-vs-anchor S0 49<97"}),
    (
        "6",
        swap_and_renumber,
        {"altered-record S0 40", "altered-record S0 41", "content-mismatch S0 40", "content-mismatch S0 41"},
    ),
    (
        "6 chained anew",
        swap_and_chain_anew,
        {"altered-record S0 40", "altered-record S0 41", "content-mismatch S0 40", "content-mismatch S0 41"},
    ),
    ("7 before", twin_before, {"conflicting-record S0 40"}),
    ("7 behind", twin_behind, {"conflicting-record S0 40"}),
    ("8", move, {"missing-record S0 40", "conflicting-record S1 40", "content-mismatch S1 40"}),
    ("9", drop_stream, {"missing-stream 1"}, {"missing-stream 1", "anchored-stream-missing S1"}),
    ("9 newest", drop_newest_stream, set(), {"anchored-stream-missing S2"}),
    ("10", rewrite_with_current_key, {"bad-checkpoint-signature S0 1"}),
    ("11", invent_with_host_key, set(), {"anchored-stream-missing S0"}),
    ("12", delete(40, 41, 42, 43), {"missing-record S0 40-43"}),
    ("12 over a checkpoint", delete(47, 48, 49, 50), {"missing-record S0 47-50"}),
    ("13 deleted", delete_checkpoint, {"missing-checkpoint S0 3"}),
    ("13 edited", edit_checkpoint, {"bad-checkpoint-signature S0 3"}),
    ("14 two heads", two_heads, {"equivocation S0 2"}),
    ("14 garbage", garbage_head, {"forged-checkpoint S0 2"}),
    ("15", append_after_close, {"forged-checkpoint S0 8", "unsealed-tail S0 1"}),
    ("16 edited", edit_content, {"content-mismatch S0 40 input"}),
    ("16 deleted", delete_content, {"content-missing S0 40 input"}),
    ("16 erased", erase_content, {"content-erased S0 40 input"}),
    (
        "16 erased, not sealed",
        erase_without_seal,
        {"content-missing S0 40 input", "stream-not-closed S3", "unsealed-tail S3 3"},
    ),
    ("17", reserialise, {"not-canonical S0 40", "missing-record S0 40"}),
    (
        "18",
        replace_without_host_key,
        {"bad-checkpoint-signature S? 0", "missing-stream 0"},
        {"bad-checkpoint-signature S? 0", "missing-stream 0", "anchored-stream-missing S0"},
    ),
]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def from_loki(streams: list[Stream], log: Host | None, beside: Beside, path: Path) -> Report:
    """Each stream a Loki stream, with repeats, paged back."""
    with loki.running(filled.loki(*streams, *([log] if log else []))) as address:
        return verify(sources.open_source(f"loki:{address}"), beside)


def from_elastic(streams: list[Stream], log: Host | None, beside: Beside, path: Path) -> Report:
    """Shuffled documents with repeats, read back from a point in time."""
    with elastic.running(filled.elastic(*streams, *([log] if log else []), opensearch=True)) as address:
        return verify(sources.open_source(f"opensearch:{address}/logs-vedette"), beside)


SOURCES = [from_segments, from_lines]
STORES = [from_loki, from_elastic]
PINNED = Beside(host_keys=forge.HOST_KEYS)


def anchored() -> Beside:
    return Beside(host_keys=forge.HOST_KEYS, anchors=trust([forge.witness_anchor()]))


def whole() -> tuple[list[Stream], Host]:
    """Three streams, and the host log that has seen them."""
    streams = [forge.stream(ordinal) for ordinal in range(3)]
    log = forge.host(*streams)
    log.anchored(forge.BEGIN // 10**9 + 100)
    return streams, log


@pytest.mark.parametrize("verified", [*SOURCES, *STORES])
@pytest.mark.parametrize("row", MATRIX, ids=[row[0] for row in MATRIX])
def test_row_with_anchors(row: Row, verified: Callable[..., Report], tmp_path: Path) -> None:
    """Each row gives these verdicts, no more and no fewer."""
    streams, log = whole()
    every = [*streams]
    row[1](streams)
    assert told(verified(streams, log, anchored(), tmp_path), [*every, *streams]) == row[-1]


@pytest.mark.parametrize("verified", SOURCES)
@pytest.mark.parametrize("row", MATRIX, ids=[row[0] for row in MATRIX])
def test_row_with_a_host_log_alone(row: Row, verified: Callable[..., Report], tmp_path: Path) -> None:
    """The heads of a proven host log count as anchored ones; that nobody has seen the log itself is said."""
    streams, log = whole()
    every = [*streams]
    row[1](streams)
    assert told(verified(streams, log, PINNED, tmp_path), [*every, *streams]) == row[-1] | {"unanchored"}


@pytest.mark.parametrize("verified", SOURCES)
@pytest.mark.parametrize("row", MATRIX, ids=[row[0] for row in MATRIX])
def test_row_without(row: Row, verified: Callable[..., Report], tmp_path: Path) -> None:
    """What the streams alone can tell."""
    streams, _ = whole()
    row[1](streams)
    assert told(verified(streams, None, PINNED, tmp_path), streams) == row[2] | {"unanchored"}
