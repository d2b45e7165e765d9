"""What a host log, and the anchors that have seen it, add to a verification."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests import trail_forge as forge
from tests.second import vectors
from tests.trail_forge import Host, Stream

from vedette.trail import sources
from vedette.trail.hosting.anchors.trust import trust
from vedette.trail.proving.attested import HeadSeen
from vedette.trail.proving.policy import BadPolicy, load
from vedette.trail.proving.verify import Beside, Report, render, verify

AT = forge.BEGIN // 10**9
"""The second in which record 0 was written."""


def beside(**more: object) -> Beside:
    return Beside(host_keys=forge.HOST_KEYS, anchors=trust([forge.witness_anchor()]), **more)  # type: ignore[arg-type]


def told(report: Report, *streams: Stream) -> list[str]:
    """Verdicts with `S0` for a stream's id and `T` for the trail's."""
    found = [str(each).replace(forge.TRAIL_ID, "T") for each in report.verdicts if each.name != "ephemeral"]
    for each in streams:
        found = [text.replace(each.id, f"S{each.ordinal}") for text in found]
    return found


def seen(log: Host, *streams: Stream, **more: object) -> list[str]:
    return told(verify(forge.lines(log, *streams), beside(**more)), *streams)


def pair() -> tuple[Stream, Host]:
    one = forge.stream(0)
    log = forge.host(one)
    log.anchored(AT + 100)
    return one, log


# The host log itself.


def test_a_host_log_with_its_anchor_is_whole() -> None:
    """Nothing to say, and the report names who has seen how much of it, and when."""
    one, log = pair()
    report = verify(forge.lines(one, log), beside())
    (host,) = report.hosts
    assert told(report) == []
    assert (host.records, host.proven, host.anchored, host.anchor) == (4, 4, 3, f"witness {forge.WITNESS}")
    assert host.time_ns == (AT + 100) * 10**9


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_record_of_it_that_was_altered_is_named_and_not_believed(n: int) -> None:
    """A head that somebody wrote into it would make a whole stream look cut off."""
    one, log = pair()
    old = log.at("record", n)
    log.swap(old, old.changed(a={**old.value["a"], "vedette.head.size": 10**6}))
    assert seen(log, one) == [f"altered-record T {n}"]


def test_a_record_of_it_that_is_missing_is_named() -> None:
    one, log = pair()
    log.drop(log.at("record", 2))
    assert seen(log, one) == ["missing-record T 2"]


def test_rolling_it_back_shows_by_what_an_anchor_has_seen(tmp_path: Path) -> None:
    one, log = pair()
    keep(tmp_path, log)
    short = forge.Host(log.ordinal, 1000)
    short.record(k="lifecycle", a={"vedette.lifecycle.phase": "birth", "vedette.log": "host"})
    assert told(verify(forge.lines(one, short), kept(tmp_path))) == ["rollback-vs-anchor T 1<4", "unanchored"]


def test_writing_it_anew_with_the_host_key_shows(tmp_path: Path) -> None:
    """Row 11 in full: whoever holds all keys writes all of it anew, and cannot change what was seen."""
    _, log = pair()
    keep(tmp_path, log)
    other = forge.stream(0, records=80)
    new = forge.host(other)
    new.record(k="lifecycle", a={"vedette.lifecycle.phase": "heartbeat"}).checkpoint()
    report = verify(forge.lines(other, new), kept(tmp_path))
    assert told(report, other) == ["anchor-mismatch T 4", "unanchored"]
    assert report.exit_code == 2


def test_leaving_it_out_shows(tmp_path: Path) -> None:
    """The anchor has seen a log of this trail, and there is none."""
    one, log = pair()
    keep(tmp_path, log)
    assert told(verify(forge.lines(one), kept(tmp_path))) == ["anchored-stream-missing T", "unanchored"]


def test_two_faces_of_it_are_a_fork() -> None:
    """The host key signed two roots of one size: hold both for false."""
    one, log = pair()
    log.items.append(log.line(log.index, log.note(log.index, size=3, top=bytes(32)), ()))
    assert "fork-of-log T 3" in seen(log, one)


def test_a_note_that_the_host_key_did_not_sign_is_named() -> None:
    one, log = pair()
    stranger = Host(log.ordinal, 1000, host=forge.seed(9, 9))
    stranger.leaves = log.leaves
    log.items.append(stranger.line(log.index, stranger.note(log.index)))
    assert seen(log, one) == [f"bad-checkpoint-signature T {log.index}"]


def test_a_witness_that_saw_another_log_is_told_of_by_the_log_itself() -> None:
    """The keeper's finding counts once it is proven."""
    one, log = pair()
    log.record(k="finding", e="fork-of-log", a={"security_rule.name": "fork-of-log"}).checkpoint()
    assert seen(log, one) == ["fork-of-log T 4"]


def test_an_anchor_that_nobody_believes_proves_nothing() -> None:
    """Without its key in VEDETTE_ANCHORS, and with another key, the log is as good as unanchored."""
    one, log = pair()
    lines = forge.lines(one, log)
    assert told(verify(lines, Beside(host_keys=forge.HOST_KEYS))) == ["unanchored"]
    log.swap(*statement_signed_anew(log))
    assert told(verify(forge.lines(one, log), beside()))[-1] == "unanchored"


def statement_signed_anew(log: Host) -> tuple[forge.Item, forge.Item]:
    item = next(each for each in log.items if each.sort == "content")
    said = json.loads(item.value["d"])
    said["note"] = said["note"].replace("\n3\n", "\n2\n")
    return item, item.changed(d=forge.canonical(said))


def test_so_many_anchors_must_agree() -> None:
    one, log = pair()
    two = trust([forge.witness_anchor()], minimum=2)
    assert told(verify(forge.lines(one, log), Beside(host_keys=forge.HOST_KEYS, anchors=two))) == ["unanchored"]


def test_an_old_anchor_is_stale() -> None:
    """What came more than ten minutes after it is vouched for by this host alone."""
    one, log = pair()
    log.record(k="lifecycle", t=str((AT + 701) * 10**9), a={"vedette.lifecycle.phase": "heartbeat"}).checkpoint()
    assert seen(log, one) == ["anchor-stale"]


# Streams.


def test_what_a_dead_process_left_is_sealed_by_the_keeper() -> None:
    """Its last records have no checkpoint of its own: the host log has their root."""
    one = forge.stream(0, records=30, closed=False)
    log = forge.host(one).recovered(one, b"torn")
    log.checkpoint()
    report = verify(forge.lines(log, one), Beside(host_keys=forge.HOST_KEYS))
    assert told(report, one) == ["unanchored", "host-attested S0"]
    assert report.streams[0].proven == report.streams[0].records
    assert report.exit_code == 0


def test_altering_what_the_keeper_sealed_is_named() -> None:
    one = forge.stream(0, records=30, closed=False)
    log = forge.host(one).recovered(one)
    log.checkpoint()
    one.swap(one.at("record", 27), one.at("record", 27).changed(e="other"))
    assert "altered-record S0 27" in seen(log, one)


def test_cutting_off_what_the_keeper_sealed_is_named() -> None:
    one = forge.stream(0, records=30, closed=False)
    log = forge.host(one).recovered(one)
    log.checkpoint()
    one.drop(one.at("record", 28))
    one.drop(*(item for item in one.items if item.n == 28 and item.sort == "content"))
    assert "missing-record S0 28" in seen(log, one)


def test_a_head_certifies_a_birth_where_the_keeper_holds_the_key() -> None:
    """Checkpoint 0 bears no signature of the host; the host log has its root and the key it announces."""
    one = forge.stream(0, host=None)
    log = forge.host(one)
    log.anchored(AT + 100)
    assert seen(log, one) == []
    thief = forge.stream(0, host=None, keys={index: forge.seed(7, index) for index in range(9)})
    assert seen(log, thief) == ["bad-checkpoint-signature S0 0"]


def test_a_live_stream_that_the_keeper_has_not_met_yet_is_not_forged(tmp_path: Path) -> None:
    """Its first head comes within seconds; until then nothing of it is called proven."""
    one = forge.stream(0, records=20, host=None, closed=False)
    log = forge.host()
    log.checkpoint()
    source = sources.segments(forge.folder(tmp_path / "trail", one, log=log))
    source.known.live.add(one.id)
    report = verify(source, Beside(host_keys=forge.HOST_KEYS))
    assert "bad-checkpoint-signature" not in {each.name for each in report.verdicts}
    assert (report.streams[0].proven, report.exit_code) == (0, 1)


def test_trust_returns_with_an_attested_head() -> None:
    """A checkpoint was lost: all that follows hangs on the host log, and is proven by it."""
    one, log = pair()
    one.drop(one.at("checkpoint", 3))
    report = verify(forge.lines(log, one), beside())
    assert told(report, one) == ["missing-checkpoint S0 3"]
    assert report.streams[0].proven > 49


def test_another_history_of_a_stream_is_a_mismatch() -> None:
    """Signed by its true keys, and not what the host log has seen."""
    one, log = pair()
    other = Stream(0)
    for item in (each for each in one.items if each.sort == "record"):
        members = {name: value for name, value in item.value.items() if name not in ("n", "p", "s", "c")}
        other.record(**members if item.n == 0 else {**members, "e": "other"})
    other.checkpoint(last=True)
    assert seen(log, other) == ["anchor-mismatch S0 97"]


def test_heads_seen_elsewhere_bound_a_stream() -> None:
    """`--against`: what the local trail has must be in the backend."""
    one, there = forge.stream(0), forge.stream(1)
    heads = [HeadSeen(one.id, 0, 102, b"r" * 32), HeadSeen(there.id, 1, 102, b"r" * 32)]
    one.cut(97)
    assert told(verify(forge.lines(one), Beside(host_keys=forge.HOST_KEYS, against=heads)), one, there) == [
        "anchored-stream-missing S1",
        "rollback-vs-anchor S0 97<102",
        "stream-not-closed S0",
        "unanchored",
    ]


# What was deleted by rule, and windows.


def trimmed(one: Stream, index: int, phase: dict[str, object] | None = None) -> dict[str, object]:
    """Delete what lies before a checkpoint; the facts of the record that says so."""
    lines = one.at("checkpoint", index).value["note"].split("\n")
    size = int(lines[1])
    one.items = [each for each in one.items if (each.n >= index if each.sort == "checkpoint" else each.n >= size)]
    facts: dict[str, object] = {"vedette.lifecycle.phase": "trim", "vedette.trim.stream": one.id}
    facts |= {"vedette.trim.first": 0, "vedette.trim.last": size - 1, "vedette.head.size": size}
    facts |= {"vedette.head.index": index, "vedette.head.root": forge.b64u(forge.base64.b64decode(lines[2]))}
    facts |= {"vedette.head.next": next(line for line in lines if line.startswith("next ")).split(" ")[1]}
    return facts


@pytest.mark.parametrize("where", ["host log", "other stream"])
def test_what_a_rule_deleted_is_trimmed(where: str) -> None:
    """A proven record says so, and what is left is proven from the checkpoint it names."""
    one, log = pair()
    other = forge.stream(1, records=20, closed=False)
    facts = trimmed(one, 3)
    (log if where == "host log" else other).record(k="lifecycle", a=facts)
    log.head(other, 0).checkpoint()
    other.checkpoint(last=True)
    report = verify(forge.lines(log, other, one), beside())
    assert told(report, one, other) == ["trimmed S0 0-48"]
    assert report.streams[0].proven == 102 - 49


def test_what_was_deleted_without_a_rule_is_missing() -> None:
    """The same, and nothing says so."""
    one, log = pair()
    trimmed(one, 3)
    found = seen(log, one)
    assert "missing-record S0 0-48" in found and "missing-checkpoint S0 0-2" in found


def test_a_rule_that_is_not_proven_is_none() -> None:
    one, log = pair()
    other = forge.stream(1, records=20, closed=False)
    other.record(k="lifecycle", a=trimmed(one, 3))
    log.head(other, 0).checkpoint()
    assert "missing-record S0 0-48" in seen(log, one, other)


def test_a_stream_that_says_itself_what_was_deleted() -> None:
    """Its own record is proven by a head of the host log behind the cut."""
    one = forge.stream(0, records=102, closed=False)
    facts = trimmed(one, 3)
    one.record(k="lifecycle", a=facts).checkpoint(last=True)
    log = Host(0xFFFFFFFF, 1000)
    log.record(k="lifecycle", a={"vedette.lifecycle.phase": "birth"}).head(one, 6)
    log.anchored(AT + 100)
    assert seen(log, one) == ["trimmed S0 0-48"]


def test_what_stays_below_a_cut_is_not_said_to_be_gone() -> None:
    """The birth stays, and so may segments that a process died before it could delete."""
    (one,) = vectors.trimmed(())
    assert told(verify(forge.lines(one), beside()), one) == ["unanchored", "trimmed S0 1-12"]
    (one,) = vectors.trimmed()
    report = verify(forge.lines(one), beside())
    assert told(report, one) == ["unanchored", "trimmed S0 1-4", "trimmed S0 9-11"]
    assert report.streams[0].proven == report.streams[0].records - 1  # the chain alone vouches for 12


@pytest.mark.parametrize("n", [0, 6, 8, 12])
def test_what_stays_below_a_cut_is_held_to_what_was_signed(n: int) -> None:
    (one,) = vectors.trimmed()
    one.swap(one.at("record", n), one.at("record", n).changed(e="other"))
    assert f"altered-record S0 {n}" in told(verify(forge.lines(one), beside()), one)


def test_what_stays_below_a_cut_and_hangs_on_nothing_is_not_whole() -> None:
    """A record between others that went: neither a root nor the record behind it says that it is true."""
    (one,) = vectors.trimmed([6])
    assert "root-mismatch S0 6" in told(verify(forge.lines(one), beside()), one)


def test_a_cut_does_not_excuse_what_lies_before_it() -> None:
    """The rule let 1 to 12 go, not the birth."""
    (one,) = vectors.trimmed()
    one.drop(one.at("record", 0))
    assert "missing-record S0 0" in told(verify(forge.lines(one), beside()), one)


def test_a_later_cut_counts_beside_an_earlier_one() -> None:
    """The host log tells of the first, another stream of the second."""
    one, log = pair()
    other = forge.stream(1, records=20, closed=False)
    heads = [one.at("checkpoint", index) for index in range(4)]
    log.record(k="lifecycle", a=trimmed(one, 2))
    other.record(k="lifecycle", a=trimmed(one, 3))
    one.items += heads
    log.head(other, 0).checkpoint()
    other.checkpoint(last=True)
    assert told(verify(forge.lines(log, other, one), beside()), one, other) == ["trimmed S0 0-48"]


def test_a_stream_that_is_wholly_gone_by_rule() -> None:
    one, log = pair()
    gone = forge.stream(1)
    facts = {"vedette.lifecycle.phase": "trim", "vedette.trim.stream": gone.id, "vedette.ordinal": 1}
    facts |= {"vedette.trim.first": 0, "vedette.trim.last": 101}
    log.head(gone, 0).record(k="lifecycle", a=facts).checkpoint()
    last = forge.stream(2)
    assert told(verify(forge.lines(log, one, last), beside()), one, gone) == ["trimmed S1 0-101"]


def test_a_window_is_proven_from_an_attested_head() -> None:
    """Only the end of a stream was read: it hangs on the head that the host log has seen."""
    one, log = pair()
    trimmed(one, 3)
    report = verify(forge.lines(log, one), beside(window=True))
    assert told(report, one) == ["from-checkpoint S0 49"]
    assert report.streams[0].proven == 102 - 49


def test_a_window_that_nobody_attests_is_not_whole() -> None:
    """Whoever cuts the beginning off could otherwise sign a new one."""
    one = forge.stream(0)
    trimmed(one, 3)
    assert verify(forge.lines(one), beside(window=True)).exit_code == 2


# Time.


def test_anchors_bound_the_time_of_records() -> None:
    """A record lies between the newest anchor it names or follows, and the earliest that covers it."""
    one = forge.stream(0, records=40, closed=False)
    log = Host(0xFFFFFFFF, 1000)
    log.record(k="lifecycle", a={"vedette.lifecycle.phase": "birth"}).head(one, 0).head(one, 2)
    first = log.anchored(AT + 35)
    one.record(k="lifecycle", a={"vedette.lifecycle.phase": "anchor", "vedette.anchor.hash": first})
    for _ in range(30):
        one.record()
    one.checkpoint(last=True)
    log.head(one, one.index - 1, "closed")
    log.anchored(AT + 90)
    (stream,) = verify(forge.lines(log, one), beside()).streams
    ns = 10**9
    assert [(each.first, each.last, each.after_ns, each.before_ns) for each in stream.windows] == [
        (0, 32, 0, (AT + 35) * ns),
        (33, 38, 0, (AT + 90) * ns),
        (39, 69, (AT + 35) * ns, (AT + 90) * ns),
    ]
    text = render(verify(forge.lines(log, one), beside()))
    assert "proven: 0-69 existed by 2026-11-22 12:05:02 UTC" in text
    assert "proven: 39-69 came after 2026-11-22 12:04:07 UTC" in text
    told_json = verify(forge.lines(log, one), beside()).to_dict()["streams"][0]["windows"][0]
    assert told_json == {"first": 0, "last": 32, "after": "0", "before": str((AT + 35) * ns)}


def test_a_stream_that_was_born_on_a_weak_disk_says_so() -> None:
    """Also where only its export is at hand."""
    one = Stream(0)
    birth = {"vedette.lifecycle.phase": "birth", "vedette.ordinal": 0, "vedette.disk": "weak"}
    one.record(k="lifecycle", a=birth).checkpoint(last=True)
    assert told(verify(forge.lines(one), Beside(host_keys=forge.HOST_KEYS))) == ["unanchored", "weak-disk"]


# Policy.


def test_a_policy_forbids_notes(tmp_path: Path) -> None:
    """Whole, and still not what was asked for: exit code 1, and the report says why."""
    path = tmp_path / "policy.json"
    path.write_text('{"forbid": ["unanchored"], "minimum": 2}')
    policy = load(path)
    report = verify(forge.lines(forge.stream(0)), Beside(host_keys=forge.HOST_KEYS, forbid=policy.forbid))
    assert (report.exit_code, report.forbidden, policy.minimum) == (1, ("unanchored",), 2)
    assert render(report).startswith(
        "WHOLE  Every record is as it was signed; the policy does not accept unanchored.\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"forbid": ["altered-record"]}', "is no note"),
        ('{"forbid": "gap"}', "must be a list"),
        ('{"minimum": 0}', "must be a number from 1"),
        ('{"host_keys": []}', "must map names to keys"),
        ('{"no": 1}', "is not known"),
    ],
)
def test_a_bad_policy_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "policy.json"
    path.write_text(text)
    with pytest.raises(BadPolicy, match=said):
        load(path)
    with pytest.raises(BadPolicy, match="No such file"):
        load(tmp_path / "none.json")


# Keeping what was seen in a directory, as `file:` does.


def keep(folder: Path, log: Host) -> None:
    """The newest note of a host log, in a directory that an attacker cannot change."""
    notes = [each.value["note"] for each in log.items if each.sort == "checkpoint"]
    place = folder / "worm" / forge.TRAIL_ID
    place.mkdir(parents=True)
    (place / "0000000000000004.note").write_text(notes[-1])


def kept(folder: Path) -> Beside:
    return Beside(host_keys=forge.HOST_KEYS, anchors=trust([f"file:{folder / 'worm'}"]))
