"""The record: known answers, the canonical profile, what is mended, and how large it may grow."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.event import Actor, Event, Kind, Label, Phase, Result
from vedette.trail.format import envelope as env
from vedette.trail.format import size
from vedette.trail.format.commit import committed
from vedette.trail.format.merkle import leaf_hash
from vedette.trail.format.spool import CONTENT, ENVELOPE, encode_frame, scan

STREAM = "000102030405060708090a0b0c0d0e0f"
START = 1795349012000000000


def head(n: int = 1, p: bytes = bytes(32), after: int = 0) -> env.Head:
    return STREAM, n, p, START + after, after


def known_lines() -> list[bytes]:
    """The three records of section 20, made by the code under test."""
    payload = bytes(range(0x10, 0x20)) + b"input\x00" + '{"city":"Zürich"}'.encode()
    birth = Event(kind=Kind.LIFECYCLE, name="birth", facts={"vedette.lifecycle.phase": "birth", "vedette.ordinal": 42})
    tool = {"kind": Kind.TOOL, "name": "", "facts": {"gen_ai.tool.name": "weather"}}
    one = env.record(env.build(birth, head(0, env.genesis(bytes.fromhex(STREAM)), 0), {}))
    two = env.record(
        env.build(
            Event(**tool, phase=Phase.INTENT),
            head(1, leaf_hash(one), 100),
            {"input": [env.commitment(payload), len('{"city":"Zürich"}'.encode())]},
        )
    )
    three = env.record(env.build(Event(**tool, phase=Phase.OUTCOME, of=1), head(2, leaf_hash(two), 200), {}))
    return [one, two, three]


def test_known_answers_of_the_hashes() -> None:
    """Genesis, commitment and content frame are those of trail.md, section 20."""
    payload = bytes(range(0x10, 0x20)) + b"input\x00" + '{"city":"Zürich"}'.encode()
    genesis = "d4a5ae97b4fdbba0b805edbc89db89184f5ef263b75f9ae7dddadae7f7d94d35"
    assert env.genesis(bytes.fromhex(STREAM)).hex() == genesis
    assert env.commitment(payload) == "C_I3hONVMThvcwawNN8ZMzuzvKb2H90RWHUnIBcqPYo"
    assert encode_frame(CONTENT, payload).hex() == (
        "47f233eb2800000002000000101112131415161718191a1b1c1d1e1f696e707574007b2263697479223a225ac3bc72696368227d"
    )
    assert env.split_content(payload) == ("input", '{"city":"Zürich"}'.encode())


def test_known_answers_of_the_records() -> None:
    """The three lines, byte by byte, their leaves, and the frame of the second."""
    lines = known_lines()
    assert [line.decode() for line in lines] == [
        '{"a":{"vedette.lifecycle.phase":"birth","vedette.ordinal":42},"f":"single","k":"lifecycle","m":"0","n":0,'
        f'"p":"1KWul7T9u6C4Be28iduJGE9e8mO3X5rn3dra5_fZTTU","s":"{STREAM}","t":"1795349012000000000","v":1}}',
        '{"a":{"gen_ai.tool.name":"weather"},"c":{"input":["C_I3hONVMThvcwawNN8ZMzuzvKb2H90RWHUnIBcqPYo",18]},'
        '"f":"intent","k":"tool","m":"100","n":1,"p":"xp8A5ECctjv_lG_fSFAmBNRZTAFwPMKykjGnzRdAZm4",'
        f'"s":"{STREAM}","t":"1795349012000000100","v":1}}',
        '{"a":{"gen_ai.tool.name":"weather"},"f":"outcome","k":"tool","m":"200","n":2,"of":1,'
        '"p":"jZ1GRpxLfY7GEGky3Q_tDCS0pNF0yiaPklnIpomMHXk","r":"ok",'
        f'"s":"{STREAM}","t":"1795349012000000200","v":1}}',
    ]
    assert [leaf_hash(line).hex() for line in lines] == [
        "c69f00e4409cb63bff946fdf48502604d4594c01703cc2b29231a7cd1740666e",
        "8d9d46469c4b7d8ec6106932dd0fed0c24b4a4d174ca268f9259c8a6898c1d79",
        "774da5cdede7927c3b4c3f54d8c9e50c7c9632f20733371f90e693036e4cbf17",
    ]
    frame = encode_frame(ENVELOPE, lines[1])
    assert (frame[:12].hex(), len(frame)) == ("36fe658f0601000001000000", 274)
    assert sha256(frame).hexdigest() == "b829162780320fab728d16011eaff9add3fdf193582add08021ad978b4cb09f8"


def test_a_whole_record() -> None:
    """Every member of an envelope, for an operation that has all of them."""
    event = Event(
        kind=Kind.INFERENCE,
        name="chat gpt-5",
        phase=Phase.OUTCOME,
        result=Result.ERROR,
        begin_ns=START,
        duration_ns=7,
        trace_id="ab" * 16,
        span_id="cd" * 8,
        actor=Actor(user="u1", run="r1"),
        facts={"gen_ai.request.model": "gpt-5", "gen_ai.request.stream": True, "server.port": 443},
        labels=(Label("email", "aa", "/0"), Label("email", "bb", "/1"), Label("iban", "cc", "/2")),
        of=8,
    )
    assert env.build(event, head(9), {"input": ["x", 1]}) == {
        "v": 1,
        "s": STREAM,
        "n": 9,
        "p": env.b64u(bytes(32)),
        "t": str(START),
        "m": "0",
        "k": "inference",
        "f": "outcome",
        "e": "chat gpt-5",
        "r": "error",
        "of": 8,
        "b": str(START),
        "d": 7,
        "tr": "ab" * 16,
        "sp": "cd" * 8,
        "w": {"user": "u1", "run": "r1"},
        "a": {"gen_ai.request.model": "gpt-5", "gen_ai.request.stream": True, "server.port": 443},
        "c": {"input": ["x", 1]},
        "q": {"email": 2, "iban": 1},
    }


def test_an_envelope_is_built_in_the_order_of_its_canonical_form() -> None:
    """So that there is nothing to sort, and nobody need know the order twice."""
    event = Event(
        kind=Kind.TOOL,
        name="t",
        begin_ns=START,
        trace_id="ab" * 16,
        span_id="cd" * 8,
        actor=Actor(user="u", session="s", agent="a", run="r"),
        facts={"a": 1},
        labels=(Label("email", "aa", "/0"),),
        of=0,
    )
    built = env.build(event, head(), {"input": ["x", 1]})
    assert list(built) == sorted(built)
    assert list(built["w"]) == sorted(built["w"])


within = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.integers(-env.MAX_INT, env.MAX_INT)
    | st.booleans()
    | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(within)
def test_orjson_and_json_give_the_same_bytes(value: Any) -> None:
    """Within the profile it does not matter who encodes."""
    assert env.standard(value) == orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == env.encode(value)


anything = st.recursive(
    st.text() | st.integers() | st.booleans() | st.none() | st.floats() | st.binary(max_size=3) | st.builds(object),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), anything, max_size=5))
def test_whatever_comes_becomes_canonical(facts: dict[str, Any]) -> None:
    """A record reads back, encodes to the same bytes again, has ASCII keys and no floats."""
    event = Event(kind=Kind.TOOL, name="t", facts=facts)
    line = env.record(env.build(event, head(), {}))
    read = json.loads(line, parse_float=lambda text: pytest.fail(f"a float: {text}"))
    assert env.standard(read) == line
    assert all(name.isascii() for name in read.get("a", {}))


def test_what_is_outside_the_profile_is_mended_and_counted() -> None:
    """A float and a large integer become decimal strings, a lone surrogate U+FFFD; a pair of them is left alone."""
    facts: dict[str, Any] = {"f": 0.5, "i": 2**53, "low": -(2**53), "s": "a\ud800b", "ok": 2**53 - 1, "o": object()}
    line = env.record(env.build(Event(kind=Kind.TOOL, name="x\udfff", facts=facts), head(), {}))
    read = json.loads(line)
    assert {name: read[name] for name in "aefkr"} == {
        "a": {
            "f": "0.5",
            "i": "9007199254740992",
            "low": "-9007199254740992",
            "s": "a\ufffdb",
            "ok": 2**53 - 1,
            "o": "<object>",
            "vedette.mended": 6,
        },
        "e": "x\ufffd",
        "f": "single",
        "k": "tool",
        "r": "ok",
    }


def test_a_lone_surrogate_in_content_is_mended_and_counted() -> None:
    """The content that is committed to is UTF-8; the envelope says that it was changed."""
    frames, commitments, mended = committed({"input": "a\udc00b"}, keep=True)
    (frame,) = scan(frames, 0)
    assert env.split_content(frame.payload) == ("input", "a\ufffdb".encode())
    assert commitments == {"input": [env.commitment(frame.payload), 5]}
    line = env.record(env.build(Event(kind=Kind.TOOL, name="t"), head(), commitments), mended)
    assert json.loads(line)["a"] == {"vedette.mended": 1}


def test_equal_content_has_unequal_commitments() -> None:
    """A fresh salt for each field of each record: content cannot be guessed from its commitment."""
    (first,) = committed({"input": "yes"}, keep=True).commitments.values()
    (second,) = committed({"input": "yes"}, keep=True).commitments.values()
    assert first != second and first[1] == second[1] == 3


def test_without_content_the_commitment_and_the_size_stand_alone() -> None:
    """`VEDETTE_CONTENT=none`: no content frame, the rest as ever."""
    frames, commitments, _ = committed({"input": "Zürich"}, keep=False)
    assert frames == b"" and commitments["input"][1] == 7 and len(str(commitments["input"][0])) == 43


def test_content_above_a_mebibyte_is_shed() -> None:
    """What is not kept is not committed to either; its size is."""
    frames, commitments, _ = committed({"a": "x" * 1024 * 1024, "b": "x" * (1024 * 1024 + 1)}, keep=True)
    assert [env.split_content(each.payload)[0] for each in scan(frames, 0)] == ["a"]
    assert commitments["b"] == ["", 1024 * 1024 + 1]


def test_facts_that_are_too_many_move_out_but_for_those_that_readers_sort_by() -> None:
    """Small facts of ours stay; all facts are in the text."""
    facts = {"gen_ai.tool.name": "weather", "url.full": "u" * 9000, "vedette.protocol": "p" * 300}
    kept, text = size.split(facts)
    assert kept == {"gen_ai.tool.name": "weather"}
    assert json.loads(text) == facts


def test_unb64u_is_the_way_back_and_refuses_the_rest() -> None:
    """base64url without padding."""
    assert env.unb64u(env.b64u(bytes(range(32)))) == bytes(range(32))
    with pytest.raises(ValueError, match=r".+"):
        env.unb64u("a*b=")
