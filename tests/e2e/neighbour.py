"""A host with Vedette and one other instrumentation: prints the spans that were exported and the records in the trail.

python neighbour.py NAME[ + NAME] TRAIL
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import anthropic
import httpx
import openai
import requests
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import vedette
from vedette.cli.standin import StandIn
from vedette.trail.format import spool

NEIGHBOURS = {
    "none": "",
    "official openai": "opentelemetry.instrumentation.genai.openai:OpenAIInstrumentor",
    "official anthropic": "opentelemetry.instrumentation.genai.anthropic:AnthropicInstrumentor",
    "OpenLLMetry openai": "opentelemetry.instrumentation.openai:OpenAIInstrumentor",
    "OpenLLMetry anthropic": "opentelemetry.instrumentation.anthropic:AnthropicInstrumentor",
    "contrib httpx": "opentelemetry.instrumentation.httpx:HTTPXClientInstrumentor",
    "contrib httpx2": "opentelemetry.instrumentation.httpx:HTTPX2ClientInstrumentor",
    "contrib requests": "opentelemetry.instrumentation.requests:RequestsInstrumentor",
}
MESSAGES = [{"role": "user", "content": "hi"}]


def operations(url: str) -> dict[str, object]:
    """One of each, by the name under which the test finds it."""
    gpt = openai.OpenAI(base_url=f"{url}/v1", api_key="none")
    claude = anthropic.Anthropic(base_url=url, api_key="none")
    return {
        "openai chat": lambda: gpt.chat.completions.create(model="gpt-5", messages=MESSAGES),
        "openai stream": lambda: list(gpt.chat.completions.create(model="gpt-5", messages=MESSAGES, stream=True)),
        "openai responses": lambda: gpt.responses.create(model="gpt-5", input="hi"),
        "anthropic": lambda: claude.messages.create(model="claude", max_tokens=9, messages=MESSAGES),
        "httpx": lambda: httpx.get(f"{url}/weather?city=Paris"),
        "requests": lambda: requests.get(f"{url}/weather?city=Paris", timeout=5),
    }


def main(name: str, trail: Path) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    for each in name.split(" + "):
        module, _, instrumentor = NEIGHBOURS[each].partition(":")
        if module:
            getattr(import_module(module), instrumentor)().instrument()
    vedette.start(trail=trail)
    result = {}
    with StandIn() as server:
        for operation, run in operations(server.url).items():
            exporter.clear()
            run()  # type: ignore[operator]  # a lambda, above
            provider.force_flush()
            result[operation] = [_span(span) for span in exporter.get_finished_spans()]
    vedette.stop()
    print(json.dumps({"spans": result, "records": list(_records(trail))}))


def _span(span: object) -> dict[str, object]:
    ids = span.get_span_context()  # type: ignore[attr-defined]  # a ReadableSpan
    return {
        "scope": span.instrumentation_scope.name,  # type: ignore[attr-defined]
        "name": span.name,  # type: ignore[attr-defined]
        "id": f"{ids.span_id:016x}",
        "event": (span.attributes or {}).get("vedette.event.id", ""),  # type: ignore[attr-defined]
    }


def _records(trail: Path) -> object:
    for stream in spool.stream_folders(trail):
        for segment in spool.segment_files(stream):
            for frame in spool.read_segment(segment).frames:
                if frame.type == spool.ENVELOPE:
                    envelope = json.loads(frame.payload)
                    if envelope["f"] == "outcome":
                        yield {
                            "kind": envelope["k"],
                            "name": envelope["e"],
                            "span": envelope["sp"],
                            "facts": envelope["a"],
                        }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
