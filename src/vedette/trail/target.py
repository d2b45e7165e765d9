"""Where the trail is shipped to: OpenTelemetry's own variables, with their standard meaning. Pure, and free of imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

Env = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """One OTLP endpoint for logs. `timeout` in seconds; `protocol` is `http/protobuf` or `grpc`."""

    url: str
    protocol: str
    headers: tuple[tuple[str, str], ...]
    timeout: float
    ca: str = ""
    certificate: str = ""
    key: str = ""
    gzip: bool = True


def target(env: Env) -> Target | None:
    """The endpoint that `env` names; None if it names none, or if logs are not to go by OTLP."""
    exporters = {each.strip() for each in env.get("OTEL_LOGS_EXPORTER", "otlp").split(",")}
    own, shared = env.get("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", ""), env.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    if "otlp" not in exporters or not (own or shared):
        return None
    protocol = _either(env, "PROTOCOL") or "http/protobuf"
    grpc = protocol == "grpc"
    url = own or (shared if grpc else f"{shared.rstrip('/')}/v1/logs")
    return Target(
        url=url,
        protocol="grpc" if grpc else "http/protobuf",
        headers=_headers(_either(env, "HEADERS")),
        timeout=_seconds(_either(env, "TIMEOUT")),
        ca=_either(env, "CERTIFICATE"),
        certificate=_either(env, "CLIENT_CERTIFICATE"),
        key=_either(env, "CLIENT_KEY"),
        gzip=_either(env, "COMPRESSION").lower() != "none",
    )


def _either(env: Env, name: str) -> str:
    return env.get(f"OTEL_EXPORTER_OTLP_LOGS_{name}") or env.get(f"OTEL_EXPORTER_OTLP_{name}", "")


def _seconds(text: str) -> float:
    try:
        return float(text) if text else 10.0
    except ValueError:
        return 10.0


def _headers(text: str) -> tuple[tuple[str, str], ...]:
    """`a=b,c=d`, percent-decoded (W3C Baggage, as the OTLP exporter specification says)."""
    pairs = (each.partition("=") for each in text.split(",") if "=" in each)
    return tuple((name.strip().lower(), unquote(value.strip())) for name, _, value in pairs)


def host_and_port(url: str) -> tuple[str, bool]:
    """`host:port` and whether TLS is wanted, of a gRPC endpoint."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    secure = parts.scheme == "https"
    return f"{parts.hostname}:{parts.port or (443 if secure else 4317)}", secure
