"""Metrics with the real SDK: model calls, agent runs, and what holds for all of them."""

from typing import Any

import pytest
from tests.unit.signals.measured import HTTP, Measured, event, points_of

from vedette.event import Event, Kind, Label, Result
from vedette.signals import instruments
from vedette.signals.series import MOST

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
    found = {name: points_of(each) for name, each in measured.collected().items()}
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
