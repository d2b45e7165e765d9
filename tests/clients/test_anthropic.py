"""The Anthropic SDK, 0.x (httpx) and 2.x (httpx2, with spans of its own): messages, in every way it offers them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.anthropic_sdk import (
    ASKED,
    ASYNC,
    KEY,
    SAID,
    STREAMED,
    WEATHER,
    answered,
    anthropic,
    client,
    message,
)
from tests.clients.records import Recorder, Told
from tests.clients.wire import said
from tests.llm_server import LlmServer

from vedette.cli.standin import text, tool


def _whole(server: LlmServer) -> Any:
    with client(server) as claude:
        return claude.messages.create(**ASKED).model_dump()


def _beta(server: LlmServer) -> Any:
    with client(server) as claude:
        return claude.beta.messages.create(**ASKED).model_dump()


def _raw(server: LlmServer) -> Any:
    with client(server) as claude:
        return claude.messages.with_raw_response.create(**ASKED).parse().model_dump()


def _unparsed(server: LlmServer) -> Any:
    with client(server) as claude:
        return claude.messages.with_raw_response.create(**ASKED).http_response.content


def _streaming(server: LlmServer) -> Any:
    with client(server) as claude, claude.messages.with_streaming_response.create(**ASKED) as response:
        return b"".join(response.iter_bytes())


@pytest.mark.parametrize("host", [_whole, _raw, _unparsed, _streaming])
def test_a_message_is_one_inference_however_its_response_is_taken(recorder: Recorder, host: Callable[..., Any]) -> None:
    """Parsed, raw, never parsed, or read as bytes: one record, whole, with its usage."""
    assert recorder.play(host).only == message(answered(), SAID)


def test_a_beta_message_is_the_same_inference(recorder: Recorder) -> None:
    """At the place that this version of the SDK sends it to."""
    seen = recorder.play(_beta)
    assert seen.only == message(answered(), SAID, path=seen.requests[0].target)


def test_an_async_message_is_the_same_inference(recorder: Recorder) -> None:
    async def host(server: LlmServer) -> Any:
        async with anthropic.AsyncAnthropic(base_url=server.url, api_key=KEY) as claude:
            return (await claude.messages.create(**ASKED)).model_dump()

    assert recorder.play(lambda server: asyncio.run(host(server))).only == message(answered(), SAID, ASYNC)


def _stream(server: LlmServer) -> Any:
    with client(server) as claude:
        return [event.model_dump() for event in claude.messages.create(**ASKED, stream=True)]


def _raw_stream(server: LlmServer) -> Any:
    with client(server) as claude:
        raw = claude.messages.with_raw_response.create(**ASKED, stream=True)
        return [event.model_dump() for event in raw.parse()]


def _helper(server: LlmServer) -> Any:
    with client(server) as claude, claude.messages.stream(**ASKED) as stream:
        return list(stream.text_stream), stream.get_final_message().model_dump()


@pytest.mark.parametrize("host", [_stream, _raw_stream, _helper])
def test_a_stream_read_to_its_end_is_the_whole_answer(recorder: Recorder, host: Callable[..., Any]) -> None:
    """Text, stop reason and usage of its last events."""
    assert recorder.play(host).only == message(answered(**STREAMED), SAID)


async def _stream_later(server: LlmServer) -> Any:
    async with anthropic.AsyncAnthropic(base_url=server.url, api_key=KEY) as claude:
        return [event.model_dump() async for event in await claude.messages.create(**ASKED, stream=True)]


async def _helper_later(server: LlmServer) -> Any:
    async with (
        anthropic.AsyncAnthropic(base_url=server.url, api_key=KEY) as claude,
        claude.messages.stream(**ASKED) as stream,
    ):
        return [piece async for piece in stream.text_stream], (await stream.get_final_message()).model_dump()


@pytest.mark.parametrize("host", [_stream_later, _helper_later])
def test_an_async_stream_is_the_whole_answer(recorder: Recorder, host: Callable[..., Any]) -> None:
    seen = recorder.play(lambda server: asyncio.run(host(server)))
    assert seen.only == message(answered(**STREAMED), SAID, ASYNC)


def _two_turns(server: LlmServer) -> Any:
    """The loop that applications write by hand: ask, run what was asked for, hand the result back."""
    with client(server) as claude:
        first = claude.messages.create(**ASKED, tools=[WEATHER])
        used = [block for block in first.content if block.type == "tool_use"]
        results = [{"type": "tool_result", "tool_use_id": block.id, "content": "mild"} for block in used]
        blocks = [block.model_dump(include={"type", "id", "name", "input"}) for block in used]
        turns = [{"role": "assistant", "content": blocks}, {"role": "user", "content": results}]
        return claude.messages.create(**ASKED | {"messages": ASKED["messages"] + turns}, tools=[WEATHER]).model_dump()


def test_a_tool_loop_by_hand_tells_of_the_tool_once(recorder: Recorder) -> None:
    """Two inferences, and between them the tool with what it was given and what it gave."""
    seen = recorder.play(_two_turns, [tool("weather", {"city": "Paris"}, id="toolu_paris"), text("Mild in Paris.")])
    asked, ran, told = seen.told
    call = {"type": "tool_call", "id": "toolu_paris", "name": "weather", "arguments": {"city": "Paris"}}
    definitions = [{"type": "function", "name": "weather", "parameters": WEATHER["input_schema"]}]
    calling = answered(
        gen_ai__response__finish_reasons='["tool_call"]',
        vedette__finish_reason__raw="tool_use",
        gen_ai__usage__output_tokens=6,
    )
    assert asked == message(
        calling,
        SAID
        | {
            "gen_ai.output.messages": [{"role": "assistant", "parts": [call]}],
            "gen_ai.tool.definitions": definitions,
        },
    )
    assert ran == Told(
        "tool",
        "weather",
        "ok",
        event=ran.event,
        facts={
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.call.id": "toolu_paris",
            "gen_ai.tool.name": "weather",
            "gen_ai.tool.type": "function",
            "vedette.source": "wire",
        },
        content={"gen_ai.tool.call.arguments": {"city": "Paris"}, "gen_ai.tool.call.result": "mild"},
    )
    assert told.content["gen_ai.output.messages"] == [said("assistant", "Mild in Paris.")]


def test_structured_output_keeps_its_schema_to_the_host_and_its_text_to_the_trail(recorder: Recorder) -> None:
    pydantic = pytest.importorskip("pydantic")
    forecast = pydantic.create_model("Forecast", city=(str, ...))
    if not hasattr(anthropic.resources.Messages, "parse"):
        pytest.skip("this version parses nothing")

    def host(server: LlmServer) -> Any:
        with client(server) as claude:
            return claude.messages.parse(**ASKED, output_format=forecast).parsed_output.model_dump()

    seen = recorder.play(host, [text('{"city":"Paris"}')])
    assert seen.got == {"city": "Paris"}
    facts = answered(gen_ai__output__type="json", gen_ai__usage__output_tokens=4)
    assert seen.only == message(facts, SAID | {"gen_ai.output.messages": [said("assistant", '{"city":"Paris"}')]})


def test_the_tool_runner_is_a_tool_loop_like_any_other(recorder: Recorder) -> None:
    """The SDK runs the tool: what it was given and what it gave are told by the two requests around it."""
    if not hasattr(anthropic, "beta_tool"):
        pytest.skip("this version runs no tools")

    @anthropic.beta_tool  # type: ignore[untyped-decorator]  # imported only where it is installed
    def weather(city: str) -> str:
        """The weather.

        Args:
            city: where
        """
        return f"mild in {city}"

    def host(server: LlmServer) -> Any:
        with client(server) as claude:
            runner = claude.beta.messages.tool_runner(**ASKED, tools=[weather])
            return runner.until_done().content[0].text

    seen = recorder.play(host, [tool("weather", {"city": "Paris"}, id="toolu_paris"), text("Mild.")])
    assert seen.got == "Mild."
    assert [(each.kind, each.result) for each in seen.told] == [
        ("inference", "ok"),
        ("tool", "ok"),
        ("inference", "ok"),
    ]
    (ran,) = seen.of("tool")
    assert ran.content["gen_ai.tool.call.arguments"] == {"city": "Paris"}
    assert "mild in Paris" in str(ran.content["gen_ai.tool.call.result"])
