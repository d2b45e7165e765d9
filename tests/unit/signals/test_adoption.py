"""Whose span tells of a Call: the one that is current at the wire, if it is of this operation and not of one above."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from opentelemetry.trace import SpanKind
from tests.unit.signals.traced import Traced, call

from vedette.event import Kind
from vedette.signals.adoption import Adoption

NATIVE, OFFICIAL = "com.anthropic.sdk.python", "opentelemetry.instrumentation.genai.openai"
CHAT = {"gen_ai.operation.name": "chat"}


def adopted(traced: Traced, scope: str, attributes: Mapping[str, str], *kinds: Kind) -> list[bool]:
    """Whether Calls of these kinds take the current span for theirs, one after the other."""
    tracer = traced.provider.get_tracer(scope)
    with tracer.start_as_current_span("theirs", kind=SpanKind.CLIENT, attributes=attributes):
        return [Adoption().take(call(kind)) for kind in kinds]


@pytest.mark.parametrize("scope", [NATIVE, OFFICIAL])
def test_each_attempt_of_a_model_call_adopts_its_span(traced: Traced, scope: str) -> None:
    assert adopted(traced, scope, CHAT, Kind.INFERENCE, Kind.INFERENCE) == [True, True]


def test_what_an_agents_tool_fetches_is_not_the_agents_run(traced: Traced) -> None:
    """Anthropic's tool runner has a span around model calls and tools alike."""
    assert adopted(traced, NATIVE, {"gen_ai.operation.name": "invoke_agent"}, Kind.EXCHANGE, Kind.INFERENCE) == [
        False,
        False,
    ]


def test_what_is_fetched_while_a_model_answers_is_not_the_model_call(traced: Traced) -> None:
    """A host may do anything between two chunks of a stream."""
    assert adopted(traced, OFFICIAL, CHAT, Kind.INFERENCE, Kind.EXCHANGE) == [True, False]


def test_another_method_of_the_sdk_adopts_its_span_once(traced: Traced) -> None:
    """Uploading a file, listing models: a span of the SDK's, and an exchange."""
    assert adopted(traced, NATIVE, {}, Kind.EXCHANGE, Kind.EXCHANGE) == [True, False]


def test_an_http_span_is_adopted_by_the_first_exchange_only(traced: Traced) -> None:
    """Its redirect hops are spans of ours."""
    scope = "opentelemetry.instrumentation.requests"
    assert adopted(traced, scope, {}, Kind.EXCHANGE, Kind.EXCHANGE) == [True, False]


def test_a_tool_and_an_agent_adopt_nothing(traced: Traced) -> None:
    assert adopted(traced, NATIVE, CHAT, Kind.TOOL, Kind.AGENT, Kind.RETRIEVAL) == [False, False, False]
