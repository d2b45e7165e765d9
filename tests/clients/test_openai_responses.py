"""The OpenAI SDK's other two model calls: responses (since 1.66) and embeddings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.openai_sdk import ASYNC, MODEL, STREAMED, SYNC, async_client, client, openai
from tests.clients.records import Recorder, Told
from tests.clients.wire import exchange, inference, said
from tests.llm_server import LlmServer

from vedette.cli.standin import text, tool

responses = pytest.mark.skipif(not hasattr(openai.OpenAI, "responses"), reason="came with 1.66")

PATH = "/v1/responses"
ASKED: Any = {"model": MODEL, "instructions": "Be brief.", "input": "How is it?"}
UNANSWERED = {
    "gen_ai.system_instructions": [{"type": "text", "content": "Be brief."}],
    "gen_ai.input.messages": [said("user", "How is it?")],
}
SAID = UNANSWERED | {"gen_ai.output.messages": [said("assistant", 'You said: "How is it?"')]}
WEATHER: Any = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def answered(facts: dict[str, Any], content: dict[str, Any], source: str = SYNC, **more: Any) -> Told:
    """A completed response."""
    known = {
        "gen_ai.provider.name": "openai",
        "gen_ai.response.finish_reasons": '["stop"]',
        "gen_ai.response.id": "resp_1",
        "gen_ai.response.model": MODEL,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "gen_ai.usage.input_tokens": 13,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.reasoning.output_tokens": 0,
        "openai.api.type": "responses",
        "vedette.finish_reason.raw": "completed",
        "vedette.protocol": "openai_responses",
    }
    return inference(MODEL, exchange(PATH, source) | known | facts, content, **more)


def _whole(server: LlmServer) -> Any:
    with client(server) as gpt:
        return gpt.responses.create(**ASKED).model_dump()


def _raw(server: LlmServer) -> Any:
    with client(server) as gpt:
        return gpt.responses.with_raw_response.create(**ASKED).http_response.content


@responses
@pytest.mark.parametrize("host", [_whole, _raw])
def test_a_response_is_one_inference(recorder: Recorder, host: Callable[..., Any]) -> None:
    assert recorder.play(host).only == answered({}, SAID)


def _stream(server: LlmServer) -> Any:
    with client(server) as gpt:
        return [event.type for event in gpt.responses.create(**ASKED, stream=True)]


def _helper(server: LlmServer) -> Any:
    with client(server) as gpt:
        if not hasattr(gpt.responses, "stream"):
            return _stream(server)
        with gpt.responses.stream(**ASKED) as stream:
            return [event.type for event in stream], stream.get_final_response().output_text


@responses
@pytest.mark.parametrize("host", [_stream, _helper])
def test_a_streamed_response_is_the_whole_of_its_last_event(recorder: Recorder, host: Callable[..., Any]) -> None:
    streamed = {name.replace("__", "."): value for name, value in STREAMED.items()}
    assert recorder.play(host).only == answered(streamed, SAID)


@responses
def test_an_async_response_is_the_same_inference(recorder: Recorder) -> None:
    async def host(server: LlmServer) -> Any:
        async with async_client(server) as gpt:
            return (await gpt.responses.create(**ASKED)).model_dump()

    assert recorder.play(lambda server: asyncio.run(host(server))).only == answered({}, SAID, ASYNC)


def _two_turns(server: LlmServer) -> Any:
    """The loop that applications write by hand, over items."""
    with client(server) as gpt:
        first = gpt.responses.create(**ASKED, tools=[WEATHER])
        calls = [item for item in first.output if item.type == "function_call"]
        items = [{"role": "user", "content": ASKED["input"]}]
        items += [item.model_dump(include={"type", "call_id", "name", "arguments"}) for item in calls]
        items += [{"type": "function_call_output", "call_id": item.call_id, "output": "mild"} for item in calls]
        return gpt.responses.create(**ASKED | {"input": items}, tools=[WEATHER]).output_text


@responses
def test_a_tool_loop_over_items_tells_of_the_tool_once(recorder: Recorder) -> None:
    seen = recorder.play(_two_turns, [tool("weather", {"city": "Paris"}, id="call_paris"), text("Mild in Paris.")])
    assert [(each.kind, each.name) for each in seen.told] == [
        ("inference", f"chat {MODEL}"),
        ("tool", "weather"),
        ("inference", f"chat {MODEL}"),
    ]
    (ran,) = seen.of("tool")
    assert ran.content == {"gen_ai.tool.call.arguments": {"city": "Paris"}, "gen_ai.tool.call.result": "mild"}
    assert seen.told[0].facts["gen_ai.response.finish_reasons"] == '["tool_call"]'


@pytest.mark.parametrize("encoding", ["float", "base64"])
def test_embeddings_are_one_inference_without_their_vectors(recorder: Recorder, encoding: str) -> None:
    """The SDK asks for base64 by itself; the vectors go to the host only."""

    def host(server: LlmServer) -> Any:
        with client(server) as gpt:
            return gpt.embeddings.create(
                model="text-embedding-3-small", input=["one two", "three"], encoding_format=encoding
            ).model_dump()

    expected = inference(
        "text-embedding-3-small",
        exchange("/v1/embeddings", SYNC)
        | {
            "gen_ai.embeddings.dimension.count": 8,
            "gen_ai.provider.name": "openai",
            "gen_ai.request.encoding_formats": f'["{encoding}"]',
            "gen_ai.response.model": "text-embedding-3-small",
            "gen_ai.usage.input_tokens": 2,
            "vedette.protocol": "openai_embeddings",
        },
        {"vedette.embeddings.input": ["one two", "three"]},
        "embeddings",
    )
    assert recorder.play(host).only == expected
