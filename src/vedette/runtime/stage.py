"""Our own threads are off stage: outside every Call of the host's, and instrumented by nobody."""

from __future__ import annotations

from opentelemetry import context as otel

from vedette.capture.context import Frame, go

_SILENT = otel.set_value(otel._SUPPRESS_INSTRUMENTATION_KEY, True, otel.Context())


def off_stage() -> None:
    """Make the current thread one of ours."""
    go((Frame(), _SILENT))
