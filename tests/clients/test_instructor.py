"""Instructor over the OpenAI SDK: a model of the host's comes back, and each time it asks again is one more call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.openai_sdk import ASYNC, MODEL, SYNC, async_client, client, exchange
from tests.clients.records import Recorder
from tests.llm_server import LlmServer

from vedette.cli.standin import tool

instructor = pytest.importorskip("instructor", reason="runs in its own environment: make matrix")
pydantic = pytest.importorskip("pydantic")

ASKED: Any = [{"role": "user", "content": "How is it in Paris?"}]


class Forecast(pydantic.BaseModel):  # type: ignore[misc, name-defined]  # imported only where it is installed
    """A forecast."""

    city: str
    degrees: int


GOOD = tool("Forecast", {"city": "Paris", "degrees": 21}, id="call_good")
BAD = tool("Forecast", {"city": "Paris", "degrees": "warm"}, id="call_bad")


def _create(server: LlmServer) -> Any:
    with client(server) as gpt:
        asking = instructor.from_openai(gpt)
        return asking.chat.completions.create(
            model=MODEL, messages=list(ASKED), response_model=Forecast, max_retries=2
        ).model_dump()


def _create_later(server: LlmServer) -> Any:
    async def main() -> Any:
        async with async_client(server) as gpt:
            asking = instructor.from_openai(gpt)
            return (
                await asking.chat.completions.create(
                    model=MODEL, messages=list(ASKED), response_model=Forecast, max_retries=2
                )
            ).model_dump()

    return asyncio.run(main())


@pytest.mark.parametrize("host", [_create, _create_later])
def test_a_model_of_the_hosts_is_one_inference(recorder: Recorder, host: Callable[..., Any]) -> None:
    """The schema is offered as a tool; it is the answer, so no tool ran."""
    seen = recorder.play(host, [GOOD])
    assert seen.got == {"city": "Paris", "degrees": 21}
    expected = exchange("/v1/chat/completions", ASYNC if host is _create_later else SYNC)
    assert (seen.only.kind, seen.only.name, seen.only.result) == ("inference", f"chat {MODEL}", "ok")
    assert {name: seen.only.facts[name] for name in expected} == expected
    assert seen.only.facts["gen_ai.response.finish_reasons"] == '["tool_call"]'
    arguments = {"city": "Paris", "degrees": 21}
    call = {"type": "tool_call", "id": "call_good", "name": "Forecast", "arguments": arguments}
    assert seen.only.content["gen_ai.output.messages"] == [{"role": "assistant", "parts": [call]}]
    (definition,) = seen.only.content["gen_ai.tool.definitions"]
    assert (definition["name"], sorted(definition["parameters"]["required"])) == ("Forecast", ["city", "degrees"])


def test_an_answer_that_does_not_fit_is_asked_for_again(recorder: Recorder) -> None:
    """Two inferences, neither an attempt of the other: the second one shows the model what was wrong."""
    seen = recorder.play(_create, [BAD, GOOD])
    assert seen.got == {"city": "Paris", "degrees": 21}
    first, second = seen.of("inference")
    assert (first.result, second.result, second.operation) == ("ok", "ok", "")
    assert len(second.content["gen_ai.input.messages"]) > len(first.content["gen_ai.input.messages"])


def test_an_answer_in_parts_is_one_streamed_inference(recorder: Recorder) -> None:
    def host(server: LlmServer) -> Any:
        with client(server) as gpt:
            asking = instructor.from_openai(gpt)
            parts = asking.chat.completions.create_partial(model=MODEL, messages=list(ASKED), response_model=Forecast)
            return [part.model_dump() for part in parts][-1]

    seen = recorder.play(host, [GOOD])
    assert seen.got == {"city": "Paris", "degrees": 21}
    assert (seen.only.result, seen.only.facts["gen_ai.request.stream"]) == ("ok", True)
