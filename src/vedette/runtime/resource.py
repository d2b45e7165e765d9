"""Who this process is: OpenTelemetry's resource, from the provider that the host has, else from the environment.

The SDK's own `Resource.create` is not used: it runs its detectors on a thread pool, which no longer takes work when the
interpreter ends, and a program may well end before its first record.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from opentelemetry import trace

from vedette.versions import version

Env = Mapping[str, str]


def resource(env: Env = os.environ) -> dict[str, str | int]:
    """Attributes of the host's provider, or those that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES name; raw."""
    given = getattr(trace.get_tracer_provider(), "resource", None)
    found = dict(given.attributes) if given is not None else _named(env)
    plain: dict[str, Any] = {str(name): value for name, value in found.items() if isinstance(value, str | int)}
    return {
        **plain,
        "telemetry.distro.name": "vedette",
        "telemetry.distro.version": version("vedette"),
    }


def _named(env: Env) -> dict[str, str]:
    """The specification's format: `key=value,key=value`, percent-encoded; the service's name wins over the list."""
    pairs = (each.partition("=") for each in env.get("OTEL_RESOURCE_ATTRIBUTES", "").split(",") if "=" in each)
    found = {name.strip(): unquote(value.strip()) for name, _, value in pairs}
    name = env.get("OTEL_SERVICE_NAME") or found.get("service.name") or f"unknown_service:{_executable()}"
    return {
        **found,
        "service.name": name,
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": version("opentelemetry-sdk"),
    }


def _executable() -> str:
    return os.path.basename(sys.executable) or "python"  # noqa: PTH119 - a name, not a path
