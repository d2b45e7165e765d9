"""Metrics with the real SDK: whole sets of points as a reader collects them, kind by kind."""

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint

from vedette import guard
from vedette.config import load
from vedette.event import Actor, Event, Kind, Label, Result
from vedette.signals import instruments
from vedette.signals.metrics import MOST, Metrics
from vedette.signals.observed import OBSERVED

BEGIN = 1_800_000_000_000_000_000
Points = dict[str, list[tuple[dict[str, Any], Any]]]


class Measured:
    """Our Metrics on a provider of their own, and what its reader collects."""

    def __init__(self, semconv: str = "latest") -> None:
        self.reader = InMemoryMetricReader()
        self.provider = MeterProvider([self.reader])
        self.metrics = Metrics(load({}, semconv=semconv)[0], self.provider)

    def collected(self) -> dict[str, Any]:
        data = self.reader.get_metrics_data()
        scopes = [scope for resource in data.resource_metrics for scope in resource.scope_metrics] if data else []
        return {metric.name: metric for scope in scopes for metric in scope.metrics}

    def points(self) -> Points:
        """Name -> (dimensions, sum of a counter or (count, sum) of a histogram), without what every Event counts."""
        always = ("vedette.events", "vedette.line.duration", "vedette.faults")
        return {name: _points(each) for name, each in self.collected().items() if name not in always}


def _points(metric: Any) -> list[tuple[dict[str, Any], Any]]:
    return [(dict(point.attributes), _value(point)) for point in metric.data.data_points]


def _value(point: NumberDataPoint | HistogramDataPoint) -> Any:
    return point.value if isinstance(point, NumberDataPoint) else (point.count, point.sum)


@pytest.fixture
def measured() -> Iterator[Measured]:
    made = Measured()
    yield made
    made.provider.shutdown()


def event(
    kind: Kind, facts: dict[str, Any] | None = None, result: Result = Result.OK, ms: int = 1500, agent: str = ""
) -> Event:
    return Event(
        kind=kind,
        name="",
        result=result,
        begin_ns=BEGIN,
        duration_ns=ms * 10**6,
        facts=facts or {},
        actor=Actor(user="[id:k.1]", agent=agent),
    )


MODEL = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.response.model": "gpt-5-2026",
    "server.address": "api.openai.com",
    "server.port": 443,
}
CHAT = {
    **MODEL,
    "gen_ai.response.id": "resp_1",
    "gen_ai.conversation.id": "c1",
    "url.full": "https://api.openai.com/v1/chat/completions",
    "gen_ai.response.time_to_first_chunk": "0.25",
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 30,
    "gen_ai.usage.audio.input_tokens": 40,
    "gen_ai.usage.cache_read.input_tokens": 8,
}
USAGE = "gen_ai.client.inference.usage."


def test_a_model_call(measured: Measured) -> None:
    """Duration, first chunk and tokens, over the model's dimensions only: no id, no URL, no person."""
    measured.metrics.record(event(Kind.INFERENCE, CHAT))
    audio, unknown = ({**MODEL, "gen_ai.token.modality": each} for each in ("audio", "unknown"))
    assert measured.points() == {
        "gen_ai.client.inference.duration": [(MODEL, (1, 1.5))],
        "gen_ai.client.inference.time_to_first_chunk": [(MODEL, (1, 0.25))],
        "gen_ai.client.inference.operation.input_tokens": [(MODEL, (1, 100))],
        "gen_ai.client.inference.operation.output_tokens": [(MODEL, (1, 30))],
        f"{USAGE}input_tokens": [(audio, 40), (unknown, 60)],
        f"{USAGE}output_tokens": [(unknown, 30)],
        f"{USAGE}cache_read.input_tokens": [(unknown, 8)],
    }


def test_a_failed_model_call_counts_no_tokens_but_is_there(measured: Measured) -> None:
    """Its duration has the error's type, its usage is 0, so that rates by outcome can be built."""
    measured.metrics.record(event(Kind.INFERENCE, {**MODEL, "error.type": "429"}, Result.ERROR))
    nothing = {**MODEL, "gen_ai.token.modality": "unknown"}
    assert measured.points() == {
        "gen_ai.client.inference.duration": [({**MODEL, "error.type": "429"}, (1, 1.5))],
        f"{USAGE}input_tokens": [(nothing, 0)],
        f"{USAGE}output_tokens": [(nothing, 0)],
    }


def test_conventions_1_41() -> None:
    """The older names: one duration for all client operations, and token usage told apart by its type."""
    measured = Measured("1.41")
    measured.metrics.record(event(Kind.INFERENCE, CHAT))
    measured.metrics.record(event(Kind.INFERENCE, {"gen_ai.operation.name": "embeddings"}))
    points = measured.points()
    assert points["gen_ai.client.operation.duration"] == [
        (MODEL, (1, 1.5)),
        ({"gen_ai.operation.name": "embeddings"}, (1, 1.5)),
    ]
    assert points["gen_ai.client.token.usage"] == [
        ({**MODEL, "gen_ai.token.type": "input"}, (1, 100)),
        ({**MODEL, "gen_ai.token.type": "output"}, (1, 30)),
    ]
    assert "gen_ai.client.inference.duration" not in points


MCP = {
    "mcp.method.name": "tools/call",
    "mcp.protocol.version": "2026-07-28",
    "gen_ai.tool.name": "weather",
    "network.transport": "pipe",
}
HTTP = {"http.request.method": "POST", "server.address": "a.example", "server.port": 443}


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        (
            Kind.INFERENCE,
            {"gen_ai.operation.name": "embeddings", "gen_ai.usage.input_tokens": 4},
            {"gen_ai.client.operation.duration": [({"gen_ai.operation.name": "embeddings"}, (1, 1.5))]},
        ),
        (
            Kind.INFERENCE,
            {"gen_ai.operation.name": "fetch_response"},
            {"gen_ai.client.operation.duration": [({"gen_ai.operation.name": "fetch_response"}, (1, 1.5))]},
        ),
        (
            Kind.TOOL,
            {"gen_ai.tool.name": "weather", "gen_ai.tool.type": "function", "gen_ai.tool.call.id": "call_1"},
            {
                "gen_ai.execute_tool.duration": [
                    (
                        {"gen_ai.tool.name": "weather", "gen_ai.tool.type": "function", "gen_ai.agent.name": "desk"},
                        (1, 1.5),
                    )
                ]
            },
        ),
        (
            Kind.TOOL,
            {**MCP, "mcp.session.id": "s", "vedette.source": "mcp.client.session:ClientSession.call_tool"},
            {"mcp.client.operation.duration": [(MCP, (1, 1.5))]},
        ),
        (
            Kind.TOOL,
            {**MCP, "vedette.source": "mcp.server.lowlevel.server:Server._handle_request"},
            {"mcp.server.operation.duration": [(MCP, (1, 1.5))]},
        ),
        (
            Kind.AGENT,
            {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "intake"},
            {"gen_ai.invoke_workflow.duration": [({"gen_ai.workflow.name": "intake"}, (1, 1.5))]},
        ),
        (Kind.AGENT, {"gen_ai.operation.name": "create_agent"}, {}),
        (
            Kind.RETRIEVAL,
            {"gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "docs"},
            {"gen_ai.client.operation.duration": [({"gen_ai.operation.name": "retrieval"}, (1, 1.5))]},
        ),
        (
            Kind.CHANGE,
            {"gen_ai.operation.name": "update_memory"},
            {"gen_ai.client.operation.duration": [({"gen_ai.operation.name": "update_memory"}, (1, 1.5))]},
        ),
        (
            Kind.EXCHANGE,
            {**HTTP, "url.full": "https://a.example/x", "http.request.body.size": 20, "http.response.body.size": 3000},
            {
                "http.client.request.duration": [(HTTP, (1, 1.5))],
                "http.client.request.body.size": [(HTTP, (1, 20))],
                "http.client.response.body.size": [(HTTP, (1, 3000))],
            },
        ),
        (
            Kind.EXCHANGE,
            {"http.request.method": "BREW"},
            {"http.client.request.duration": [({"http.request.method": "_OTHER"}, (1, 1.5))]},
        ),
        (
            Kind.PROCESS,
            {"process.executable.name": "python3.13", "process.pid": 7},
            {"vedette.process.duration": [({"process.executable.name": "python"}, (1, 1.5))]},
        ),
        (
            Kind.PROCESS,
            {"process.executable.name": "acme-payroll.sh"},
            {"vedette.process.duration": [({"process.executable.name": "_OTHER"}, (1, 1.5))]},
        ),
        (
            Kind.CONNECTION,
            {"network.transport": "tcp", "network.peer.address": "10.0.0.1", "vedette.net.unwoven": True},
            {"vedette.connections": [({"network.transport": "tcp", "vedette.net.unwoven": True}, 1)]},
        ),
        (
            Kind.AUTH,
            {"vedette.auth.mechanism": "token", "vedette.auth.result": "granted", "vedette.auth.subject": "[id:k.9]"},
            {"vedette.auth.attempts": [({"vedette.auth.mechanism": "token", "vedette.auth.result": "granted"}, 1)]},
        ),
        (
            Kind.FINDING,
            {"security_rule.name": "r", "security_rule.category": "c", "vedette.finding.severity": "high"},
            {
                "vedette.findings": [
                    (
                        {
                            "security_rule.name": "r",
                            "security_rule.category": "c",
                            "vedette.finding.severity": "high",
                        },
                        1,
                    )
                ]
            },
        ),
        (Kind.INPUT, {"gen_ai.conversation.id": "c"}, {}),
        (Kind.LIFECYCLE, {"vedette.lifecycle.phase": "birth"}, {}),
    ],
)
def test_whole_points_kind_by_kind(measured: Measured, kind: Kind, facts: dict[str, Any], expected: Points) -> None:
    """Each kind gives these points and no other, over the dimensions of the conventions and no other."""
    measured.metrics.record(event(kind, facts, agent="desk"))
    assert measured.points() == expected


def test_units_and_buckets_are_those_of_the_conventions(measured: Measured) -> None:
    """Explicit boundaries travel as advice to the SDK, so that dashboards need no views."""
    measured.metrics.record(event(Kind.INFERENCE, CHAT))
    measured.metrics.record(event(Kind.EXCHANGE, {**HTTP, "http.request.body.size": 1}))
    measured.metrics.record(event(Kind.AGENT, {"gen_ai.operation.name": "invoke_agent"}))
    found = measured.collected()
    shapes = {
        name: (found[name].unit, *_ends(found[name].data.data_points[0].explicit_bounds))
        for name in (
            "gen_ai.client.inference.duration",
            "gen_ai.client.inference.operation.input_tokens",
            "gen_ai.invoke_agent.duration",
            "gen_ai.invoke_agent.tool_calls",
            "http.client.request.duration",
            "http.client.request.body.size",
        )
    }
    assert shapes == {
        "gen_ai.client.inference.duration": ("s", 14, 0.01, 81.92),
        "gen_ai.client.inference.operation.input_tokens": ("{token}", 14, 1.0, 67108864.0),
        "gen_ai.invoke_agent.duration": ("s", 13, 0.1, 409.6),
        "gen_ai.invoke_agent.tool_calls": ("{tool_call}", 8, 1.0, 128.0),
        "http.client.request.duration": ("s", 14, 0.005, 10.0),
        "http.client.request.body.size": ("By", 12, 0.0, 1024.0**3),
    }


def _ends(bounds: tuple[float, ...]) -> tuple[int, float, float]:
    return len(bounds), bounds[0], bounds[-1]


def run(kind: Kind, own: str, parent: str, operation: str = "", **more: Any) -> Event:
    facts = {"vedette.event.id": own, "vedette.parent.id": parent, "gen_ai.operation.name": operation, **more}
    return event(kind, {name: value for name, value in facts.items() if value != ""})


def test_calls_of_an_agent_run_are_told_when_it_ends(measured: Measured) -> None:
    """Its own calls and those of its workflows; not what its tools or sub-agents do, no resend, no embedding."""
    for each in (
        run(Kind.INFERENCE, "i1", "agent", "chat"),
        run(Kind.INFERENCE, "i2", "agent", "chat", **{"http.request.resend_count": 1}),
        run(Kind.INFERENCE, "e1", "agent", "embeddings"),
        run(Kind.INFERENCE, "i3", "t1", "chat"),
        run(Kind.TOOL, "t1", "agent"),
        run(Kind.TOOL, "t2", "flow"),
        run(Kind.INFERENCE, "i4", "flow", "chat"),
        run(Kind.AGENT, "flow", "agent", "invoke_workflow"),
        run(Kind.INFERENCE, "i5", "sub", "chat"),
        run(Kind.AGENT, "sub", "agent", "invoke_agent", **{"gen_ai.agent.name": "sub"}),
        run(Kind.AGENT, "agent", "", "invoke_agent", **{"gen_ai.agent.name": "desk"}),
    ):
        measured.metrics.record(each)
    sub, desk = {"gen_ai.agent.name": "sub"}, {"gen_ai.agent.name": "desk"}
    points = measured.points()
    assert points["gen_ai.invoke_agent.inference_calls"] == [(sub, (1, 1)), (desk, (1, 2))]
    assert points["gen_ai.invoke_agent.tool_calls"] == [(sub, (1, 0)), (desk, (1, 2))]


@pytest.mark.parametrize(
    ("semconv", "scope", "facts", "left"),
    [
        ("latest", "opentelemetry.instrumentation.httpx", HTTP, set()),
        ("latest", "opentelemetry.instrumentation.genai.openai", MODEL, {"gen_ai.client.inference.duration"}),
        ("1.41", "opentelemetry.instrumentation.genai.openai", MODEL, set()),
        ("1.41", "com.anthropic.sdk.python", MODEL, {"gen_ai.client.operation.duration"}),
    ],
)
def test_an_adopted_operation_is_not_measured_twice(
    semconv: str, scope: str, facts: dict[str, Any], left: set[str]
) -> None:
    """What the span's owner measures under the same name is its own; native spans come without metrics; ours go on."""
    measured = Measured(semconv)
    kind = Kind.EXCHANGE if facts is HTTP else Kind.INFERENCE
    measured.metrics.record(event(kind, {**facts, "vedette.adopted": scope}))
    names = measured.collected().keys()
    assert {name for name in names if name.endswith("duration") and not name.startswith("vedette.")} == left
    assert "vedette.events" in names


def test_every_event_is_counted_with_what_was_taken_out_of_it(measured: Measured) -> None:
    """By kind and outcome; labels by their kind; and how long after its end it came here."""
    labels = (Label("email", "k.1", "/a"), Label("email", "k.2", "/b"), Label("github_token", "k.3", "/a"))
    measured.metrics.record(Event(kind=Kind.INPUT, name="", begin_ns=1, labels=labels))
    measured.metrics.record(Event(kind=Kind.TOOL, name="", begin_ns=1, result=Result.DENIED))
    found = {name: _points(each) for name, each in measured.collected().items()}
    assert found["vedette.events"] == [
        ({"vedette.kind": "input", "vedette.outcome": "ok"}, 1),
        ({"vedette.kind": "tool", "vedette.outcome": "denied"}, 1),
    ]
    assert found["vedette.redactions"] == [
        ({"vedette.label.kind": "email"}, 2),
        ({"vedette.label.kind": "github_token"}, 1),
    ]
    ((dimensions, (count, _)),) = found["vedette.line.duration"]
    assert (dimensions, count) == ({}, 2)


def test_a_dimension_is_bounded(measured: Measured) -> None:
    """After 200 values of one dimension the rest is `_OTHER`; a model that invents hosts cannot flood a backend."""
    for number in range(MOST + 50):
        measured.metrics.record(event(Kind.EXCHANGE, {"server.address": f"h{number}.example"}))
    points = measured.points()["http.client.request.duration"]
    assert len(points) == MOST + 1
    assert ({"server.address": "_OTHER"}, (50, 75.0)) in points


def test_no_content_and_no_person_becomes_a_dimension() -> None:
    """The instruments' table itself: identities, URLs and content are no dimension of anything."""
    tables = [*instruments.BY_KIND.values(), instruments.INFERENCE, instruments.USAGE, instruments.CLIENT]
    tables += [instruments.AGENT, instruments.WORKFLOW, instruments.MCP_CLIENT, tuple(instruments.CALLS.values())]
    named = {dimension for table in tables for instrument in table for dimension in instrument.dimensions}
    assert not [name for name in named if name.endswith((".id", ".full", ".path", ".description"))]
    assert not [name for name in named if name.startswith(("user.", "session.", "process.command", "url."))]


def test_a_value_that_redaction_took_out_is_not_measured(measured: Measured) -> None:
    """A token in place of a number costs that point, not the others."""
    measured.metrics.record(event(Kind.INFERENCE, {**MODEL, "gen_ai.response.time_to_first_chunk": "[secret:k.1]"}))
    points = measured.points()
    assert "gen_ai.client.inference.time_to_first_chunk" not in points
    assert points["gen_ai.client.inference.duration"] == [(MODEL, (1, 1.5))]


def test_our_own_health_is_asked_for_at_collection(measured: Measured) -> None:
    """Numbers and numbers by dimension, as they are when the reader comes; faults are our guard's."""
    measured.metrics.observe("vedette.queue.length", lambda: 3)
    measured.metrics.observe("vedette.ship.lag", lambda: 0.5)
    measured.metrics.observe("vedette.withheld", lambda: {"span": 2, "log": 1})
    guard.report("detect.x", ValueError())
    found = measured.collected()
    assert {name: (found[name].unit, _points(found[name])) for name in found} == {
        "vedette.queue.length": ("{event}", [({}, 3)]),
        "vedette.ship.lag": ("s", [({}, 0.5)]),
        "vedette.withheld": ("{item}", [({"vedette.signal": "span"}, 2), ({"vedette.signal": "log"}, 1)]),
        "vedette.faults": ("{fault}", [({"vedette.room": "detect.x"}, 1)]),
    }
    with pytest.raises(KeyError):
        measured.metrics.observe("vedette.made.up", lambda: 1)


def test_a_second_start_is_asked_in_place_of_the_first(measured: Measured) -> None:
    """The SDK keeps the first callback of an instrument for good; after a restart it asks the line that runs now."""
    measured.metrics.observe("vedette.queue.length", lambda: 1)
    again = Metrics(load({})[0], measured.provider)
    again.observe("vedette.queue.length", lambda: 2)
    assert _points(measured.collected()["vedette.queue.length"]) == [({}, 2)]


def test_one_that_cannot_answer_silences_no_other(measured: Measured) -> None:
    """A reading that fails is a fault of ours: counted, and the rest is collected."""
    guard.loud(False)

    def fails() -> float:
        raise OSError

    measured.metrics.observe("vedette.trail.size", fails)
    measured.metrics.observe("vedette.queue.length", lambda: 4)
    found = measured.collected()
    assert "vedette.trail.size" not in found
    assert _points(found["vedette.queue.length"]) == [({}, 4)]
    assert guard.faults() == {"signals.observe": 1}


def test_what_is_observed_has_an_instrument_of_the_sdk(measured: Measured) -> None:
    """Every row of the table can be made and asked."""
    for name, (_, _, dimension) in OBSERVED.items():
        measured.metrics.observe(name, lambda by=dimension: {"x": 1} if by else 1)  # type: ignore[misc]  # a default binds
    assert OBSERVED.keys() <= measured.collected().keys()
