"""The OpenAI SDK, 1.x (httpx), 2.x (httpx) and 3.x (httpx2): chat completions, in every way the SDK offers them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.openai_sdk import (
    ASKED,
    ASYNC,
    MODEL,
    SAID,
    STREAMED,
    USAGE,
    WEATHER,
    answered,
    async_client,
    chat,
    client,
    openai,
)
from tests.clients.records import Recorder, Told
from tests.clients.wire import said
from tests.llm_server import LlmServer

from vedette.cli.standin import text, tool


def _whole(server: LlmServer) -> Any:
    with client(server) as gpt:
        return gpt.chat.completions.create(model=MODEL, messages=ASKED).model_dump()


def _raw(server: LlmServer) -> Any:
    with client(server) as gpt:
        raw = gpt.chat.completions.with_raw_response.create(model=MODEL, messages=ASKED)
        return raw.status_code, raw.parse().model_dump()


def _unparsed(server: LlmServer) -> Any:
    with client(server) as gpt:
        return gpt.chat.completions.with_raw_response.create(model=MODEL, messages=ASKED).http_response.content


def _streaming(server: LlmServer) -> Any:
    with (
        client(server) as gpt,
        gpt.chat.completions.with_streaming_response.create(model=MODEL, messages=ASKED) as response,
    ):
        return b"".join(response.iter_bytes())


def _own_client(server: LlmServer) -> Any:
    with openai.DefaultHttpxClient() as own, client(server, http_client=own) as gpt:
        return gpt.chat.completions.create(model=MODEL, messages=ASKED).model_dump()


@pytest.mark.parametrize("host", [_whole, _raw, _unparsed, _streaming, _own_client])
def test_a_chat_is_one_inference_however_its_response_is_taken(recorder: Recorder, host: Callable[..., Any]) -> None:
    """Parsed, raw, never parsed, or read as bytes: one record, whole, with its usage."""
    assert recorder.play(host).only == chat(answered(), SAID)


async def _chat_later(server: LlmServer) -> Any:
    async with async_client(server) as gpt:
        return (await gpt.chat.completions.create(model=MODEL, messages=ASKED)).model_dump()


async def _raw_later(server: LlmServer) -> Any:
    async with async_client(server) as gpt:
        raw = await gpt.chat.completions.with_raw_response.create(model=MODEL, messages=ASKED)
        return raw.parse().model_dump()


@pytest.mark.parametrize("host", [_chat_later, _raw_later])
def test_an_async_chat_is_the_same_inference(recorder: Recorder, host: Callable[..., Any]) -> None:
    assert recorder.play(lambda server: asyncio.run(host(server))).only == chat(answered(), SAID, ASYNC)


def _stream(server: LlmServer) -> Any:
    with client(server) as gpt:
        stream = gpt.chat.completions.create(model=MODEL, messages=ASKED, stream=True, **USAGE)
        return [chunk.model_dump() for chunk in stream]


def _raw_stream(server: LlmServer) -> Any:
    with client(server) as gpt:
        raw = gpt.chat.completions.with_raw_response.create(model=MODEL, messages=ASKED, stream=True, **USAGE)
        return [chunk.model_dump() for chunk in raw.parse()]


def _lines(server: LlmServer) -> Any:
    with (
        client(server) as gpt,
        gpt.chat.completions.with_streaming_response.create(
            model=MODEL, messages=ASKED, stream=True, **USAGE
        ) as response,
    ):
        return list(response.iter_lines())


@pytest.mark.parametrize("host", [_stream, _raw_stream, _lines])
def test_a_stream_read_to_its_end_is_the_whole_answer(recorder: Recorder, host: Callable[..., Any]) -> None:
    """Text, finish reason and the usage of the last chunk, also where the SDK never parsed it."""
    assert recorder.play(host).only == chat(answered(**STREAMED), SAID)


def test_an_async_stream_is_the_whole_answer(recorder: Recorder) -> None:
    async def host(server: LlmServer) -> Any:
        async with async_client(server) as gpt:
            stream = await gpt.chat.completions.create(model=MODEL, messages=ASKED, stream=True, **USAGE)
            return [chunk.model_dump() async for chunk in stream]

    seen = recorder.play(lambda server: asyncio.run(host(server)))
    assert seen.only == chat(answered(**STREAMED), SAID, ASYNC)


def test_a_stream_without_usage_has_none_in_its_record(recorder: Recorder) -> None:
    """Absent is absent, not zero."""

    def host(server: LlmServer) -> Any:
        with client(server) as gpt:
            return [
                chunk.model_dump() for chunk in gpt.chat.completions.create(model=MODEL, messages=ASKED, stream=True)
            ]

    facts = {name: value for name, value in answered(**STREAMED).items() if not name.startswith("gen_ai.usage.")}
    assert recorder.play(host).only == chat(facts, SAID)


def test_the_stream_helper_is_one_inference(recorder: Recorder) -> None:
    """`chat.completions.stream()`: events to the host, one record to the trail."""

    def host(server: LlmServer) -> Any:
        with client(server) as gpt:
            chats = gpt.chat.completions if hasattr(gpt.chat.completions, "stream") else gpt.beta.chat.completions
            with chats.stream(model=MODEL, messages=ASKED, **USAGE) as stream:
                return [event.type for event in stream], stream.get_final_completion().model_dump()

    assert recorder.play(host).only == chat(answered(**STREAMED), SAID)


def test_structured_output_keeps_its_schema_to_the_host_and_its_text_to_the_trail(recorder: Recorder) -> None:
    pydantic = pytest.importorskip("pydantic")
    forecast = pydantic.create_model("Forecast", city=(str, ...))

    def host(server: LlmServer) -> Any:
        with client(server) as gpt:
            chats = gpt.chat.completions if hasattr(gpt.chat.completions, "parse") else gpt.beta.chat.completions
            parsed = chats.parse(model=MODEL, messages=ASKED, response_format=forecast)
            return parsed.choices[0].message.parsed.model_dump()

    seen = recorder.play(host, [text('{"city":"Paris"}')])
    assert seen.got == {"city": "Paris"}
    spoken = SAID | {"gen_ai.output.messages": [said("assistant", '{"city":"Paris"}')]}
    said_so = {"gen_ai.request.stream": False} if "stream" in seen.requests[0].json() else {}  # newer SDKs say no
    assert seen.only == chat(answered(gen_ai__output__type="json", gen_ai__usage__output_tokens=4) | said_so, spoken)


def _two_turns(server: LlmServer) -> Any:
    """The loop that applications write by hand: ask, run what was asked for, hand the result back."""
    messages = list(ASKED)
    with client(server) as gpt:
        first = gpt.chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER]).choices[0].message
        messages.append(first.model_dump(exclude_none=True))
        messages += [{"role": "tool", "tool_call_id": call.id, "content": "mild"} for call in first.tool_calls]
        return gpt.chat.completions.create(model=MODEL, messages=messages, tools=[WEATHER]).model_dump()


def test_a_tool_loop_by_hand_tells_of_the_tool_once(recorder: Recorder) -> None:
    """Two inferences, and between them the tool with what it was given and what it gave."""
    script = [tool("weather", {"city": "Paris"}, id="call_paris"), text("Mild in Paris.")]
    seen = recorder.play(_two_turns, script)
    asked, ran, told = seen.told
    call = {"type": "tool_call", "id": "call_paris", "name": "weather", "arguments": {"city": "Paris"}}
    definitions = [{"type": "function", **WEATHER["function"]}]
    turn = {"role": "assistant", "parts": [call]}
    assert asked == chat(
        answered(gen_ai__response__finish_reasons='["tool_call"]', gen_ai__usage__output_tokens=6)
        | {"vedette.finish_reason.raw": "tool_calls"},
        SAID | {"gen_ai.output.messages": [turn], "gen_ai.tool.definitions": definitions},
    )
    assert ran == Told(
        "tool",
        "weather",
        "ok",
        event=ran.event,
        facts={
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.call.id": "call_paris",
            "gen_ai.tool.name": "weather",
            "gen_ai.tool.type": "function",
            "vedette.source": "wire",
        },
        content={"gen_ai.tool.call.arguments": {"city": "Paris"}, "gen_ai.tool.call.result": "mild"},
    )
    assert told.content["gen_ai.output.messages"] == [said("assistant", "Mild in Paris.")]
