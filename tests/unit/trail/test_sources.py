"""Sources: what is in a store is what the verifier gets, through its pages, limits and moods; or it says why not."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import trail_forge as forge
from tests.stores import elastic, filled, loki
from tests.stores.server import Answer, Asked, serve

from vedette.trail import sources
from vedette.trail.proving.verify import Report, verify
from vedette.trail.sources import Unreachable, Window

STREAMS = [forge.stream(ordinal, records=400) for ordinal in range(2)]
BODIES = set(forge.lines(*STREAMS))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def told(report: Report) -> list[str]:
    assert report.streams, "nothing came"
    return [str(each) for each in report.verdicts if str(each) not in ("unanchored", "ephemeral")]


def checked(spec: str, **options: object) -> Report:
    return verify(sources.open_source(spec, **options), host_keys=forge.HOST_KEYS)  # type: ignore[arg-type]


# Loki


@pytest.mark.parametrize("step_ns", [0, 1], ids=["equal stamps, shuffled", "stamps apart"])
def test_loki_gives_all(step_ns: int) -> None:
    """1,600 entries a stream with repeats, in pages of 1,000 and 5,000: every body comes, and the trail is whole."""
    with loki.running(filled.loki(*STREAMS, step_ns=step_ns)) as address:
        source = sources.open_source(f"loki:{address}")
        assert set(source) == BODIES
        assert told(checked(f"loki:{address}")) == []


def test_loki_equal_stamps_over_a_page_border() -> None:
    """Groups of 300 equal stamps, shuffled anew with each answer, are cut by the pages and come all the same."""
    store = filled.loki(*STREAMS)
    store.entries = [(forge.BEGIN + at // 300, line, labels) for at, (_, line, labels) in enumerate(store.entries)]
    with loki.running(store) as address:
        assert set(sources.open_source(f"loki:{address}")) == BODIES


def test_loki_that_cannot_be_paged_through_is_not_half_read() -> None:
    """More entries of one stamp than a query may return: said, not passed over."""
    store = filled.loki(*STREAMS, step_ns=0)
    store.most = 5000
    store.entries = [(at, f"{line}{n}", labels) for n in range(6) for at, line, labels in store.entries]
    with loki.running(store) as address, pytest.raises(Unreachable, match="more than 5000 entries of one time"):
        list(sources.open_source(f"loki:{address}"))


def test_loki_pages_shrink_below_the_message_limit() -> None:
    """A page above the limit of gRPC is asked for again, smaller."""
    store = filled.loki(STREAMS[0], message_bytes=60_000)
    with loki.running(store) as address:
        assert set(sources.open_source(f"loki:{address}")) == set(forge.lines(STREAMS[0]))


def test_loki_tenant_and_throttling() -> None:
    """Without its tenant nothing is told, in one line; with it, 429 is waited for as asked."""
    store = filled.loki(*STREAMS, tenant="acme", throttle=3)
    with loki.running(store) as address:
        with pytest.raises(Unreachable, match="401 no org id"):
            checked(f"loki:{address}")
        assert told(checked(f"loki:{address}?tenant=acme")) == []


def test_loki_is_asked_with_the_headers_that_are_given() -> None:
    headers = {"X-Scope-OrgID": "acme", "Authorization": "Bearer abc"}
    store = filled.loki(STREAMS[0], tenant="acme")
    with loki.running(store) as address:
        assert told(checked(f"loki:{address}", headers=headers)) == []
        assert store.asked[0].headers["authorization"] == "Bearer abc"


def test_loki_one_stream_of_many() -> None:
    """`--stream` asks for no other."""
    store = filled.loki(*STREAMS)
    with loki.running(store) as address:
        found = set(sources.open_source(f"loki:{address}", stream=STREAMS[1].id))
    assert found == set(forge.lines(STREAMS[1]))
    assert all(STREAMS[1].id in asked.query["query"] for asked in store.asked)


def test_loki_old_backlog_is_read_in_slices() -> None:
    """400 days are within reach although one query may span 30."""
    store = filled.loki(STREAMS[0], begin=time.time_ns() - 390 * 86_400 * 10**9)
    with loki.running(store) as address:
        assert set(sources.open_source(f"loki:{address}")) == set(forge.lines(STREAMS[0]))


def test_a_window_asks_for_its_part_only() -> None:
    """With a margin, so that the checkpoints around it come too."""
    store = filled.loki(STREAMS[0], step_ns=10**9)
    window = Window(forge.BEGIN + 400 * 10**9, forge.BEGIN + 500 * 10**9)
    with loki.running(store) as address:
        found = list(sources.open_source(f"loki:{address}", window))
    assert 340 < len(found) < 500


# Attributes against the envelope


@pytest.mark.parametrize("name", ["vedette_seq", "gen_ai_tool_name", "vedette_leaf", "vedette_kind", "log_record_uid"])
def test_an_attribute_that_denies_its_body_is_named(name: str) -> None:
    """The body is proven; what people search by is not as it says."""
    store = filled.loki(STREAMS[0])
    at = next(
        at
        for at, (_, line, labels) in enumerate(store.entries)
        if labels["vedette_type"] == "record" and '"n":40,' in line
    )
    when, line, labels = store.entries[at]
    store.entries[at] = (when, line, {**labels, name: "other"})
    with loki.running(store) as address:
        report = checked(f"loki:{address}")
    n = json.loads(line)["n"]
    assert (told(report), report.exit_code) == ([f"index-mismatch {STREAMS[0].id} {n}"], 2)


def test_attributes_of_others_are_nobodys_business() -> None:
    """What the envelope does not govern may say anything."""
    store = filled.loki(STREAMS[0])
    store.entries = [(at, line, {**labels, "pod": "x", "gen_ai_new_name": "y"}) for at, line, labels in store.entries]
    with loki.running(store) as address:
        assert told(checked(f"loki:{address}")) == []


# Elasticsearch and OpenSearch


@pytest.mark.parametrize("product", ["elasticsearch", "opensearch"])
def test_elastic_gives_all(product: str) -> None:
    """A point in time, pages by `search_after`, repeats, 429 now and then, a password; the point is closed again."""
    store = filled.elastic(*STREAMS, opensearch=product == "opensearch", password="s3cret", throttle=4)
    with elastic.running(store) as address:
        spec = f"{product}:{address.replace('//', '//audit:s3cret@')}/logs-vedette"
        source = sources.open_source(spec)
        assert set(source) == BODIES
        assert (source.done, source.total) == (len(store.documents), len(store.documents))
        assert told(checked(spec)) == []
    assert not store.points


@pytest.mark.parametrize("form", ["body text", "nested body", "dotted", "own field"])
def test_elastic_finds_the_body(form: str) -> None:
    """As the Collector's two exporters write it, flat or nested, or where a pipeline of one's own puts it."""
    make = {
        "body text": lambda body: {"body": {"text": body}},
        "nested body": lambda body: {"body": body},
        "dotted": lambda body: {"body.text": body},
        "own field": lambda body: {"audit": {"raw": body}},
    }[form]
    store = elastic.Elastic([make(body) for body in forge.lines(STREAMS[0])])
    with elastic.running(store) as address:
        field = "?field=audit.raw" if form == "own field" else ""
        assert told(checked(f"elasticsearch:{address}/logs-vedette{field}")) == []


@pytest.mark.parametrize(("settings", "why"), [({"lame": True}, "not all shards"), ({"index": "other"}, "404")])
def test_elastic_in_part_is_no_answer(settings: dict[str, object], why: str) -> None:
    """What a shard could not say must not pass for missing."""
    with elastic.running(filled.elastic(STREAMS[0], **settings)) as address, pytest.raises(Unreachable, match=why):
        checked(f"elasticsearch:{address}/logs-vedette")


# Faults that all share


def test_nobody_there() -> None:
    """One line without the password."""
    with pytest.raises(Unreachable) as caught:
        sources.open_source("loki:http://me:hunter2@127.0.0.1:1").__iter__().__next__()
    assert "hunter2" not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>login</html>"),
        Answer([]),
        Answer({"data": 5}),
        Answer({"data": {"result": [{"stream": 1, "values": 5}]}}),
        Answer(b"[" * 100_000),
        Answer(b"", 302, (("location", "http://127.0.0.1:1/"),)),
        Answer(b"\x1b[2J no", 403),
    ],
)
@pytest.mark.parametrize("spec", ["loki:{}?query=x", "elasticsearch:{}/x", "opensearch:{}/x"])
def test_an_answer_that_is_none(answer: Answer, spec: str) -> None:
    """A web page, a redirect, any other shape: one clear line each, and nothing that drives a terminal."""

    def say(_: Asked) -> Answer:
        return answer

    with serve(say) as address, pytest.raises(Unreachable) as caught:
        checked(spec.format(address))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("spec", ["elasticsearch:http://x", "loki:localhost:3100", "/no/such/file"])
def test_an_address_that_is_none(spec: str) -> None:
    """Said at once, with how to write it."""
    with pytest.raises(OSError, match=r"name the|write http|no such file"):
        list(sources.open_source(spec))


def test_datadog_is_refused_with_the_reason() -> None:
    """It takes the signed string apart; the archive is named."""
    with pytest.raises(Unreachable, match=r"parses JSON bodies.*archive"):
        sources.open_source("datadog:")


# Files


@pytest.fixture
def rotated(tmp_path: Path) -> Iterator[Path]:
    """What the Collector's file exporter leaves: three files, one of them gzip, besides a plain one."""
    bodies = [*BODIES, *sorted(BODIES)[:50]]
    random.Random(2).shuffle(bodies)
    third = len(bodies) // 3
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "audit-2026-11-25T10-00-00.000.jsonl").write_text(forge.exported(bodies[:third]) + "\n")
    (folder / "audit-2026-11-25T11-00-00.000.jsonl.gz").write_bytes(
        gzip.compress(forge.exported(bodies[third : 2 * third]).encode())
    )
    (folder / "audit.jsonl").write_text("\n".join(bodies[2 * third :]) + "\n")
    return folder


@pytest.mark.parametrize("spec", ["{}", "otlp:{}", "otlp:{}/audit*", "lines:{}/*.jsonl*"])
def test_rotated_files_are_one_source(rotated: Path, spec: str) -> None:
    """A folder of them, or a glob; gzip is told by its first bytes."""
    source = sources.open_source(spec.format(rotated))
    assert told(verify(source, host_keys=forge.HOST_KEYS)) == []
    assert source.done == source.total > 0


def test_a_cut_gzip_file_is_said(rotated: Path) -> None:
    """What could be read was read; what is missing is missing."""
    (file,) = rotated.glob("*.gz")
    file.write_bytes(file.read_bytes()[:-200])
    report = checked(str(rotated))
    assert report.exit_code == 2
    assert "gzip file is damaged" in " ".join(report.unread_why)


def test_exported_attributes_are_held_against_the_body(tmp_path: Path) -> None:
    """OTLP-JSON carries them: text, and integers as decimal strings."""
    item = STREAMS[0].at("record", 40)
    records = []
    for each in STREAMS[0].items:
        pairs = (
            [{"key": "vedette.seq", "value": {"intValue": str(each.n + (each is item))}}]
            if each.sort == "record"
            else []
        )
        records.append({"body": {"stringValue": each.body}, "attributes": pairs})
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}))
    assert told(checked(str(file))) == [f"index-mismatch {STREAMS[0].id} 40"]


@pytest.mark.parametrize("form", ["json", "json without result", "csv", "raw"])
def test_splunk_exports(tmp_path: Path, form: str) -> None:
    """What `| export` and the web page's download write: `_raw` is the event as it was sent."""
    bodies = forge.lines(STREAMS[0])
    quoted = ['"' + body.replace('"', '""') + '"' for body in bodies]
    text = {
        "json": "\n".join(json.dumps({"preview": False, "result": {"_raw": body, "_time": "1"}}) for body in bodies),
        "json without result": "\n".join(json.dumps({"_raw": body}) for body in bodies),
        "csv": "\n".join(['"_time","_raw",host', *(f'"1",{body},h' for body in quoted)]),
        "raw": "\n".join(bodies),
    }[form]
    file = tmp_path / "export"
    file.write_text(text + "\n")
    spec = str(file) if form in ("json", "raw") else f"splunk:{file}"
    if form != "raw":
        assert told(checked(f"splunk:{file}")) == []
    assert told(checked(spec)) == []
