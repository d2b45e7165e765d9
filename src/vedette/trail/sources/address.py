"""`--from`: a path, `-`, or `NAME:WHERE`. What talks to a backend is imported only when it is named (law 7)."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from vedette.trail.proving.known import Source
from vedette.trail.sources.files import Files
from vedette.trail.sources.lines import Lines
from vedette.trail.sources.request import Request, Unreachable, Window
from vedette.trail.sources.segments import Segments

_REMOTE = {
    "loki": ("loki", "Loki"),
    "elasticsearch": ("elastic", "Elastic"),
    "opensearch": ("elastic", "Elastic"),
    "kafka": ("kafka", "Kafka"),
}
NONE: Mapping[str, str] = MappingProxyType({})
_DATADOG = (
    "Datadog parses JSON bodies into attributes, so what was signed is not there any more; "
    "verify its archive (--from lines:FILES of the bucket), the collector's file, or the local trail"
)


def open_source(
    spec: str,
    window: Window | None = None,
    stream: str = "",
    *,
    host_log: Path | None = None,
    headers: Mapping[str, str] = NONE,
) -> Source:
    """The source that `spec` names. Raises `Unreachable`, now or while it is read.

    Window and stream spare a backend what is not asked for; what comes may still be more. `host_log` is where that of a
    trail's folder lies, if not in it; `headers` go with each HTTP request, and may hold keys.
    """
    name, colon, where = spec.partition(":")
    if spec == "-":
        return Lines(sys.stdin.buffer)
    if colon and name in _REMOTE:
        return _remote(*_REMOTE[name], Request(where, window or Window(), stream, headers))
    if colon and name in ("lines", "otlp", "splunk"):
        return Files([where], splunk=name == "splunk")
    if name == "datadog":
        raise Unreachable(_DATADOG)
    path = Path(where if name == "trail" and colon else spec).expanduser()
    if not path.exists():
        raise Unreachable(f"{path}: there is no such file or folder")
    exported = path.is_file() or (not (path / "streams").is_dir() and any(path.iterdir()))
    return Files([str(path)]) if exported else Segments(path, host_log=host_log)


def _remote(module: str, name: str, request: Request) -> Source:
    try:
        found = importlib.import_module(f"vedette.trail.sources.{module}")
    except ImportError as error:
        raise Unreachable(f"{error.name} is not installed: pip install 'vedette[{module}]'") from None
    source: Source = getattr(found, name)(request)
    return source
