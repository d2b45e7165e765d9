"""One operation is one Event and one span of ours at most, whoever else instruments it.

Each neighbour runs in a process of its own, with the real SDKs against the stand-in on loopback. Where two foreign
instrumentations make twins (a native span and one around it), we adopt the inner one and add no third.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

OURS, NATIVE = "vedette", "com.anthropic.sdk.python"
OFFICIAL = "opentelemetry.instrumentation.genai."
CONTRIB = "opentelemetry.instrumentation."

ALONE = {
    "openai chat": [OURS],
    "openai stream": [OURS],
    "openai responses": [OURS],
    "anthropic": [NATIVE],
    "httpx": [OURS],
    "requests": [OURS],
}
EXPECTED = {
    "none": ALONE,
    "official openai": ALONE
    | {each: [f"{OFFICIAL}openai"] for each in ("openai chat", "openai stream", "openai responses")},
    "official anthropic": ALONE | {"anthropic": [NATIVE, f"{OFFICIAL}anthropic"]},
    "OpenLLMetry openai": ALONE
    | {each: [f"{CONTRIB}openai.v1"] for each in ("openai chat", "openai stream", "openai responses")},
    "OpenLLMetry anthropic": ALONE | {"anthropic": [NATIVE, f"{CONTRIB}anthropic"]},
    "contrib httpx": ALONE | {"httpx": [f"{CONTRIB}httpx"]},
    "contrib requests": ALONE | {"requests": [f"{CONTRIB}requests"]},
    "contrib httpx2": ALONE
    | {each: [f"{CONTRIB}httpx", OURS] for each in ("openai chat", "openai stream", "openai responses")}
    | {"anthropic": [f"{CONTRIB}httpx", NATIVE]},
    "official openai + OpenLLMetry openai": ALONE
    | {
        each: [f"{OFFICIAL}openai", f"{CONTRIB}openai.v1"]
        for each in ("openai chat", "openai stream", "openai responses")
    },
    "official anthropic + OpenLLMetry anthropic": ALONE
    | {"anthropic": [NATIVE, f"{OFFICIAL}anthropic", f"{CONTRIB}anthropic"]},
}
"""The scopes of the spans of each operation, in the order of their end; an HTTP span inside a model call is no twin."""

UNREACHABLE = {("OpenLLMetry openai", "openai responses")}
"""Its span is made after the call, so nobody can adopt it: we open none, and coverage says so (otel.md 12.1)."""


@cache
def _run(name: str) -> Any:
    script = Path(__file__).with_name("neighbour.py")
    trail = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip()) / "trail"
    done = subprocess.run([sys.executable, script, name, trail], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", EXPECTED)
def test_an_operation_has_the_spans_it_would_have_without_us_or_one_of_ours(name: str) -> None:
    spans = _run(name)["spans"]
    assert {operation: [span["scope"] for span in each] for operation, each in spans.items()} == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_an_operation_is_one_event_that_carries_the_ids_of_its_span(name: str) -> None:
    """Six operations, six outcomes; each points to one of its spans, the only one that names the event in turn."""
    told = _run(name)
    assert [record["kind"] for record in told["records"]] == ["inference"] * 4 + ["exchange"] * 2
    for (operation, spans), record in zip(told["spans"].items(), told["records"], strict=True):
        if (name, operation) in UNREACHABLE:
            assert "vedette.adopted" not in record["facts"]
            continue
        (span,) = (each for each in spans if each["event"])
        assert (record["span"], record["facts"]["vedette.event.id"]) == (span["id"], span["event"])
        assert record["facts"].get("vedette.adopted", OURS) == span["scope"]
