"""`vedette config`: every setting, with the value in force."""

from __future__ import annotations

import argparse
import os
import shutil
import textwrap
from collections.abc import Iterator

from vedette.cli import as_json, settings
from vedette.cli.paint import Paint
from vedette.cli.text import plain
from vedette.config import table

OTEL = (
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "The collector. None: nothing leaves this machine."),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "`http/protobuf` (default here) or `grpc` (extra `otlp-grpc`)."),
    (
        "OTEL_EXPORTER_OTLP_HEADERS",
        "Headers of each export, such as an API key. Its siblings for one signal count too.",
    ),
    ("OTEL_TRACES_EXPORTER", "`none`: no spans; the trail goes on."),
    ("OTEL_METRICS_EXPORTER", "`none`: no metrics; the trail goes on."),
    ("OTEL_LOGS_EXPORTER", "`none`: the trail is not shipped; it goes on."),
    ("OTEL_SERVICE_NAME", "Who this process is."),
    ("OTEL_RESOURCE_ATTRIBUTES", "What else it is: `key=value`, comma separated."),
    ("OTEL_SDK_DISABLED", "`true`: no spans and metrics; the trail goes on and says so."),
    ("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS", "`vedette`: nothing is woven, and the trail says so."),
    ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "`SPAN_ONLY`: redacted content on spans too."),
)
"""OpenTelemetry's own variables that keep their meaning."""

_MASKED = "OTEL_EXPORTER_OTLP_HEADERS"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object, variable -> value")
    parser.add_argument("--markdown", action="store_true", help="the table of the README, with the defaults")
    parser.epilog = "Settings are environment variables; `vedette.start(trail=..., redact=...)` takes them as keywords."


def run(args: argparse.Namespace) -> int:
    if args.markdown:
        print(markdown())
    elif args.json:
        print(as_json({variable: value for variable, value, _, _ in table(settings())} | _otel()))
    else:
        print("\n".join(_lines(Paint())))
    return 0


def _otel() -> dict[str, str]:
    """What is set of OpenTelemetry's variables; keys of an account are masked."""
    found = {name: os.environ[name] for name, _ in OTEL if os.environ.get(name)}
    return found | {name: "***" for name in found if name == _MASKED}


def _lines(paint: Paint) -> Iterator[str]:
    width = shutil.get_terminal_size((110, 24)).columns
    for variable, value, allowed, about in table(settings()):
        yield f"{paint('bold', variable)}={plain(value)}"
        for line in textwrap.wrap(f"{about} [{allowed}]", max(width - 4, 40)):
            yield paint("dim", f"    {line}")
    yield ""
    values = _otel()
    for variable, about in OTEL:
        yield f"{paint('bold', variable)}={plain(values.get(variable, ''))}"
        for line in textwrap.wrap(about, max(width - 4, 40)):
            yield paint("dim", f"    {line}")


def markdown() -> str:
    """The settings as a Markdown table; a test holds the README to it."""
    lines = ["| variable | default | values | what it does |", "|---|---|---|---|"]
    for variable, default, allowed, about in table():
        shown = f"`{default}`" if default else "the user's state folder" if variable == "VEDETTE_TRAIL" else ""
        lines.append(f"| `{variable}` | {shown} | {allowed} | {about} |")
    return "\n".join(lines + [f"| `{name}` | | | {about} |" for name, about in OTEL])
