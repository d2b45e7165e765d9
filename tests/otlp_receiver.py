"""A stand-in collector on loopback: real OTLP/HTTP (protobuf, gzip) and real OTLP/gRPC, which answers what it is told.

    with Receiver() as receiver:                      # or Receiver(protocol="grpc"), Receiver(port=receiver.port)
        receiver.script += [Say(503), Say(429, headers={"Retry-After": "1"})]
        receiver.judge = lambda received: Say(400) if bad(received.message) else OK

The script is used up first, one answer a request; then the judge is asked; by default everything is accepted.
"""

from __future__ import annotations

import gzip
import http.server
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

REQUESTS: dict[str, Any] = {
    "logs": logs.ExportLogsServiceRequest,
    "traces": traces.ExportTraceServiceRequest,
    "metrics": metrics.ExportMetricsServiceRequest,
}
SERVICES = {
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export": "logs",
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export": "traces",
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": "metrics",
}


@dataclass(frozen=True)
class Say:
    """One answer. `status` is HTTP's or a gRPC name; `rejected` makes it a partial success; `body` replaces the answer.

    `hang`: seconds of silence before it; `drip`: seconds between the bytes of the body; `reset`: cut the connection.
    """

    status: int | str = 200
    rejected: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    hang: float = 0.0
    drip: float = 0.0
    reset: bool = False

    @property
    def accepts(self) -> bool:
        """Whether what was sent is stored. A login page says 200 and stores nothing."""
        page = "html" in self.headers.get("Content-Type", "")
        return self.status in (200, 202, "OK") and not (self.rejected or self.reset or page)


OK = Say()


@dataclass(frozen=True)
class Received:
    """One request: the message as protobuf, its bytes, the bytes of the wire, the headers and what was answered."""

    signal: str
    message: Any
    raw: bytes
    wire: bytes
    headers: dict[str, str]
    said: Say

    @property
    def records(self) -> list[LogRecord]:
        return [
            each
            for resource in self.message.resource_logs
            for scope in resource.scope_logs
            for each in scope.log_records
        ]


class Receiver:
    """Collects what it accepts; `requests` holds everything that came, refused or not."""

    def __init__(self, protocol: str = "http/protobuf", port: int = 0) -> None:
        self.protocol = protocol
        self.script: deque[Say] = deque()
        self.judge: Callable[[Received], Say] | None = None
        self.requests: list[Received] = []
        self._changed = threading.Condition()
        self._released = threading.Event()
        self._server = _Grpc(self, port) if protocol == "grpc" else _Http(self, port)
        self.port = self._server.port

    def __enter__(self) -> Receiver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._released.set()
        self._server.close()

    @property
    def endpoint(self) -> str:
        """For OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL": self.protocol}

    def take(self, signal: str, raw: bytes, wire: bytes, headers: dict[str, str]) -> Say:
        """What to answer to a request, which is remembered together with the answer."""
        message = REQUESTS[signal].FromString(raw)
        with self._changed:
            said = self.script.popleft() if self.script else OK
            if said is OK and self.judge is not None:
                said = self.judge(Received(signal, message, raw, wire, headers, OK))
            self.requests.append(Received(signal, message, raw, wire, headers, said))
            self._changed.notify_all()
        self._released.wait(said.hang)
        return said

    def _accepted(self, signal: str) -> Iterator[Any]:
        return (each.message for each in list(self.requests) if each.signal == signal and each.said.accepts)

    @property
    def logs(self) -> list[LogRecord]:
        """Every accepted log record, in order of arrival, duplicates and all."""
        return [
            record
            for each in list(self.requests)
            if each.signal == "logs" and each.said.accepts
            for record in each.records
        ]

    @property
    def bodies(self) -> list[str]:
        return [record.body.string_value for record in self.logs]

    @property
    def spans(self) -> list[Span]:
        return [
            span
            for message in self._accepted("traces")
            for resource in message.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def metrics(self) -> list[Metric]:
        return [
            metric
            for message in self._accepted("metrics")
            for resource in message.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        ]

    def wait_for(self, ready: Callable[[Receiver], Any], timeout: float = 20.0) -> bool:
        """Whether `ready` came true; looked at after each request."""
        with self._changed:
            return bool(self._changed.wait_for(lambda: ready(self), timeout))


def attributes(pairs: Any) -> dict[str, Any]:
    """Attributes of a log record, span, metric point or resource as a dict."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value") or "string_value") for each in pairs}


def _response(signal: str, rejected: int) -> bytes:
    if signal == "logs":
        partial = logs.ExportLogsPartialSuccess(rejected_log_records=rejected, error_message="some were refused")
        answer = (
            logs.ExportLogsServiceResponse(partial_success=partial) if rejected else logs.ExportLogsServiceResponse()
        )
        return bytes(answer.SerializeToString())
    return b""


class _Http(http.server.ThreadingHTTPServer):
    """OTLP/HTTP: POST /v1/{logs,traces,metrics}."""

    daemon_threads = True

    def __init__(self, receiver: Receiver, port: int) -> None:
        self.receiver = receiver
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)
        self.port = self.server_address[1]
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news here."""

    def close(self) -> None:
        self.shutdown()
        self._thread.join()
        for connection in list(self._open):  # a collector that goes away takes its connections with it
            _cut(connection)
        self.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing to say."""

    def do_POST(self) -> None:
        wire = self.rfile.read(int(self.headers["Content-Length"]))
        raw = gzip.decompress(wire) if self.headers.get("Content-Encoding") == "gzip" else wire
        signal = self.path.rpartition("/")[2]
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = self.server.receiver.take(signal, raw, wire, headers)
        if said.reset:
            _cut(self.connection)
            self.close_connection = True
            return
        self._answer(said, said.body if said.body is not None else _response(signal, said.rejected))

    def _answer(self, said: Say, body: bytes) -> None:
        self.send_response(int(said.status))
        for name, value in {"Content-Type": "application/x-protobuf", **said.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not said.drip:
            self.wfile.write(body)
            return
        for byte in body:
            self.wfile.write(bytes([byte]))
            time.sleep(said.drip)


def _cut(connection: socket.socket) -> None:
    """A reset, not a polite end."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()
    except OSError:
        pass  # gone already


class _Grpc:
    """OTLP/gRPC: the three export services, over bytes."""

    def __init__(self, receiver: Receiver, port: int) -> None:
        import grpc

        self._receiver = receiver
        self._codes = grpc.StatusCode
        self._pool = futures.ThreadPoolExecutor(4)
        self._server = grpc.server(self._pool, options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((self._handlers(grpc),))
        self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._server.start()

    def _handlers(self, grpc: Any) -> Any:
        receiver = self

        class Handlers(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio ships no types
            def service(self, details: Any) -> Any:
                signal = SERVICES[details.method]
                return grpc.unary_unary_rpc_method_handler(lambda raw, context: receiver.export(signal, raw, context))

        return Handlers()

    def export(self, signal: str, raw: bytes, context: Any) -> bytes:
        headers = {each.key: each.value for each in context.invocation_metadata()}
        said = self._receiver.take(signal, raw, raw, headers)
        if isinstance(said.status, str) and said.status != "OK":
            context.set_trailing_metadata(
                [(name, value) for name, value in said.headers.items()]
                + ([("grpc-status-details-bin", said.body)] if said.body is not None else [])
            )
            context.abort(getattr(self._codes, said.status), "as told")
        return _response(signal, said.rejected)

    def close(self) -> None:
        self._server.stop(0).wait()
        self._pool.shutdown()
