"""A host whose SDK calls are traced by other people's instrumentors; run as a program by `test_leak_matrix.py`.

The provider refuses the prompt and echoes it, as providers do; `url.full` holds a query. `BOOT` as in `leak_host.py`.
"""

from __future__ import annotations

import contextlib
import os

import openai
import requests
from leak_host import boot, build, secret, ssn, token
from opentelemetry import trace
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor


def main() -> None:
    build() if os.environ["BOOT"] == "sdk" else boot(os.environ["BOOT"])
    OpenAIInstrumentor().instrument()
    RequestsInstrumentor().instrument()
    server = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]
    requests.get(f"{server}/search", params={"q": ssn("url-query"), "api_key": token("url-query")}, timeout=5)
    client = openai.OpenAI(api_key="none", base_url=f"{server}/v1", max_retries=0)
    for surface in ("span-json", "span-status-provider"):
        with contextlib.suppress(openai.BadRequestError):
            client.chat.completions.create(model="m", messages=[{"role": "user", "content": secret(surface)}])
    trace.get_tracer_provider().force_flush()


if __name__ == "__main__":
    main()
