"""Whole spans as the real SDK exports them, kind by kind, and what holds for all of them."""

from collections import UserDict
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits
from opentelemetry.trace import SpanKind
from tests.unit.signals.traced import BEGIN, Traced, call, event

from vedette.event import Actor, Event, Kind, Phase, Result
from vedette.names import SCHEMA, SCHEMA_URL

CONTENT = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


def own(kind: str, outcome: str = "ok", phase: str = "single") -> dict[str, Any]:
    return {
        "vedette.event.id": "00000000000000aa",
        "vedette.kind": kind,
        "vedette.phase": phase,
        "vedette.outcome": outcome,
        "vedette.schema": SCHEMA,
    }


def told(span: ReadableSpan) -> tuple[str, SpanKind, dict[str, Any]]:
    return span.name, span.kind, dict(span.attributes or {})


def test_a_model_call_is_one_whole_span(traced: Traced) -> None:
    """Opened as the exchange that it is, told as an inference: types, times, scope and status by the conventions."""
    begun = call(Kind.EXCHANGE, http__request__method="POST", server__address="api.openai.com", server__port=443)
    done = Event(
        kind=Kind.INFERENCE,
        name="chat gpt-5",
        phase=Phase.OUTCOME,
        begin_ns=BEGIN,
        duration_ns=1_500_000_000,
        actor=Actor(user="[id:k.1]", session="[id:k.2]", agent="desk", run="run-7"),
        facts={
            "http.request.method": "POST",
            "server.address": "api.openai.com",
            "server.port": 443,
            "url.scheme": "",
            "http.response.status_code": 200,
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-5",
            "gen_ai.request.temperature": "0.7",
            "gen_ai.request.stream": True,
            "gen_ai.response.finish_reasons": '["stop"]',
            "gen_ai.usage.input_tokens": 12,
            "vedette.event.id": "00000000000000aa",
            "vedette.parent.id": "00000000000000bb",
        },
        content={"gen_ai.input.messages": "[]"},
    )
    span = traced.walked(begun, done)
    assert told(span) == (
        "chat gpt-5",
        SpanKind.CLIENT,
        {
            "user.id": "[id:k.1]",
            "session.id": "[id:k.2]",
            "gen_ai.agent.name": "desk",
            "http.request.method": "POST",
            "server.address": "api.openai.com",
            "server.port": 443,
            "http.response.status_code": 200,
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-5",
            "gen_ai.request.temperature": 0.7,
            "gen_ai.request.stream": True,
            "gen_ai.response.finish_reasons": ("stop",),
            "gen_ai.usage.input_tokens": 12,
            "vedette.run.id": "run-7",
            "vedette.parent.id": "00000000000000bb",
            **own("inference", phase="outcome"),
        },
    )
    assert (span.start_time, span.end_time) == (BEGIN, BEGIN + 1_500_000_000)
    assert (span.status.status_code, span.status.description) == (trace.StatusCode.UNSET, None)
    scope = span.instrumentation_scope
    assert scope is not None
    assert (scope.name, bool(scope.version), scope.schema_url) == ("vedette", True, SCHEMA_URL)
    assert span.events == ()


@pytest.mark.parametrize(
    ("kind", "facts", "name", "span_kind", "attributes"),
    [
        (
            Kind.TOOL,
            {"gen_ai__operation__name": "execute_tool", "gen_ai__tool__name": "weather"},
            "execute_tool weather",
            SpanKind.INTERNAL,
            {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather"},
        ),
        (
            Kind.AGENT,
            {"gen_ai__operation__name": "invoke_workflow", "gen_ai__workflow__name": "intake"},
            "invoke_workflow intake",
            SpanKind.INTERNAL,
            {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "intake"},
        ),
        (
            Kind.RETRIEVAL,
            {"gen_ai__operation__name": "retrieval", "gen_ai__data_source__id": "docs", "gen_ai__retrieval__top_k": 4},
            "retrieval docs",
            SpanKind.CLIENT,
            {"gen_ai.operation.name": "retrieval", "gen_ai.data_source.id": "docs", "gen_ai.retrieval.top_k": 4},
        ),
        (
            Kind.EXCHANGE,
            {"http__request__method": "BREW", "url__full": "https://pot.example/"},
            "HTTP",
            SpanKind.CLIENT,
            {
                "http.request.method": "_OTHER",
                "http.request.method_original": "BREW",
                "url.full": "https://pot.example/",
            },
        ),
        (
            Kind.PROCESS,
            {"process__executable__name": "git", "process__command_args": '["git","log"]', "process__exit__code": 0},
            "git",
            SpanKind.CLIENT,
            {"process.executable.name": "git", "process.command_args": ("git", "log"), "process.exit.code": 0},
        ),
        (
            Kind.CHANGE,
            {"gen_ai__operation__name": "upsert_memory", "vedette__change__subject": "memory"},
            "upsert_memory",
            SpanKind.CLIENT,
            {"gen_ai.operation.name": "upsert_memory", "vedette.change.subject": "memory"},
        ),
    ],
)
def test_whole_spans_kind_by_kind(
    traced: Traced, kind: Kind, facts: dict[str, Any], name: str, span_kind: SpanKind, attributes: dict[str, Any]
) -> None:
    """Each kind that has a span has this one, and nothing besides."""
    span = traced.walked(call(kind, **facts), event(kind, **facts))
    assert told(span) == (name, span_kind, {**attributes, **own(kind.value)})


def test_the_name_and_the_attributes_of_a_span_under_way_hold_no_content(traced: Traced) -> None:
    """Before the line has redacted, a span says its operation and what samplers ask for, nothing of arguments."""
    begun = call(
        Kind.EXCHANGE,
        http__request__method="GET",
        server__address="a.example",
        url__full="https://a.example/?q=private",
        vedette__http__request__body="private",
    )
    traced.spans.start(begun)
    assert begun.span.name == "GET"
    assert dict(begun.span.attributes) == {"http.request.method": "GET", "server.address": "a.example"}
    begun.span.end()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", False),
        ("NO_CONTENT", False),
        ("EVENT_ONLY", False),
        ("true", False),
        ("SPAN_ONLY", True),
        ("span_and_event", True),
    ],
)
def test_content_stands_on_spans_only_where_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, said: str, shown: bool
) -> None:
    """The convention's switch; `true` is none of its values and means no content. Bodies of HTTP are never shown."""
    monkeypatch.setenv(CONTENT, said)
    content = {"gen_ai.input.messages": '[{"role":"user"}]', "vedette.http.request.body": "{}"}
    span = Traced().walked(call(Kind.INFERENCE), event(Kind.INFERENCE, content=content))
    assert span.attributes is not None
    assert span.attributes.get("gen_ai.input.messages") == ('[{"role":"user"}]' if shown else None)
    assert "vedette.http.request.body" not in span.attributes


@pytest.mark.parametrize(
    ("result", "said", "status", "error"),
    [
        (Result.ERROR, "429", trace.StatusCode.ERROR, "429"),
        (Result.DENIED, "", trace.StatusCode.ERROR, "_OTHER"),
        (Result.CANCELLED, "", trace.StatusCode.UNSET, None),
        (Result.ABANDONED, "", trace.StatusCode.UNSET, None),
    ],
)
def test_a_failure_is_a_status_without_words(
    traced: Traced, result: Result, said: str, status: trace.StatusCode, error: str | None
) -> None:
    """Error texts may hold anything, so the status has none; what the host cancelled or left has not failed."""
    span = traced.walked(call(Kind.TOOL), event(Kind.TOOL, result, error__type=said))
    assert (span.status.status_code, span.status.description) == (status, None)
    assert (span.attributes or {}).get("error.type") == error


def test_conventions_1_41_are_one_switch_away() -> None:
    """`VEDETTE_SEMCONV=1.41` gives the cache tokens their older name."""
    done = event(Kind.INFERENCE, gen_ai__usage__cache_write__input_tokens=5)
    new = Traced().walked(call(Kind.INFERENCE), done).attributes or {}
    old = Traced(semconv="1.41").walked(call(Kind.INFERENCE), done).attributes or {}
    assert new["gen_ai.usage.cache_write.input_tokens"] == 5
    assert old["gen_ai.usage.cache_creation.input_tokens"] == 5
    assert "gen_ai.usage.cache_write.input_tokens" not in old


def test_a_token_in_place_of_a_number_stays_a_token(traced: Traced) -> None:
    """What redaction took out of a double or a list costs that value, not the span."""
    facts = {"gen_ai__request__temperature": "[secret:k.1]", "gen_ai__request__stop_sequences": "[withheld:size]"}
    attributes = traced.walked(call(Kind.INFERENCE), event(Kind.INFERENCE, **facts)).attributes or {}
    assert attributes["gen_ai.request.temperature"] == "[secret:k.1]"
    assert attributes["gen_ai.request.stop_sequences"] == "[withheld:size]"


def test_a_full_span_keeps_what_joins_it_to_the_trail() -> None:
    """Attributes over the SDK's limit push out the oldest; ours are set last."""
    narrow = Traced(limits=SpanLimits(max_span_attributes=6))
    span = narrow.walked(
        call(Kind.TOOL), event(Kind.TOOL, gen_ai__tool__name="a", gen_ai__tool__type="b", user__id="c", session__id="d")
    )
    assert own("tool").items() <= dict(span.attributes or {}).items()


def test_a_span_ends_even_if_it_cannot_be_told(traced: Traced) -> None:
    """A fault of ours in the telling is raised to the guard, and the span is exported all the same, with its end."""

    class Broken(UserDict[str, Any]):
        def __iter__(self) -> Iterator[str]:
            raise RuntimeError

    begun = call(Kind.TOOL, gen_ai__tool__name="weather")
    traced.spans.start(begun)
    with pytest.raises(RuntimeError):
        traced.spans.finish(begun.span, Event(kind=Kind.TOOL, name="", begin_ns=BEGIN, duration_ns=7, facts=Broken()))
    (span,) = traced.exporter.get_finished_spans()
    assert (span.name, span.end_time) == ("execute_tool weather", BEGIN + 7)
