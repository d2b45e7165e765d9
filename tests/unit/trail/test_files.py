"""Files, folders and pipes: what exporters, editors and people leave is read as it was meant, or said not to be."""

from __future__ import annotations

import gzip
import json
import os
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import trail_forge as forge
from tests.unit.trail.test_sources import BODIES, STREAMS, checked, told

from vedette.trail import sources
from vedette.trail.proving.verify import render, verify
from vedette.trail.sources import Unreachable

SMALL = forge.lines(forge.stream(0, records=20, every=4), forge.stream(1, records=20, every=4))
BATCHES = [SMALL[at : at + 7] for at in range(0, len(SMALL), 7)]
EXPORTS = [json.loads(forge.exported(each)) for each in BATCHES]


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


FORMS: dict[str, Callable[[], str]] = {
    "no line feed at the end": lambda: "\n".join(SMALL),
    "CRLF": lambda: "\r\n".join(SMALL) + "\r\n",
    "a byte order mark": lambda: "\ufeff" + "\n".join(SMALL),
    "every line twice, backwards": lambda: "\n".join(SMALL[::-1] * 2),
    "empty lines between": lambda: "\n\n".join(SMALL),
    "as JSON strings": lambda: "\n".join(map(json.dumps, SMALL)),
    "an array of JSON strings": lambda: json.dumps(SMALL),
    "exports in batches": lambda: "\n".join(map(json.dumps, EXPORTS)),
    "an array of exports": lambda: json.dumps(EXPORTS),
    "exports over many lines": lambda: "\n".join(json.dumps(each, indent=2) for each in EXPORTS),
    "an array over many lines": lambda: json.dumps(EXPORTS, indent=4),
    "members that nobody knows": lambda: (
        json.dumps({"more": {"x": "y" * 100}, **EXPORTS[0], "z": [1]}) + "\n" + "\n".join(map(json.dumps, EXPORTS[1:]))
    ),
    "null members": lambda: "\n".join(
        json.dumps(each).replace('"attributes": []', '"attributes": null, "traceId": null') for each in EXPORTS
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_forms_in_which_bodies_come(tmp_path: Path, form: str) -> None:
    file = tmp_path / "export"
    file.write_bytes(FORMS[form]().encode())
    report = checked(str(file))
    assert (told(report), report.unread) == ([], 0)


def test_a_fact_may_be_called_as_an_export_begins(tmp_path: Path) -> None:
    one = forge.stream(0, records=20, closed=False).record(a={"resourceLogs": "x"}).checkpoint(last=True)
    (tmp_path / "bodies").write_text("\n".join(forge.lines(one)))
    assert told(checked(str(tmp_path / "bodies"))) == []


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("\n".join(SMALL).encode("utf-16"), "line 1: not UTF-8"),
        (b"\xff\xfe\n" + "\n".join(SMALL).encode(), "line 1: not UTF-8"),
        (b"{\n" + "\n".join(SMALL).encode(), "not JSON"),
        (b'{"resourceLogs":[' + b"[" * 5000 + b"\n" + "\n".join(SMALL).encode(), "line 1: not an OTLP-JSON export"),
        (b'{"resourceLogs":[{"scopeLogs":{"logRecords":7}}]}', "line 1: not an OTLP-JSON export"),
        (b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"intValue":"7"}}]}]}]}', "without a text body"),
        (b'[{"a":1}]', "without a text body"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, data: bytes, why: str) -> None:
    """And never makes the rest unreadable, nor the whole of it whole."""
    (tmp_path / "export").write_bytes(data)
    report = checked(str(tmp_path / "export"))
    assert report.unread and why in " ".join(report.unread_why)
    assert all(each.startswith("export line ") for each in report.unread_why)
    assert "no part of a trail" in render(report)


def test_a_folder_is_read_with_all_that_is_in_it(tmp_path: Path) -> None:
    """As a bucket is copied, by year and month; what is hidden is passed over."""
    for at, batch in enumerate(BATCHES):
        folder = tmp_path / f"2026/{at % 3:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{at}.jsonl").write_text("\n".join(batch))
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_bytes(b"\xff")
    report = checked(str(tmp_path))
    assert (told(report), report.unread) == ([], 0)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_named_pipe_is_a_file(tmp_path: Path, packed: bool) -> None:
    """As the shell makes one of `<(...)`: it can be read once, and has no size."""
    pipe, data = tmp_path / "pipe", "\n".join(SMALL).encode()
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(gzip.compress(data) if packed else data,), daemon=True)
    writer.start()
    assert told(checked(str(pipe))) == []
    writer.join()


def test_nothing_is_no_answer(tmp_path: Path) -> None:
    assert checked("/dev/null").exit_code == 3


def test_a_segment_by_itself_is_told_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "000000.seg"
    file.write_bytes(forge.segment(STREAMS[0]))
    with pytest.raises(Unreachable, match=r"000000.seg: a segment of a trail; name the trail's folder"):
        checked(str(file))


def test_splunk_results_in_one_object(tmp_path: Path) -> None:
    """`output_mode=json` of a search that is over."""
    rows = [{"_raw": body, "_serial": str(at)} for at, body in enumerate(SMALL)]
    (tmp_path / "export").write_text(json.dumps({"preview": False, "results": rows}))
    assert told(checked(f"splunk:{tmp_path / 'export'}")) == []


def test_splunk_raw_events(tmp_path: Path) -> None:
    """`output_mode=raw`: the events, and nothing else."""
    (tmp_path / "export").write_text("\n".join(SMALL))
    assert told(checked(f"splunk:{tmp_path / 'export'}")) == []
