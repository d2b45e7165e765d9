"""`vedette config`: every setting, with the value in force."""

from __future__ import annotations

import argparse
import json

from vedette.cli import settings
from vedette.cli.paint import Paint
from vedette.config import table

OTEL = (
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "The collector. None: nothing leaves this machine."),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "`http/protobuf` (default here) or `grpc` (extra `otlp-grpc`)."),
    ("OTEL_EXPORTER_OTLP_HEADERS", "Headers of each export, such as an API key."),
    ("OTEL_TRACES_EXPORTER, _METRICS_, _LOGS_", "`none` switches that signal off; the trail goes on."),
    ("OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES", "Who this process is."),
    ("OTEL_SDK_DISABLED", "`true`: no spans and metrics; the trail goes on and says so."),
    ("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS", "`vedette`: nothing is woven."),
    ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "`SPAN_ONLY`: redacted content on spans too."),
)
"""OpenTelemetry's own variables that keep their meaning, for the README."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object, variable -> value")
    parser.add_argument("--markdown", action="store_true", help="the table of the README, with the defaults")


def run(args: argparse.Namespace) -> int:
    if args.markdown:
        print(markdown())
        return 0
    rows = table(settings())
    if args.json:
        print(json.dumps({variable: value for variable, value, _, _ in rows}))
        return 0
    paint = Paint()
    for variable, value, allowed, about in rows:
        print(f"{paint('bold', variable)}={value}")
        print(paint("dim", f"    {about}  [{allowed}]"))
    return 0


def markdown() -> str:
    """The settings as a Markdown table; a test holds the README to it."""
    lines = ["| variable | default | values | what it does |", "|---|---|---|---|"]
    for variable, default, allowed, about in table():
        shown = f"`{default}`" if default else "the user's state folder" if variable == "VEDETTE_TRAIL" else ""
        lines.append(f"| `{variable}` | {shown} | {allowed} | {about} |")
    lines += [f"| {' '.join(f'`{each}`' for each in name.split())} | | | {about} |" for name, about in OTEL]
    return "\n".join(lines)
