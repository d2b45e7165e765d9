"""The one OTLP message: records of one stream as an `ExportLogsServiceRequest`, and the two ways it is sent.

Imported late, on the shipper's thread: protobuf, requests and grpc are nothing that a host without a collector pays for.
"""

from __future__ import annotations

import gzip
import importlib
from collections.abc import Mapping, Sequence
from typing import Any

import requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from vedette.names import SCHEMA_URL
from vedette.trail.answer import Answer
from vedette.trail.item import Item
from vedette.trail.target import Target, host_and_port

_METHOD = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"


def request(items: Sequence[Item], resource: Mapping[str, Any], version: str) -> bytes:
    """The message for `items`, in their order. The same items give the same bytes, so a retry is a true copy."""
    scope = ScopeLogs(
        scope=InstrumentationScope(name="vedette", version=version),
        log_records=[_record(item) for item in items],
        schema_url=SCHEMA_URL,
    )
    logs = ResourceLogs(resource=Resource(attributes=_attributes(resource)), scope_logs=[scope])
    message: bytes = ExportLogsServiceRequest(resource_logs=[logs]).SerializeToString(deterministic=True)
    return message


def _record(item: Item) -> LogRecord:
    return LogRecord(
        time_unix_nano=item.time_ns,
        observed_time_unix_nano=item.observed_ns,
        severity_number=item.severity_number,  # type: ignore[arg-type]  # the enum is an int on the wire
        severity_text=item.severity_text,
        body=AnyValue(string_value=item.body),
        attributes=_attributes(item.attributes),
        trace_id=bytes.fromhex(item.trace_id),
        span_id=bytes.fromhex(item.span_id),
        event_name=item.event_name,
    )


def _attributes(pairs: Mapping[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=name, value=_value(value)) for name, value in pairs.items()]


def _value(value: Any) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    return AnyValue(int_value=value) if isinstance(value, int) else AnyValue(string_value=str(value))


class HttpTransport:
    """OTLP/HTTP with protobuf, over one connection of `requests` (what the stock exporter brings)."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._session = requests.Session()
        self._session.headers.update({"content-type": "application/x-protobuf", **dict(target.headers)})
        if target.ca:
            self._session.verify = target.ca
        if target.certificate:
            self._session.cert = (target.certificate, target.key) if target.key else target.certificate

    def send(self, message: bytes) -> Answer:
        data, headers = message, {}
        if self._target.gzip:
            data, headers = gzip.compress(message, 1, mtime=0), {"content-encoding": "gzip"}
        try:
            reply = self._session.post(
                self._target.url, data=data, headers=headers, timeout=(5, self._target.timeout), allow_redirects=False
            )
        except requests.RequestException as error:
            return Answer.unreachable(type(error).__name__)
        return _read(reply.status_code, reply.content, reply.headers.get("retry-after", ""))

    def close(self) -> None:
        self._session.close()


def _read(status: int, body: bytes, retry_after: str) -> Answer:
    """A 2xx counts only if its body is the export response, and then only for what was not rejected."""
    if not 200 <= status < 300:
        return Answer(status=status, retry_after=retry_after, text=body[:2000].decode("utf-8", "replace"))
    try:
        parsed = ExportLogsServiceResponse.FromString(body)
    except Exception:  # noqa: BLE001 - protobuf raises several classes by version: unreadable is unreadable
        return Answer(status=status, readable=False)
    partial = parsed.partial_success
    return Answer(status=status, rejected=partial.rejected_log_records, text=partial.error_message)


class GrpcTransport:
    """OTLP/gRPC, where grpcio is installed (extra `otlp-grpc`). Codes are carried as negative numbers."""

    def __init__(self, target: Target) -> None:
        grpc: Any = importlib.import_module("grpc")
        address, secure = host_and_port(target.url)
        options = [("grpc.max_send_message_length", 8 * 1024 * 1024)]
        self._error = grpc.RpcError
        self._timeout = target.timeout
        self._metadata = target.headers
        self._channel = (
            grpc.secure_channel(address, _credentials(grpc, target), options)
            if secure
            else grpc.insecure_channel(address, options)
        )
        self._export = self._channel.unary_unary(
            _METHOD, request_serializer=lambda data: data, response_deserializer=lambda data: data
        )
        self._compression = grpc.Compression.Gzip if target.gzip else grpc.Compression.NoCompression

    def send(self, message: bytes) -> Answer:
        try:
            body = self._export(message, timeout=self._timeout, metadata=self._metadata, compression=self._compression)
        except self._error as error:
            return Answer(status=-int(error.code().value[0]), text=str(error.details())[:2000])
        return _read(200, body, "")

    def close(self) -> None:
        self._channel.close()


def _credentials(grpc: Any, target: Target) -> Any:
    return grpc.ssl_channel_credentials(_bytes(target.ca), _bytes(target.key), _bytes(target.certificate))


def _bytes(path: str) -> bytes | None:
    if not path:
        return None
    with open(path, "rb") as file:  # noqa: PTH123 - a path from the environment, read once
        return file.read()


def connect(target: Target) -> HttpTransport | GrpcTransport:
    return GrpcTransport(target) if target.protocol == "grpc" else HttpTransport(target)
