"""The standard variables, with their standard meaning."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.trail.shipping.target import Target, target

HTTP = {"protocol": "http/protobuf"}


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, None),
        ({"ENDPOINT": ""}, None),
        ({"ENDPOINT": "http://c:4318"}, {"endpoint": "http://c:4318/v1/logs", "insecure": True}),
        ({"ENDPOINT": "http://c:4318/base/"}, {"endpoint": "http://c:4318/base/v1/logs", "insecure": True}),
        ({"LOGS_ENDPOINT": "https://c/my/logs"}, {"endpoint": "https://c/my/logs"}),
        ({"ENDPOINT": "http://a", "LOGS_ENDPOINT": "http://b/l"}, {"endpoint": "http://b/l", "insecure": True}),
        (
            {"ENDPOINT": "https://c:4317", "PROTOCOL": "grpc"},
            {"endpoint": "c:4317", "protocol": "grpc"},
        ),
        (
            {"ENDPOINT": "http://c:4317", "LOGS_PROTOCOL": "grpc", "PROTOCOL": "http/protobuf"},
            {"endpoint": "c:4317", "protocol": "grpc", "insecure": True},
        ),
        ({"ENDPOINT": "c:4317", "PROTOCOL": "grpc"}, {"endpoint": "c:4317", "protocol": "grpc"}),
        (
            {"ENDPOINT": "c:4317", "PROTOCOL": "grpc", "INSECURE": "true"},
            {"endpoint": "c:4317", "protocol": "grpc", "insecure": True},
        ),
        (
            {"ENDPOINT": "https://c", "HEADERS": "Authorization=Bearer%20x,a=b", "TIMEOUT": "3", "COMPRESSION": "none"},
            {
                "endpoint": "https://c/v1/logs",
                "headers": {"authorization": "Bearer x", "a": "b"},
                "timeout": 3.0,
                "gzip": False,
            },
        ),
        (
            {"ENDPOINT": "https://c", "HEADERS": "a=1", "LOGS_HEADERS": "b=2", "LOGS_TIMEOUT": "0.5", "TIMEOUT": "9"},
            {"endpoint": "https://c/v1/logs", "headers": {"b": "2"}, "timeout": 0.5},
        ),
        ({"ENDPOINT": "https://c", "TIMEOUT": "soon"}, {"endpoint": "https://c/v1/logs"}),
        (
            {"ENDPOINT": "https://c", "CERTIFICATE": "ca", "CLIENT_KEY": "k", "LOGS_CLIENT_CERTIFICATE": "c"},
            {"endpoint": "https://c/v1/logs", "certificate": "ca", "client_key": "k", "client_certificate": "c"},
        ),
    ],
)
def test_target_of_the_environment(env: dict[str, str], expected: dict[str, Any] | None) -> None:
    """Logs before all signals; a base gets its path, a signal's own endpoint does not; a scheme decides on TLS."""
    found = target({f"OTEL_EXPORTER_OTLP_{name}": value for name, value in env.items()})
    assert found == (None if expected is None else Target(**{**HTTP, **expected}))


@pytest.mark.parametrize(
    ("exporters", "ships"),
    [
        ("otlp", True),
        ("console,otlp", True),
        ("otlp_proto_grpc", True),
        ("", True),
        ("none", False),
        ("console", False),
    ],
)
def test_logs_exporters_that_leave_otlp_out_leave_us_out(exporters: str, ships: bool) -> None:
    """Who asked for no OTLP logs gets none."""
    found = target({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_LOGS_EXPORTER": exporters})
    assert (found is not None) is ships


def test_headers_are_not_shown() -> None:
    """They hold keys of accounts; a target may stand in a traceback."""
    planted = "Bearer " + "a1B2" * 9
    found = target(
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_HEADERS": f"authorization={planted}"}
    )
    assert found is not None
    assert dict(found.headers) == {"authorization": planted}
    assert planted not in repr(found)
