"""The doors that OpenTelemetry opens: distro, configurator, pre-instrument hook, instrumentor (otel.md 2 and 3).

Each is the only one of ours that opens under some condition: a foreign distro, a foreign configurator, a declarative
file, `instrument()` in code. An exception here would leave the host without any telemetry, so none ever raises.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Collection, MutableMapping
from typing import Any

# Both modules tell type checkers to skip them.
from opentelemetry.instrumentation.distro import BaseDistro  # type: ignore[attr-defined]
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined]

from vedette import runtime
from vedette.guard import guard
from vedette.otel import opening

logger = logging.getLogger("vedette")

SIGNALS = ("TRACES", "METRICS", "LOGS")


def defaults(env: MutableMapping[str, str]) -> None:
    """What the distro sets where the user has not: OTLP over HTTP, and exporters only where there is an endpoint.

    The stock distro's defaults (gRPC, all exporters on) build no SDK at all where the gRPC exporter is not installed.
    """
    env.setdefault("OTEL_PYTHON_CONFIGURATOR", "vedette")
    env.setdefault("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    for signal in SIGNALS:
        endpoint = env.get(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") or env.get("OTEL_EXPORTER_OTLP_ENDPOINT")
        env.setdefault(f"OTEL_{signal}_EXPORTER", "otlp" if endpoint else "none")


class VedetteDistro(BaseDistro):  # type: ignore[misc]
    """The earliest code of ours: the guard is in place before any provider exists."""

    def _configure(self, **kwargs: Any) -> None:
        with guard("otel.distro"):
            defaults(os.environ)
            opening.start()


class VedetteConfigurator:
    """The stock configurator inside the guard: if the SDK cannot be built, the trail still starts and says why."""

    def configure(self, **kwargs: Any) -> None:
        with guard("otel.configurator"):
            opening.start()
        self._build(kwargs)
        with guard("otel.configurator"):
            runtime.at_exit()
            if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
                opening.remark("sdk", "switched off by OTEL_SDK_DISABLED: trail on, signals off")

    def _build(self, kwargs: dict[str, Any]) -> None:
        """The stock configurator is imported here because other doors open without needing it (77 ms)."""
        try:
            stock = importlib.import_module("opentelemetry.sdk._configuration")
            stock._OTelSDKConfigurator().configure(**kwargs)
        except Exception as error:  # noqa: BLE001 - a misspelt exporter must not leave the host without a trail
            with guard("otel.configurator"):
                reason = runtime.redactor().text(f"{type(error).__name__}: {error}")
                logger.warning("vedette: OpenTelemetry's SDK could not be built (%s); the trail goes on", reason)
                opening.remark("sdk", f"not built: {reason}")


def pre_instrument() -> None:
    """The one door that opens without any setting, whoever the distro and the configurator are."""
    with guard("otel.pre_instrument"):
        opening.start()
        opening.weave()


class VedetteInstrumentor(BaseInstrumentor):  # type: ignore[misc]
    """The usual switch: `instrument()` starts and weaves or finds it done, `uninstrument()` undoes it all."""

    def instrumentation_dependencies(self) -> Collection[str]:
        """None: one absent library must not switch off the others."""
        return ()

    def _instrument(self, **kwargs: Any) -> None:
        with guard("otel.instrumentor"):
            opening.start()
            runtime.weave_seams()

    def _uninstrument(self, **kwargs: Any) -> None:
        with guard("otel.instrumentor"):
            opening.stop()
