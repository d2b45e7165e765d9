"""A Kafka topic, from its oldest message to its newest: `kafka:[USER:PASSWORD@]HOST:PORT[,HOST:PORT]/TOPIC[?tls=1]`.

Messages are what the Collector's exporter writes: OTLP protobuf, OTLP JSON, or the body alone. No consumer group is
joined and no offset is committed: reading leaves no trace in the cluster. Extra `kafka` (docs/decisions/0041).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote

from google.protobuf.message import DecodeError
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from vedette.trail.proving.known import Source
from vedette.trail.proving.verdicts import plain
from vedette.trail.sources import exports
from vedette.trail.sources.request import Request, Unreachable

STALL = 60.0
"""So many seconds without a message, although there are more, and the topic counts as unreachable."""
_CONNECT_MS = 10_000
_POLL_MS = 1000


class Kafka(Source):
    """All messages of a topic, partition by partition as they come."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        address, _, query = request.where.partition("?")
        who, _, place = address.rpartition("@")
        self._brokers, _, self._topic = place.removeprefix("//").partition("/")
        if not self._topic or not self._brokers:
            raise Unreachable("name the broker and the topic, as in kafka:broker:9092/vedette.audit.v1")
        self._options = _options(who.removeprefix("//"), dict(parse_qsl(query)))
        self._where = self._topic

    def where(self) -> str:
        return self._where

    def __iter__(self) -> Iterator[str]:
        try:
            consumer = KafkaConsumer(
                bootstrap_servers=self._brokers.split(","),
                group_id=None,
                enable_auto_commit=False,
                bootstrap_timeout_ms=_CONNECT_MS,
                **self._options,
            )
            try:
                yield from self._messages(consumer)
            finally:
                consumer.close()
        except KafkaError as error:
            raise Unreachable(f"kafka {self._brokers}/{self._topic}: {plain(str(error))}") from error

    def _messages(self, consumer: Any) -> Iterator[str]:
        """Up to the end of each partition, and on for what came meanwhile, until nothing is left."""
        partitions = [TopicPartition(self._topic, n) for n in consumer.partitions_for_topic(self._topic) or ()]
        if not partitions:
            raise Unreachable(f"kafka {self._brokers}: there is no topic {plain(self._topic)}")
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        heard = time.monotonic()
        while self._left(consumer, partitions):
            came = consumer.poll(timeout_ms=_POLL_MS)
            if came:
                heard = time.monotonic()
            elif time.monotonic() - heard > STALL:
                raise Unreachable(f"kafka {self._brokers}/{self._topic}: no message for {STALL:.0f} s")
            for messages in came.values():
                for message in messages:
                    yield from self._message(message)

    def _left(self, consumer: Any, partitions: list[Any]) -> bool:
        ends = consumer.end_offsets(partitions)
        begins = {each: consumer.position(each) for each in partitions}
        self.total = self.done + sum(max(ends[each] - begins[each], 0) for each in partitions)
        return any(begins[each] < ends[each] for each in partitions)

    def _message(self, message: Any) -> Iterator[str]:
        self.done += 1
        self._where = f"{self._topic} {message.partition}:{message.offset}"
        try:
            found = entries(message.value or b"")
        except exports.NotAnExport as error:
            self.complain(str(error))
            return
        for body, self.index in found:
            if body is None:
                self.complain("a log record without a text body")
            else:
                yield body
        self.index = None


def entries(value: bytes) -> list[exports.Entry]:
    """What one message holds. Protobuf never begins with a brace: field 15 as a group does not exist in OTLP."""
    if not value.startswith(b"{"):
        return _protobuf(value)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise exports.NotAnExport("not UTF-8") from None
    return exports.otlp_json(text) if '"resourceLogs"' in text else [(text, {})]


def _protobuf(value: bytes) -> list[exports.Entry]:
    try:
        export = ExportLogsServiceRequest.FromString(value)
    except DecodeError:
        raise exports.NotAnExport("not an OTLP message") from None
    records = [each for resource in export.resource_logs for scope in resource.scope_logs for each in scope.log_records]
    return [(_text(each.body), {pair.key: _value(pair.value) for pair in each.attributes}) for each in records]


def _text(value: Any) -> str | None:
    return str(value.string_value) if value.WhichOneof("value") == "string_value" else None


def _value(value: Any) -> str | int | None:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind in ("string_value", "int_value") else None


def _options(who: str, query: dict[str, str]) -> dict[str, Any]:
    """`tls=1` turns TLS on, `ca=FILE` names its authority; a user means SASL PLAIN, or `mechanism=SCRAM-SHA-512`."""
    tls = query.get("tls") == "1" or "ca" in query
    user, colon, password = who.partition(":")
    found: dict[str, Any] = {"ssl_cafile": query["ca"]} if "ca" in query else {}
    found["security_protocol"] = ("SASL_" if colon else "") + ("SSL" if tls else "PLAINTEXT")
    if colon:
        found |= {"sasl_mechanism": query.get("mechanism", "PLAIN")}
        found |= {"sasl_plain_username": unquote(user), "sasl_plain_password": unquote(password)}
    return found
