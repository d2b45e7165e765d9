"""The Anthropic SDK, 0.x (httpx) and 2.x (httpx2, with spans of its own): messages, in every way it offers them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.anthropic_sdk import (
    ASKED,
    ASYNC,
    KEY,
    PATH,
    SAID,
    STREAMED,
    UNANSWERED,
    WEATHER,
    answered,
    anthropic,
    client,
    message,
)
from tests.clients.records import Recorder, Told
from tests.clients.wire import said
from tests.llm_server import LlmServer

from vedette.cli.standin import error, text, tool


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


@pytest.mark.parametrize(("case", "kind"), [("retry-429", "rate_limit_error"), ("retry-500", "api_error")])
def test_a_retry_is_an_exchange_of_its_own_tied_to_the_first(recorder: Recorder, case: str, kind: str) -> None:
    """The host sees one call that went well; the trail sees both attempts, as one operation."""

    def host(server: LlmServer) -> Any:
        with client(server, case) as claude:
            return claude.messages.create(**ASKED).model_dump()

    failed, again = recorder.play(host).told
    status, path = int(case.split("-")[1]), f"/x/{case}{PATH}"
    words = {"vedette.error.message": "Try again (attempt 1)"}
    assert failed == message({"error.type": kind}, UNANSWERED | words, path=path, status=status, result="error")
    resent = answered(http__request__resend_count=1, gen_ai__response__id="msg_2")
    assert again == message(resent, SAID, path=path, event="event 2", operation="event 1", trace=again.trace)


def _refused(server: LlmServer, case: str = "") -> Any:
    with client(server, case, max_retries=0) as claude:
        return claude.messages.create(**ASKED).model_dump()


def test_an_error_that_echoes_the_key_leaves_it_nowhere_in_the_trail(recorder: Recorder) -> None:
    """The host reads its key in the message, as the server sent it; no byte of the trail holds it."""
    seen = recorder.play(lambda server: _refused(server, "auth-echo"))
    assert seen.got[0][0] == "AuthenticationError" and KEY in seen.got[0][1]
    assert KEY.encode() not in seen.raw and KEY[13:33].encode() not in seen.raw
    assert (seen.only.result, seen.only.facts["error.type"]) == ("error", "authentication_error")


def test_a_refused_request_says_why(recorder: Recorder) -> None:
    seen = recorder.play(_refused, [error(400, "Too long")])
    assert seen.got[0][0] == "BadRequestError"
    words = {"vedette.error.message": "Too long"}
    expected = message({"error.type": "invalid_request_error"}, UNANSWERED | words, status=400, result="error")
    assert seen.only == expected


def test_an_error_inside_a_stream_of_status_200_is_an_error(recorder: Recorder) -> None:
    """The provider's own word for it, and what had arrived before."""

    def host(server: LlmServer) -> Any:
        heard = []
        with client(server, "error-in-stream;after=5") as claude:
            try:
                heard += (event.type for event in claude.messages.create(**ASKED, stream=True))
            except anthropic.APIStatusError as failed:
                return heard, failed.body["error"]["type"]

    seen = recorder.play(host)
    assert seen.got is not None and seen.got[1] == "overloaded_error"
    assert (seen.only.result, seen.only.facts["error.type"]) == ("error", "overloaded_error")
    assert seen.only.content["vedette.error.message"] == "Overloaded"


STALLED = "stall;after=4"
HEARD = ["message_start", "content_block_start", "content_block_delta", "content_block_delta"]


def _close(server: LlmServer) -> Any:
    with client(server, STALLED) as claude:
        stream = claude.messages.create(**ASKED, stream=True)
        heard = [next(stream).type for _ in HEARD]
        stream.close()
        return heard


def _leave(server: LlmServer) -> Any:
    with client(server, STALLED) as claude, claude.messages.create(**ASKED, stream=True) as stream:
        return [next(stream).type for _ in HEARD]


def _break(server: LlmServer) -> Any:
    heard: list[str] = []
    with client(server, STALLED) as claude, claude.messages.stream(**ASKED) as stream:
        for event in stream:
            heard += [event.type] * (event.type in HEARD)  # the helper has events of its own between
            if len(heard) == len(HEARD):
                break
    return heard


def _drop(server: LlmServer) -> Any:
    claude = anthropic.Anthropic(base_url=server.at(STALLED, ""), api_key=KEY)
    stream = claude.messages.create(**ASKED, stream=True)
    heard = [next(stream).type for _ in HEARD]
    del stream
    gc.collect()
    claude.close()
    return heard


@pytest.mark.parametrize("host", [_close, _leave, _break, _drop])
def test_a_stream_left_early_is_recorded_with_what_arrived(recorder: Recorder, host: Callable[..., Any]) -> None:
    """Closed, left, or dropped: abandoned, with the first token's usage, and no invented end."""
    seen = recorder.play(host)
    assert seen.got == HEARD
    reason = seen.only.facts["vedette.end.reason"]
    assert reason in ("close", "collected")
    begun = answered(**STREAMED, gen_ai__usage__output_tokens=1, vedette__end__reason=reason)
    begun = {name: value for name, value in begun.items() if "finish" not in name}
    spoken = UNANSWERED | {"gen_ai.output.messages": [said("assistant", "You said:")]}
    assert seen.only == message(begun, spoken, path=f"/x/{STALLED}{PATH}", result="abandoned")
