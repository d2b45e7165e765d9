"""OTLP over gRPC: the same message through a generic channel. Imported late, and only if the protocol is `grpc`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]  # grpcio ships no types
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]  # nor does googleapis-common-protos
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from vedette.trail.shipping.answer import Answer
from vedette.trail.shipping.otlp import MESSAGE, METHOD, outcome, unobserved
from vedette.trail.shipping.target import Target

_OPTIONS = [
    ("grpc.initial_reconnect_backoff_ms", 500),
    ("grpc.min_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 5000),  # the shipper has a backoff of its own; gRPC's two minutes would add to it
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.primary_user_agent", "vedette"),
]


class Client:
    """One channel to one collector. Raises `OSError` for a certificate file that cannot be read."""

    def __init__(self, target: Target) -> None:
        self._timeout = target.timeout
        self._channel = _channel(target)
        self._metadata = [(name.lower(), value) for name, value in target.headers.items()]
        self._export = self._channel.unary_unary(
            METHOD,
            request_serializer=None,  # the message comes encoded
            response_deserializer=ExportLogsServiceResponse.FromString,
        )

    def send(self, message: bytes) -> Answer:
        """One request. Whatever happens is an answer."""
        try:
            with unobserved():
                response = self._export(message, timeout=self._timeout, metadata=self._metadata)
        except grpc.RpcError as error:
            return _refusal(error)
        return outcome("OK", response)

    def close(self) -> None:
        self._channel.close()


def _channel(target: Target) -> Any:
    compression = grpc.Compression.Gzip if target.gzip else grpc.Compression.NoCompression
    if target.insecure:
        return grpc.insecure_channel(target.endpoint, _OPTIONS, compression)
    credentials = grpc.ssl_channel_credentials(
        _pem(target.certificate), _pem(target.client_key), _pem(target.client_certificate)
    )
    return grpc.secure_channel(target.endpoint, credentials, _OPTIONS, compression)


def _pem(path: str) -> bytes | None:
    return Path(path).read_bytes() if path else None


def _refusal(error: Any) -> Answer:
    return Answer(error.code().name, message=(error.details() or "")[:MESSAGE], retry_after=_wish(error))


def _wish(error: Any) -> float | None:
    """The delay of a `google.rpc.RetryInfo` among the details of the status, where the OTLP specification puts it."""
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    if details is None:
        return None
    for each in Status.FromString(details).details:
        info = RetryInfo()
        if each.Unpack(info):
            return float(info.retry_delay.ToTimedelta().total_seconds())
    return None
