"""Where the time of one call goes: each step by itself, over and over, on the thread that has it; the best of many.

A best is what the step's own instructions take. Between them a host does other work, so that caches are cold: in a
whole program the same step takes up to twice as long, more where cores are shared.
"""

from __future__ import annotations

import copy
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from opentelemetry import trace

import vedette
from tests.bench.workloads import workloads
from vedette import runtime
from vedette.event import Call, Event
from vedette.runtime.line import Line

TIMES, ROUNDS = 100, 20


def measure(url: str) -> dict[str, float]:
    """Microseconds of CPU by step, for a chat of 1 KB."""
    chat = next(each.run for each in workloads(url) if each.name == "chat 1 KB")
    with tempfile.TemporaryDirectory() as folder:
        vedette.start(trail=Path(folder) / "trail")
        running = runtime.running()
        assert running is not None
        try:
            chat()
            runtime.flush(5)
            return _steps(running.line, _ended(running.line, chat))
        finally:
            vedette.stop()


def _ended(line: Line, run: Callable[[], Any]) -> Call:
    """The Call of `run` as the host's thread hands it over."""
    ended: list[Call] = []
    line.end = ended.append  # type: ignore[method-assign,assignment]  # on this one line, until it is deleted
    run()
    del line.end
    return ended[-1]


def _steps(line: Line, raw: Call) -> dict[str, float]:
    read = _twin(raw)
    line._read(read)
    event = line.redactor.event(_twin(read))
    return {
        "host: span.start": _best(line.spans.start, lambda: _twin(raw)),
        "host: redact.intent": _best(line.redactor.intent, lambda: _twin(raw)),
        "host: append": _best(line.trail.append, lambda: line.redactor.intent(_twin(raw))),
        "line: read": _best(line._read, lambda: _twin(raw)),
        "line: redact.event": _best(line.redactor.event, lambda: _twin(read)),
        "line: append": _best(line.trail.append, lambda: line.redactor.event(_twin(read))),
        "line: detect": _best(line._rules.see, lambda: event),
        "line: metrics": _best(line.metrics.record, lambda: event),
        "line: span.finish": _best(lambda span: line.spans.finish(span, event), lambda: _span(event)),
    }


def _twin(call: Call) -> Call:
    """The same Call, to be changed by itself."""
    twin = copy.copy(call)
    twin.facts = dict(call.facts)
    return twin


def _span(event: Event) -> Any:
    return trace.get_tracer("vedette").start_span(event.name)


def _best(step: Callable[[Any], Any], given: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        items = [given() for _ in range(TIMES)]
        began = time.thread_time()
        for item in items:
            step(item)
        best = min(best, time.thread_time() - began)
    return best / TIMES * 1e6


def table(steps: dict[str, float]) -> str:
    lines = ["", "where a chat of 1 KB spends it, us (best of many, by itself)"]
    return "\n".join(lines + [f"  {name:<30}{value:>9.1f}" for name, value in steps.items()])
