"""Where the trail is shipped to: the standard variables of the OTLP exporters, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from opentelemetry.util.re import parse_env_headers

Env = Mapping[str, str]

TIMEOUT = 10.0
_BASE = "OTEL_EXPORTER_OTLP_"
_CARRIES_LOGS = ("otlp", "vedette")


@dataclass(frozen=True, slots=True)
class Target:
    """A collector. `endpoint` is the whole URL for HTTP, `host:port` for gRPC; `timeout` is in seconds.

    `headers` may hold keys of an account, so they are not shown. The three files are PEM paths or "".
    """

    protocol: str
    endpoint: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = TIMEOUT
    certificate: str = ""
    client_key: str = ""
    client_certificate: str = ""
    gzip: bool = True
    insecure: bool = False


def target(env: Env) -> Target | None:
    """The collector that `env` names for logs; None = none named, or OTEL_LOGS_EXPORTER leaves OTLP out.

    Compression is gzip unless `none` is asked for: every OTLP server must take it. Timeouts are in seconds, as Python's
    exporters read them.
    """
    exporters = (env.get("OTEL_LOGS_EXPORTER") or "otlp").split(",")
    endpoint = _value(env, "ENDPOINT")
    if not endpoint or not any(each.strip().startswith(_CARRIES_LOGS) for each in exporters):
        return None
    grpc = _value(env, "PROTOCOL").lower() == "grpc"
    return Target(
        protocol="grpc" if grpc else "http/protobuf",
        endpoint=_address(endpoint) if grpc else _url(env, endpoint),
        headers=parse_env_headers(_value(env, "HEADERS"), liberal=True),
        timeout=_seconds(_value(env, "TIMEOUT")),
        certificate=_value(env, "CERTIFICATE"),
        client_key=_value(env, "CLIENT_KEY"),
        client_certificate=_value(env, "CLIENT_CERTIFICATE"),
        gzip=_value(env, "COMPRESSION").lower() != "none",
        insecure=_insecure(endpoint, _value(env, "INSECURE")),
    )


def _value(env: Env, name: str) -> str:
    """The setting for logs, else the one for all signals; an empty variable counts as unset (OTel specification)."""
    return (env.get(f"{_BASE}LOGS_{name}") or env.get(_BASE + name) or "").strip()


def _url(env: Env, endpoint: str) -> str:
    """The endpoint for logs stands as it is; the one for all signals is a base."""
    own = env.get(f"{_BASE}LOGS_ENDPOINT", "").strip()
    return own or f"{endpoint.rstrip('/')}/v1/logs"


def _address(endpoint: str) -> str:
    return urlsplit(endpoint).netloc if "://" in endpoint else endpoint


def _insecure(endpoint: str, wanted: str) -> bool:
    """A scheme decides; without one the variable does, and TLS is the default."""
    scheme = endpoint.partition("://")[0].lower() if "://" in endpoint else ""
    return scheme == "http" if scheme in ("http", "https") else wanted.lower() == "true"


def _seconds(text: str) -> float:
    try:
        seconds = float(text or TIMEOUT)
    except ValueError:
        return TIMEOUT
    return seconds if 0 < seconds < float("inf") else TIMEOUT
