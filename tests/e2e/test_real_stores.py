"""T16 on the real programs, where they run: the attack matrix through Loki and OpenSearch, written and read back.

VEDETTE_TEST_LOKI and VEDETTE_TEST_OPENSEARCH name their addresses. Loki needs `auth_enabled: true` and the attribute
`vedette.stream.id` as an index label, as in collector-config/. Measured with Loki 3.7.8 and OpenSearch 2.19.2.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator

import pytest
import requests
from tests import trail_forge as forge
from tests.stores import filled
from tests.trail_forge import Item
from tests.unit.trail.test_attacks import MATRIX, Row, anchored, told, whole

from vedette.trail import sources
from vedette.trail.proving.known import Source
from vedette.trail.proving.verify import verify
from vedette.trail.sources import Window

LOKI, OPENSEARCH = os.environ.get("VEDETTE_TEST_LOKI", ""), os.environ.get("VEDETTE_TEST_OPENSEARCH", "")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def in_loki(items: list[Item]) -> Source:
    """Under a tenant of its own, in groups of seven equal stamps, every tenth twice."""
    tenant, begin = uuid.uuid4().hex, time.time_ns() - 600 * 10**9
    records = [record(item, begin + at // 7) for at, item in enumerate(items)]
    for at in range(0, len(records), 200):
        logs = records[at : at + 200] + records[at : at + 200 : 10]
        export = {"resourceLogs": [{"resource": {"attributes": [SERVICE]}, "scopeLogs": [{"logRecords": logs}]}]}
        answer = requests.post(f"{LOKI}/otlp/v1/logs", json=export, headers={"X-Scope-OrgID": tenant}, timeout=30)
        assert answer.ok, answer.text
    return sources.open_source(f"loki:{LOKI}?tenant={tenant}", Window(since_ns=begin))


SERVICE = {"key": "service.name", "value": {"stringValue": "agent"}}


def record(item: Item, stamp: int) -> dict[str, object]:
    pairs = [{"key": name, "value": value_of(value)} for name, value in filled.attributes(item).items()]
    return {"timeUnixNano": str(stamp), "body": {"stringValue": item.body}, "attributes": pairs}


def value_of(value: str | int) -> dict[str, str]:
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}


def in_opensearch(items: list[Item]) -> Source:
    """In an index of its own, all with one time."""
    index = f"vedette-{uuid.uuid4().hex}"
    lines = [line for item in items for line in ({"index": {}}, document(item))]
    body = "\n".join(map(json.dumps, lines)) + "\n"
    headers = {"Content-Type": "application/x-ndjson"}
    answer = requests.post(f"{OPENSEARCH}/{index}/_bulk?refresh=true", body.encode(), headers=headers, timeout=30)
    assert answer.ok and not answer.json()["errors"], answer.text
    return sources.open_source(f"opensearch:{OPENSEARCH}/{index}")


def document(item: Item) -> dict[str, object]:
    return {"@timestamp": "2026-11-22T12:00:00Z", "body": {"text": item.body}, "attributes": filled.attributes(item)}


@pytest.fixture(params=[(LOKI, in_loki), (OPENSEARCH, in_opensearch)], ids=["loki", "opensearch"])
def store(request: pytest.FixtureRequest) -> Iterator[object]:
    address, put = request.param
    if not address:
        pytest.skip(
            f"no {request.node.callspec.id.split('-')[-1]} here: set VEDETTE_TEST_LOKI, VEDETTE_TEST_OPENSEARCH"
        )
    return put


@pytest.mark.parametrize("row", MATRIX, ids=[row[0] for row in MATRIX])
def test_row(row: Row, store: object) -> None:
    """Exact verdicts, no more and no fewer, from what the real program gives back."""
    streams, log = whole()
    every = [*streams]
    row[1](streams)
    items = [item for one in (*streams, log) for item in one.items]
    assert callable(store)
    assert told(verify(store(items), anchored()), [*every, *streams]) == row[-1]


@pytest.mark.parametrize(
    "text", ["\x00\x1b[31m", "\u2028\u202e\ufeff", " trailing \t", "\U0001f600é\ud7ff", "x" * 60_000]
)
def test_hostile_text_comes_back_whole(text: str, store: object) -> None:
    """NUL, escapes, bidirectional marks, astral planes, 60 KB: bytes as they were."""
    one = forge.Stream(0)
    one.record(k="lifecycle", a={"vedette.lifecycle.phase": "birth", "vedette.ordinal": 0})
    one.record({"input": text}, e=text[:500]).checkpoint(last=True)
    assert callable(store)
    assert told(verify(store(one.items), host_keys=forge.HOST_KEYS), [one]) == {"unanchored"}
