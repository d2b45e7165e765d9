"""The laws of what is shipped: parts, times, batches."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.spooled import Spooled

from vedette.signals.logs import project
from vedette.trail.files.follow import groups
from vedette.trail.format.content import PART, bodies, escaped, parts
from vedette.trail.format.envelope import encode
from vedette.trail.format.spool import HEADER_SIZE
from vedette.trail.shipping.batch import MOST, MOST_BYTES, batches
from vedette.trail.shipping.item import Item
from vedette.trail.shipping.otlp import request
from vedette.trail.shipping.outgoing import outgoing
from vedette.trail.shipping.place import Place
from vedette.trail.shipping.records import OLDEST, Records, stamp

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@given(TEXT, st.integers(6, 40))
def test_parts_joined_are_the_text_and_none_is_too_large(text: str, room: int) -> None:
    """Whatever is cut, nothing is lost, every part fits, and no part could have held the next character too."""
    pieces = parts(text, room)
    assert "".join(pieces) == text
    assert all(escaped(piece) <= room for piece in pieces)
    assert all(escaped(piece + after[0]) > room for piece, after in pairwise(pieces))


def test_a_large_field_travels_in_bodies_of_at_most_192_kib() -> None:
    """Control characters take six bytes in JSON: the limit holds behind the escaping, not before it."""
    text = "\x00" * 100_000 + "zürich\N{ROCKET}" * 20_000
    sent = [json.loads(body) for body in bodies("ab" * 16, 7, "output", bytes(16), text)]
    assert max(len(body.encode()) for body in bodies("ab" * 16, 7, "output", bytes(16), text)) <= PART
    assert "".join(part["d"] for part in sent) == text
    assert [(part["i"], part["k"]) for part in sent] == [(i, len(sent)) for i in range(len(sent))]
    assert {key: sent[0][key] for key in ("f", "n", "s", "salt", "v", "y")} == {
        "f": "output",
        "n": 7,
        "s": "ab" * 16,
        "salt": "A" * 22,
        "v": 1,
        "y": "content",
    }


def test_a_content_body_is_canonical() -> None:
    """A verifier encodes it again and must get the same bytes."""
    (body,) = bodies("ab" * 16, 0, "input", bytes(16), 'a "quoted"\ttext\x7f')
    assert encode(json.loads(body)).decode() == body


@given(st.lists(st.integers(-(10**18), 10**19), min_size=1, max_size=50))
def test_times_of_a_stream_increase_strictly_within_the_window(wanted: list[int]) -> None:
    """Equal, backward, ancient and future clocks all give an order that a backend keeps."""
    now = 1_795_349_012_000_000_000
    last, seen = 0, []
    for each in wanted:
        last = stamp(each, last, now, int(OLDEST * 10**9))
        seen.append(last)
    assert all(before < after for before, after in pairwise(seen))
    assert all(now - OLDEST * 10**9 <= each <= now + len(wanted) for each in seen)


@given(st.lists(st.integers(0, 300_000), max_size=30), st.integers(1, MOST))
def test_batches_keep_order_and_limits(sizes: list[int], most: int) -> None:
    """Nothing is lost or moved, no batch is too long or too large, and none could have taken the next record."""
    items = [Item("x" * size, "e", 1, 1, {"log.record.uid": str(i)}) for i, size in enumerate(sizes)]
    made = list(batches(items, most))
    assert [item for batch in made for item in batch] == items
    assert all(len(batch) <= most for batch in made)
    assert all(len(batch) == 1 or sum(item.size for item in batch) <= MOST_BYTES for batch in made)
    for batch, after in pairwise(made):
        assert len(batch) == most or sum(item.size for item in [*batch, after[0]]) > MOST_BYTES


def test_the_size_of_an_item_is_never_less_than_its_bytes_on_the_wire(tmp_path: Path) -> None:
    """The limit of 512 KiB is kept on an upper bound."""
    stream = Spooled(tmp_path)
    stream.birth()
    stream.record(content={"input": "zürich" * 1000}, tr="ab" * 16, sp="cd" * 8, b=str(time.time_ns()), d=5)
    stream.checkpoint()
    items = _items(stream)
    empty = len(request(items[:1], {}, "1")) - items[0].size
    for item in items:
        assert len(request([item], {}, "1")) - max(empty, 0) <= item.size + 200


def test_content_comes_before_its_record_and_only_the_record_moves_the_place(tmp_path: Path) -> None:
    """A restart between two parts sends the whole record again: half of one is never taken for all of it."""
    stream = Spooled(tmp_path)
    stream.birth()
    stream.record(content={"input": "a" * 400_000, "output": "b"})
    stream.checkpoint()
    told = [(item.attributes["vedette.type"], item.uid.partition("-")[2], item.after) for item in _items(stream)]
    places = [place for _, _, place in told if place is not None]
    assert [(kind, uid) for kind, uid, _ in told] == [
        ("record", "0"),
        ("content", "1-input-0"),
        ("content", "1-input-1"),
        ("content", "1-input-2"),
        ("content", "1-output-0"),
        ("record", "1"),
        ("checkpoint", "checkpoint-0"),
    ]
    assert [(place.n, place.offset) for place in places][-1] == (2, stream.end)
    assert [place is not None for _, _, place in told] == [True, False, False, False, False, True, True]


def test_the_index_is_small_and_its_names_do_not_collide(tmp_path: Path) -> None:
    """Loki turns `.` and `-` into `_` and loses one of two equal names; the SDK limit is far above twenty."""
    stream = Spooled(tmp_path)
    facts = {name: "x" for name in ("server.address", "error.type", "user.id", "session.id", "vedette.run.id")}
    facts |= {"gen_ai.request.model": "m", "gen_ai.response.model": "m", "mcp.method.name": "tools/call"}
    facts |= {"gen_ai.operation.name": "o", "gen_ai.provider.name": "p", "gen_ai.agent.name": "a"}
    facts |= {"gen_ai.tool.name": "x" * 300, "http.request.method": "GET", "vedette.auth.result": "denied"}
    stream.record(a=facts)
    (item,) = _items(stream)
    folded = [name.replace(".", "_").replace("-", "_") for name in item.attributes]
    assert len(folded) == len(set(folded)) < 20
    assert all(value != "" and type(value) in (str, int) for value in item.attributes.values())
    assert "gen_ai.tool.name" not in item.attributes  # a shortened value would be a wrong one


def test_a_record_that_cannot_be_told_of_is_shipped_all_the_same(tmp_path: Path) -> None:
    """The body is the record; the index is a convenience."""
    from vedette import guard

    stream = Spooled(tmp_path)
    stream.record(t="not a number")
    guard.loud(False)
    (item,) = _items(stream)
    assert item.body == stream.bodies[0]
    assert item.attributes["log.record.uid"] == f"{stream.id}-0"
    assert guard.faults() == {"ship.project": 1}


def _items(stream: Spooled) -> list[Item]:
    born = {"vedette.lifecycle.phase": "birth"}
    records = Records(stream.id, "test", project, outgoing(born, stream.folder), Place(), None)
    found = groups(stream.folder, 0, HEADER_SIZE, dead=True)
    return [item for group in found for item in records.items(group)]
