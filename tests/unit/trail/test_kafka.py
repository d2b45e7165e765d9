"""A topic as a source: over the wire of a Kafka-compatible broker, in the encodings of the Collector's exporter."""

from __future__ import annotations

import random
import subprocess
import sys
import warnings
from collections.abc import Iterator

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from tests import trail_forge as forge
from tests.stores import broker, filled

from vedette.trail import sources
from vedette.trail.proving.verify import verify
from vedette.trail.sources import Unreachable

with warnings.catch_warnings():  # kafka-python reads its own files in a way that newer Pythons warn of
    warnings.simplefilter("ignore", DeprecationWarning)
    from kafka import KafkaProducer
    from kafka.admin import KafkaAdminClient, NewTopic

STREAMS = [forge.stream(ordinal, records=60) for ordinal in range(2)]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    program = broker.binary()
    if program is None:
        pytest.skip("no Kafka-compatible broker for this machine")
    with broker.running(program) as found:
        yield found


def send(address: str, topic: str, messages: list[bytes]) -> None:
    """Over two partitions, as they come."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics([NewTopic(topic, 2, 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=address, compression_type="gzip")
    for at, message in enumerate(messages):
        producer.send(topic, message, partition=at % 2).get(timeout=20)
    producer.close()


def protobuf(items: list[forge.Item]) -> bytes:
    logs = [
        LogRecord(
            body=AnyValue(string_value=item.body),
            attributes=[KeyValue(key=name, value=_value(value)) for name, value in filled.attributes(item).items()],
        )
        for item in items
    ]
    export = ExportLogsServiceRequest(resource_logs=[ResourceLogs(scope_logs=[ScopeLogs(log_records=logs)])])
    return export.SerializeToString()


def _value(value: str | int) -> AnyValue:
    return AnyValue(int_value=value) if isinstance(value, int) else AnyValue(string_value=value)


def batches(encoding: str) -> list[bytes]:
    items = [item for one in STREAMS for item in one.items]
    random.Random(1).shuffle(items)
    items += items[::9]
    if encoding == "raw":
        return [item.body.encode() for item in items]
    some = [items[at : at + 50] for at in range(0, len(items), 50)]
    if encoding == "otlp_json":
        return [forge.exported(item.body for item in each).encode() for each in some]
    return [protobuf(each) for each in some]


@pytest.mark.parametrize("encoding", ["otlp_proto", "otlp_json", "raw"])
def test_a_topic_gives_all(address: str, encoding: str) -> None:
    """From the oldest message of each partition to the newest, repeats and all; no group is joined."""
    send(address, encoding, batches(encoding))
    source = sources.open_source(f"kafka:{address}/{encoding}")
    report = verify(source, host_keys=forge.HOST_KEYS)
    assert [str(each) for each in report.verdicts] == ["unanchored"]
    assert report.unread == 0 and source.done == source.total == len(batches(encoding))


def test_attributes_and_foreign_messages(address: str) -> None:
    """What denies its body is named; what is no log is told of and passed over."""
    items = [item for item in STREAMS[0].items]
    lie = ExportLogsServiceRequest.FromString(protobuf(items))
    at = next(at for at, item in enumerate(items) if item.sort == "record" and item.n == 40)
    record = lie.resource_logs[0].scope_logs[0].log_records[at]
    next(each for each in record.attributes if each.key == "vedette.kind").value.string_value = "agent"
    send(address, "lies", [lie.SerializeToString(), b"\xff\xff\xff", b"", b"{\xff", b'{"other":1}'])
    report = verify(sources.open_source(f"kafka:{address}/lies"), host_keys=forge.HOST_KEYS)
    assert [str(each) for each in report.verdicts] == [f"index-mismatch {STREAMS[0].id} 40", "unanchored"]
    assert report.unread == 3
    assert all(reason.startswith("lies ") for reason in report.unread_why)


@pytest.mark.parametrize(
    ("spec", "why"), [("kafka:{}/none", "there is no topic none"), ("kafka:{}", "name the broker")]
)
def test_no_such_topic(address: str, spec: str, why: str) -> None:
    """One line."""
    with pytest.raises(Unreachable, match=why):
        list(sources.open_source(spec.format(address)))


def test_no_broker_there() -> None:
    """One line without the password, also where the client has more to say."""
    command = [sys.executable, "-c", "from vedette import cli; raise SystemExit(cli.main())", "verify", "--from"]
    done = subprocess.run([*command, "kafka:me:hunter2@127.0.0.1:1/audit"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1), done.stderr
    assert done.stderr.startswith("vedette verify: kafka 127.0.0.1:1/audit: ") and "hunter2" not in done.stderr
