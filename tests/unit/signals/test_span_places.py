"""Where a span stands: below which other, on which thread it ends, sampled or not, and what it costs to open."""

import threading
import timeit
from typing import Any

import pytest
from opentelemetry import context, trace
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler
from opentelemetry.trace import NonRecordingSpan, NoOpTracerProvider, SpanContext, SpanKind, TraceFlags
from tests.unit.signals.traced import BEGIN, Traced, call, event

from vedette.config import load
from vedette.event import Kind
from vedette.signals.spans import Spans


def test_spans_nest_as_the_calls_do_and_end_on_another_thread(traced: Traced) -> None:
    """The host's span is the parent of the agent's, the agent's that of the tool's; the line thread ends them."""
    host = traced.provider.get_tracer("host").start_span("request")
    agent, tool = call(Kind.AGENT), call(Kind.TOOL, gen_ai__tool__name="weather")
    before = context.attach(trace.set_span_in_context(host))
    traced.spans.start(agent)
    inner = context.attach(trace.set_span_in_context(agent.span))
    traced.spans.start(tool)
    context.detach(inner)
    context.detach(before)

    def line() -> None:
        traced.spans.finish(tool.span, event(Kind.TOOL, gen_ai__tool__name="weather"))
        traced.spans.finish(agent.span, event(Kind.AGENT, gen_ai__agent__name="desk"))

    thread = threading.Thread(target=line)
    thread.start()
    thread.join()
    host.end()
    spans = {span.name: span for span in traced.exporter.get_finished_spans()}
    parents = {name: span.parent.span_id if span.parent else 0 for name, span in spans.items()}
    assert parents == {
        "request": 0,
        "invoke_agent desk": host.get_span_context().span_id,
        "execute_tool weather": int(agent.span_id, 16),
    }
    assert {int(agent.trace_id, 16), int(tool.trace_id, 16)} == {host.get_span_context().trace_id}


def test_an_unsampled_call_has_ids_and_exports_nothing() -> None:
    """Sampling never touches the record: the Call is placed in the trace, its children stay unsampled."""
    quiet = Traced(ALWAYS_OFF)
    agent = call(Kind.AGENT)
    quiet.spans.start(agent)
    ids = agent.span.get_span_context()
    assert (agent.trace_id, agent.span_id) == (f"{ids.trace_id:032x}", f"{ids.span_id:016x}")
    assert not ids.trace_flags.sampled
    quiet.spans.finish(agent.span, event(Kind.AGENT))
    assert quiet.exporter.get_finished_spans() == ()


def test_samplers_see_the_operation() -> None:
    """A sampler that keeps model calls only can: the name of the operation is there when it is asked."""
    seen: list[dict[str, Any]] = []

    class Asked(Sampler):
        def should_sample(self, *args: Any, **kwargs: Any) -> Any:
            seen.append(dict(args[4]))
            return ALWAYS_ON.should_sample(*args, **kwargs)

        def get_description(self) -> str:
            return "asked"

    traced = Traced(Asked())
    for begun in (call(Kind.AGENT, gen_ai__operation__name="plan"), call(Kind.EXCHANGE, http__request__method="GET")):
        traced.spans.start(begun)
        begun.span.end()
    assert seen == [{"gen_ai.operation.name": "plan"}, {"http.request.method": "GET"}]


REMOTE = SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=TraceFlags(1))


@pytest.mark.parametrize("kind", [Kind.TOOL, Kind.AUTH])
def test_without_an_sdk_no_span_is_ours(kind: Kind) -> None:
    """No span is opened; the Call keeps the ids it was born with, or has those of a trace that came from outside."""
    spans = Spans(load({})[0], NoOpTracerProvider())
    alone = call(kind)
    alone.trace_id = alone.span_id = "born"
    spans.start(alone)
    assert (alone.span, alone.trace_id, alone.span_id) == (None, "born", "born")

    inside = call(kind)
    before = context.attach(trace.set_span_in_context(NonRecordingSpan(REMOTE)))
    spans.start(inside)
    context.detach(before)
    assert (inside.span, inside.trace_id, inside.span_id) == (None, f"{0xABC:032x}", f"{0xDEF:016x}")


@pytest.mark.parametrize("kind", [Kind.CONNECTION, Kind.INPUT, Kind.OUTPUT, Kind.AUTH, Kind.CHANGE, Kind.FINDING])
def test_what_has_no_span_stands_in_the_current_one(traced: Traced, kind: Kind) -> None:
    """Its record carries the ids of the span around it, and nothing is exported for it."""
    host = traced.provider.get_tracer("host").start_span("request")
    before = context.attach(trace.set_span_in_context(host))
    noted = call(kind)
    traced.spans.start(noted)
    context.detach(before)
    assert noted.span is None
    assert (int(noted.trace_id, 16), int(noted.span_id, 16)) == (
        host.get_span_context().trace_id,
        host.get_span_context().span_id,
    )
    assert traced.exporter.get_finished_spans() == ()


MCP = {"mcp__method__name": "tools/call", "gen_ai__tool__name": "weather", "mcp__session__id": "s-1"}


def test_an_mcp_request_adds_to_the_span_of_its_tool(traced: Traced) -> None:
    """Below `execute_tool` of the same tool, a client's MCP call is no second span; its session id stays off it."""
    tool = call(Kind.TOOL, gen_ai__operation__name="execute_tool", gen_ai__tool__name="meteo_weather")
    traced.spans.start(tool)
    before = context.attach(trace.set_span_in_context(tool.span))
    asked, served = call(Kind.TOOL, "mcp.client.session:X.y", **MCP), call(Kind.TOOL, "mcp.server.x:Y.z", **MCP)
    other = call(Kind.TOOL, **{**MCP, "gen_ai__tool__name": "time"})
    for each in (asked, served, other):
        traced.spans.start(each)
    context.detach(before)
    assert (asked.span, asked.span_id) == (None, tool.span_id)
    assert tool.span.attributes["mcp.method.name"] == "tools/call"
    assert "mcp.session.id" not in tool.span.attributes
    assert [served.span.kind, other.span.kind] == [SpanKind.SERVER, SpanKind.CLIENT]


def test_cost_on_the_host_thread(record_property: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What our `start` costs on top of the SDK's bare span: the best of ten, reported, not asserted (aim: 15 us)."""
    traced = Traced()
    tracer = traced.provider.get_tracer("bare")
    begun = call(Kind.EXCHANGE, http__request__method="POST", server__address="a.example")

    def bare() -> None:
        tracer.start_span("POST", kind=SpanKind.CLIENT, attributes=begun.facts, start_time=BEGIN)

    sdk, ours = (
        min(timeit.repeat(each, number=200, repeat=10)) / 200 * 1e6
        for each in (bare, lambda: traced.spans.start(begun))
    )
    record_property("us_on_top_of_the_sdk", round(ours - sdk, 1))
    with capsys.disabled():
        print(f"\n  start: {ours:.1f} us a call, the SDK's own span {sdk:.1f} us")
