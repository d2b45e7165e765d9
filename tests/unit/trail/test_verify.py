"""The verifier: what it says of a trail that its own writer made, of notes, and of hostile input."""

from __future__ import annotations

import json
import os
import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import trail_forge as forge

from vedette.event import Event, Kind, Phase
from vedette.trail import Trail, sources
from vedette.trail.format import canonical
from vedette.trail.proving.intervals import AHEAD
from vedette.trail.proving.verify import render, verify

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("svypnticfkdamo"), inner, max_size=8),
    max_leaves=20,
)


def birth() -> Event:
    return Event(kind=Kind.LIFECYCLE, name="birth", facts={"vedette.lifecycle.phase": "birth"})


def verdicts(bodies: list[str], **options: dict[str, str]) -> list[str]:
    return [str(each) for each in verify(bodies, **options).verdicts if str(each) != "unanchored"]


def pinned(*streams: forge.Stream) -> list[str]:
    return verdicts(forge.lines(*streams), host_keys=forge.HOST_KEYS)


def test_what_the_writer_writes_is_whole(tmp_path: Path) -> None:
    """A trail as the append path leaves it, closed: whole, with all content matched; the temporary folder is noted."""
    trail = Trail(tmp_path / "trail", birth=birth)
    intent = trail.append(Event(kind=Kind.TOOL, name="weather", phase=Phase.INTENT, content={"in": "Zürich"}))
    trail.append(Event(kind=Kind.TOOL, name="weather", phase=Phase.OUTCOME, of=intent.n, content={"out": "rain"}))
    trail.close("stop")
    report = verify(sources.segments(tmp_path / "trail"))
    (stream,) = report.streams
    assert (report.exit_code, stream.records, stream.proven, stream.contents) == (0, 4, 4, 2)
    assert (stream.closed, stream.live, stream.ordinal) == (True, False, 0)
    assert [str(each) for each in report.verdicts] == ["ephemeral", "unanchored"]


def test_a_live_stream_is_unfinished(tmp_path: Path) -> None:
    """Its writer still runs: what is sealed is proven, the rest is told, and nothing is broken."""
    trail = Trail(tmp_path / "trail", birth=birth)
    ack = trail.append(Event(kind=Kind.TOOL, name="weather"))
    report = verify(sources.segments(tmp_path / "trail"))
    trail.close("stop")
    found = {str(each) for each in report.verdicts} - {"ephemeral", "unanchored"}
    assert found == {f"stream-not-closed {ack.stream}", f"unsealed-tail {ack.stream} 1"}
    assert (report.exit_code, report.streams[0].live) == (1, True)


def test_nothing_to_verify_is_no_answer() -> None:
    """No stream at all is neither whole nor broken."""
    report = verify([])
    assert (report.exit_code, report.to_dict()["grade"]) == (3, "no-answer")
    assert render(report) == "NO ANSWER  There was no record to verify.\n"


def test_an_unpinned_host_key_is_noted() -> None:
    """Streams then are proven under their own keys only."""
    report = verify(forge.lines(forge.stream(0, records=20)))
    assert [str(each) for each in report.verdicts] == [f"host-key-unpinned {forge.PREFIX}", "unanchored"]
    assert report.exit_code == 0


@pytest.mark.parametrize("form", ["base64", "verifier key"])
def test_a_host_key_is_pinned_for_all(form: str) -> None:
    """`*` pins one key for whatever trail comes, as base64 or as a C2SP verifier key; another key is refused."""
    text = forge.HOST_KEYS[f"{forge.PREFIX}/host"]
    key = text if form == "base64" else f"vedette.local/x/host+00000000+{_with_type(text)}"
    other = forge.base64.b64encode(forge.public(forge.seed(9, 9))).decode()
    bodies = forge.lines(forge.stream(0, records=20))
    assert verdicts(bodies, host_keys={"*": key}) == []
    (bad,) = verdicts(bodies, host_keys={"*": other})
    assert bad.startswith("bad-checkpoint-signature ") and bad.endswith(" 0")


def test_another_name_does_not_dodge_a_pin() -> None:
    """Keys are pinned, and a stream comes under a name that is not among them: nobody's signature is the host's."""
    stranger = forge.stream(0, records=20, prefix="vedette.loca1/" + "f" * 32)
    report = verify(forge.lines(stranger), host_keys=forge.HOST_KEYS)
    assert f"bad-checkpoint-signature {stranger.id} 0" in [str(each) for each in report.verdicts]
    assert report.exit_code == 2


@pytest.mark.parametrize("left", [0, 128, 200])
def test_a_stream_of_which_nothing_can_be_read_is_not_passed_over(tmp_path: Path, left: int) -> None:
    """Its folder is there: cut to the header, or all of it overwritten, it is at least not closed."""
    folder = forge.folder(tmp_path / "trail", forge.stream(0, records=20), forge.stream(1, records=20))
    file = folder / "streams" / "00000001" / "000000.seg"
    whole = file.read_bytes()
    file.write_bytes(whole[:left] + b"\xff" * (len(whole) - left) * (left == 200))
    report = verify(sources.segments(folder))
    assert "stream-not-closed ordinal 1" in [str(each) for each in report.verdicts]
    assert report.exit_code == 1


def _with_type(text: str) -> str:
    return forge.base64.b64encode(b"\x01" + forge.base64.b64decode(text)).decode()


def test_content_in_parts_is_joined() -> None:
    """In any order and with repeats; a part that differs from its twin spoils the field."""
    one = forge.Stream(0)
    one.record(k="lifecycle", a={"vedette.lifecycle.phase": "birth", "vedette.ordinal": 0})
    one.record({"input": "abcdefghij" * 9}, parts=3).checkpoint(last=True)
    lines = forge.lines(one)
    assert verdicts([*reversed(lines), *lines], host_keys=forge.HOST_KEYS) == []
    forged = one.at("content", 1).changed(d="x").body
    for mixed in ([*lines, forged], [forged, *lines]):
        assert f"content-mismatch {one.id} 1 input" in verdicts(mixed, host_keys=forge.HOST_KEYS)


def test_lifecycle_records_are_noted() -> None:
    """Gaps, shed content, an intent without outcome and a clock that was set: notes, or unfinished for an open gap."""
    one = forge.Stream(0)
    life = {"k": "lifecycle"}
    one.record(**life, a={"vedette.lifecycle.phase": "birth", "vedette.ordinal": 0})
    one.record(**life, a={"vedette.lifecycle.phase": "gap", "vedette.gap.state": "closed", "vedette.gap.count": 3})
    one.record(f="intent")
    one.record(c={"input": ["", 2_000_000]})
    one.record(t=str(forge.BEGIN + 60 * 10**9))
    one.record(
        **life, t=str(forge.BEGIN + 61 * 10**9), a={"vedette.lifecycle.phase": "gap", "vedette.gap.state": "open"}
    )
    one.checkpoint(last=True)
    assert sorted(pinned(one)) == sorted(
        [
            f"gap {one.id} 1",
            f"intent-without-outcome {one.id} 2",
            f"content-shed {one.id} 3",
            f"clock-step {one.id} 4",
            f"gap-open {one.id} 5",
        ]
    )


def test_content_kept_nowhere_by_setting_is_one_note() -> None:
    """The birth record says so, sealed; the commitments stand alone."""
    one = forge.Stream(0)
    policy = {"vedette.lifecycle.phase": "birth", "vedette.ordinal": 0, "vedette.content.policy": "none"}
    one.record(k="lifecycle", a=policy).record({"input": "x"}).checkpoint(last=True)
    one.drop(one.at("content", 1))
    assert pinned(one) == [f"content-shed {one.id}"]


def test_a_checkpoint_with_wrong_peaks_is_named() -> None:
    """They are not signed, so the signed root is what they are held against."""
    one = forge.stream(0)
    head = one.at("checkpoint", 2)
    one.swap(head, head.changed(f=[forge.b64u(bytes(32))] * 2))
    assert pinned(one) == [f"bad-peaks {one.id} 2"]


def test_damage_stays_in_its_interval() -> None:
    """After an interval that cannot be proven the next one grows from the signed peaks."""
    one = forge.stream(0)
    one.drop(*(one.at("record", n) for n in (40, 41, 42)))
    report = verify(forge.lines(one), host_keys=forge.HOST_KEYS)
    assert [str(each) for each in report.verdicts] == [f"missing-record {one.id} 40-42", "unanchored"]
    assert report.streams[0].proven == 102 - 16


def test_a_tail_that_is_not_signed_is_held_to_its_chain() -> None:
    """Nobody signed it, but each record says what came before it."""
    one = forge.stream(0, records=30, closed=False)
    one.swap(one.at("record", 25), one.at("record", 25).changed(e="other"))
    one.drop(one.at("record", 20))
    assert pinned(one) == [
        f"altered-record {one.id} 25",
        f"content-mismatch {one.id} 25",
        f"missing-record {one.id} 20",
        f"stream-not-closed {one.id}",
        f"unsealed-tail {one.id} 11",
    ] or pinned(one) == [
        f"altered-record {one.id} 25",
        f"missing-record {one.id} 20",
        f"stream-not-closed {one.id}",
        f"unsealed-tail {one.id} 11",
    ]


def test_a_stream_without_checkpoints_is_broken() -> None:
    """The first follows the birth at once: who has more records than that has lost it."""
    one = forge.stream(0, records=30)
    one.drop(*(each for each in one.items if each.sort == "checkpoint"))
    assert f"missing-checkpoint {one.id} 0" in pinned(one)


def test_streams_of_several_trails_are_told_apart() -> None:
    """Each trail has its own ordinals."""
    there = forge.stream(0, records=20)
    other = forge.stream(1, records=20, prefix="vedette.local/" + "e" * 32)
    found = verdicts(forge.lines(there, other), host_keys={"*": forge.HOST_KEYS[f"{forge.PREFIX}/host"]})
    assert found == [f"missing-stream vedette.local/{'e' * 32} 0"]


def test_a_number_out_of_range_costs_no_memory() -> None:
    """A hostile number beyond the last checkpoint is named and no room is made for it."""
    one = forge.stream(0, records=20)
    far = one.at("record", 5).changed(n=2**52).body
    assert verdicts([*forge.lines(one), far], host_keys=forge.HOST_KEYS) == [f"sequence-out-of-range {one.id} {2**52}"]


def test_a_forged_checkpoint_far_ahead_does_not_hang() -> None:
    """A size that no record reaches is out of range; one that is barely in range is one run of missing records."""
    one = forge.stream(0, records=20, closed=False)
    index = one.index
    for size in (2**50, AHEAD):
        forged = one.line(index, one.note(index, size=size, top=bytes(32)), [])
        assert pinned_with(one, forged)


def pinned_with(one: forge.Stream, item: forge.Item) -> list[str]:
    return verdicts([*forge.lines(one), item.body], host_keys=forge.HOST_KEYS)


def test_a_terminal_is_not_driven_by_a_record() -> None:
    """Names from bodies are shown without control characters."""
    one = forge.stream(0, records=20)
    one.swap(one.at("content", 4), one.at("content", 4).changed(f="\x1b[2Jinput"))
    report = verify(forge.lines(one))
    assert "\x1b" not in render(report, colour=False)
    assert "\x1b" not in json.dumps(report.to_dict())
    assert "\x1b[" in render(report, colour=True)


def test_the_report_reads_well() -> None:
    """The damaged record is named, with what that means."""
    one = forge.stream(0)
    one.drop(one.at("record", 40))
    assert render(verify(forge.lines(one), host_keys=forge.HOST_KEYS)) == (
        "BROKEN  This is not the record that was signed.\n"
        "\n"
        f"  stream 0 ({one.id[:8]})            101 records, all proven, closed\n"
        "                                     2026-11-22 12:03:32 UTC to 2026-11-22 12:05:13 UTC\n"
        "\n"
        f"  ✗ stream 0 ({one.id[:8]}): record 40 is missing  missing-record\n"
        "    It was written, and has been taken out.\n"
        "\n"
        "  · nothing outside this host vouches for it  unanchored\n"
        "    Whoever holds all its keys could have written another history.\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        '{"a":1.5}', '{"a":NaN}', '{"a":1e3}', '{"a":9007199254740993}', '{"a":99999999999999999999999}', '{"é":1}',
        '{"a":1,"a":1}', '{"b":1,"a":1}', '{"a": 1}', '{"a":"\\u0041"}', '{"a":"\\ud800"}', "[1]", "", "{", "\ufeff{}",
        '{"a":' + "[" * 9 + "]" * 9 + "}", '{"a":' * 5000 + "1" + "}" * 5000, '{"a":"\ud800"}', '{"a":-0}',
    ],
)  # fmt: skip
def test_only_one_meaning_is_canonical(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """orjson and the standard library refuse the same bodies."""
    for codec in (canonical._codec(), canonical._standard()):
        monkeypatch.setattr(canonical, "_codec", lambda codec=codec: codec)
        with suppress(canonical.Unreadable):
            assert not canonical.parse(body)[2]


@given(st.lists(st.text(max_size=30) | JSON.map(lambda value: json.dumps(value)), max_size=6))
@settings(max_examples=150, deadline=None)
def test_garbage_is_never_whole(bodies: list[str]) -> None:
    """Whatever comes, there is a report and it does not say whole."""
    report = verify(bodies)
    assert report.exit_code != 0
    assert render(report) and report.to_dict()


@given(st.dictionaries(st.sampled_from([*"svynkfitpmcade", "salt", "note"]), JSON, max_size=10))
@settings(max_examples=200, deadline=None)
def test_garbage_in_the_shape_of_a_line_is_survived(members: dict[str, object]) -> None:
    """Members of any type, beside a good stream, neither raise nor make it look better."""
    lines = forge.lines(GOOD)
    line = json.dumps({"s": GOOD.id, "v": 1, **members}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert verify([*lines, line], host_keys=forge.HOST_KEYS).streams[0].stream == GOOD.id


GOOD = forge.stream(0, records=40)


@pytest.mark.parametrize("seed", range(20))
def test_a_mutated_record_is_never_whole(seed: int) -> None:
    """100 random mutations a seed, of one byte or of a slice of one record: each is broken, none raises."""
    chance = random.Random(seed)
    bodies = forge.lines(GOOD)
    records = [at for at, each in enumerate(GOOD.items) if each.sort == "record"]
    for _ in range(100):
        at = chance.choice(records)
        mutated = mutate(bodies[at], chance)
        if mutated != bodies[at]:
            report = verify([*bodies[:at], mutated, *bodies[at + 1 :]], host_keys=forge.HOST_KEYS)
            assert report.exit_code == 2, mutated


def mutate(text: str, chance: random.Random) -> str:
    at, size = chance.randrange(len(text)), chance.choice((1, 1, 1, 8))
    new = chance.choice(("", chr(chance.randrange(0x20, 0x3000)), text[at : at + size] * 2, '"', "0"))
    return text[:at] + new + text[at + size :]


def test_a_mutated_export_never_raises() -> None:
    """Bytes of a whole export flipped, cut and doubled: a report each time."""
    chance = random.Random(3)
    whole = "\n".join(forge.lines(GOOD)).encode()
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice((0, 1, 40))] = os.urandom(chance.choice((0, 1, 9)))
        report = verify(data.decode("utf-8", "replace").split("\n"), host_keys=forge.HOST_KEYS)
        assert render(report)
