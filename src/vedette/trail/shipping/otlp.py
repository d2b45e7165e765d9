"""The one message: an `ExportLogsServiceRequest`, and what its answer says. Imported late, by what sends it.

Encoding is deterministic: the same items give the same bytes, so a retry is byte-identical.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry.instrumentation.utils import suppress_http_instrumentation, suppress_instrumentation
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from vedette.names import SCHEMA_URL
from vedette.trail.shipping.answer import Answer
from vedette.trail.shipping.item import Item, Value
from vedette.trail.shipping.send import Transport
from vedette.trail.shipping.target import Target

METHOD = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
MESSAGE = 1024
"""How much of what a collector says is kept."""


@contextmanager
def unobserved() -> Iterator[None]:
    """Our own requests are nobody's exchange: not ours, not that of any other instrumentation."""
    with suppress_instrumentation(), suppress_http_instrumentation():
        yield


def connect(target: Target) -> Transport:
    """What carries messages to `target`. Nothing is connected, or imported, before the first one."""
    return Transport(target)


def request(items: Sequence[Item], resource: Mapping[str, Value], version: str) -> bytes:
    """The message for `items`, at least one and all of one stream, under the scope `vedette` of `version`.

    `resource` is that of this process; an adopted stream keeps the service that wrote it.
    """
    scope = InstrumentationScope(name="vedette", version=version)
    logs = ScopeLogs(scope=scope, log_records=[_record(item) for item in items], schema_url=SCHEMA_URL)
    about = Resource(attributes=_attributes(_about(items[0], resource)))
    whole = ResourceLogs(resource=about, scope_logs=[logs], schema_url=SCHEMA_URL)
    message: bytes = ExportLogsServiceRequest(resource_logs=[whole]).SerializeToString(deterministic=True)
    return message


def _about(first: Item, resource: Mapping[str, Value]) -> dict[str, Value]:
    """Each stream is an instance of its own, unless its host named one: old and new never mix."""
    about = resource if first.about is None else first.about
    stream = first.attributes.get("vedette.stream.id", "")
    return {"service.instance.id": stream, **about, "telemetry.distro.name": "vedette"}


def _record(item: Item) -> LogRecord:
    return LogRecord(
        time_unix_nano=item.time_ns,
        observed_time_unix_nano=item.observed_ns,
        severity_number=item.severity_number,  # type: ignore[arg-type]  # an enum member is an int on the wire
        severity_text=item.severity_text,
        body=AnyValue(string_value=item.body),
        attributes=_attributes(item.attributes),
        trace_id=_id(item.trace_id, 16),
        span_id=_id(item.span_id, 8),
        event_name=item.event_name,
    )


def _attributes(values: Mapping[str, Value] | Mapping[str, str | int]) -> list[KeyValue]:
    return [KeyValue(key=name, value=_value(value)) for name, value in values.items()]


def _value(value: Value) -> AnyValue:
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, bool):  # before int, which it is too
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    return AnyValue(array_value=ArrayValue(values=[_value(each) for each in value]))


def _id(text: str, size: int) -> bytes:
    """Raw bytes of a hexadecimal id; none at all for what is not one, for receivers refuse ids of another length."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return b""
    return raw if len(raw) == size else b""


def outcome(status: str, response: ExportLogsServiceResponse) -> Answer:
    """The answer of a success that was understood."""
    partial = response.partial_success
    return Answer(status, rejected=partial.rejected_log_records, message=partial.error_message[:MESSAGE])


def read_success(status: str, body: bytes) -> Answer:
    """The answer of a success over HTTP: protobuf as asked for, else JSON, which some receivers send whatever they got.

    A body that is neither is `doubtful`.
    """
    try:
        return outcome(status, ExportLogsServiceResponse.FromString(body))
    except Exception:  # noqa: BLE001 - protobuf's DecodeError is another class in each of its implementations
        return _read_json(status, body)


def _read_json(status: str, body: bytes) -> Answer:
    try:
        partial = json.loads(body).get("partialSuccess") or {}
        message = str(partial.get("errorMessage", ""))
        return Answer(status, rejected=int(partial.get("rejectedLogRecords", 0)), message=message[:MESSAGE])
    except (ValueError, TypeError, AttributeError):
        return Answer(status, doubtful=True)
