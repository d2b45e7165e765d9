"""LiteLLM: in sync it speaks through httpx, in async through httpx that rides on aiohttp; one call is one inference."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from tests.clients.records import Recorder, Told
from tests.clients.wire import exchange, inference, said
from tests.llm_server import LlmServer

from vedette.cli.standin import error, text, tool

litellm = pytest.importorskip("litellm", reason="runs in its own environment: make matrix")

# It warns of its own models, and leaves clients and logging tasks to the collector, with or without Vedette.
pytestmark = pytest.mark.filterwarnings("ignore")

SYNC, ASYNC = "httpx:Client._send_single_request", "httpx:AsyncClient._send_single_request"
ASKED: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How is it?"}]
SAID = {
    "gen_ai.system_instructions": [{"type": "text", "content": "Be brief."}],
    "gen_ai.input.messages": [said("user", "How is it?")],
    "gen_ai.output.messages": [said("assistant", 'You said: "How is it?"')],
}
WEATHER: Any = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}
GPT, CLAUDE = "gpt-4o", "claude-3-haiku-20240307"
STREAM = {"stream": True, "stream_options": {"include_usage": True}}
STREAMED = {"gen_ai.request.stream": True, "gen_ai.response.time_to_first_chunk": "{seconds}"}
MODELS = pytest.mark.parametrize("model", [GPT, CLAUDE])


def asking(model: str, server: LlmServer, **more: Any) -> dict[str, Any]:
    """The keywords of `completion`: the OpenAI SDK carries one model, LiteLLM's own client the other."""
    place = {
        GPT: {"model": f"openai/{GPT}", "api_base": f"{server.url}/v1"},
        CLAUDE: {"model": f"anthropic/{CLAUDE}", "api_base": server.url},
    }[model]
    return {"api_key": "none", "messages": ASKED, "max_retries": 0, "max_tokens": 64, **place, **more}


def answered(model: str, source: str, facts: dict[str, Any] | None = None, **content: Any) -> Told:
    """The whole record of an answer."""
    of_gpt = {
        **exchange("/v1/chat/completions", source),
        "gen_ai.provider.name": "openai",
        "gen_ai.response.id": "chatcmpl-1",
        "openai.api.type": "chat_completions",
        "vedette.protocol": "openai_chat",
        "gen_ai.usage.input_tokens": 20,
    }
    of_claude = {
        **exchange("/v1/messages", source),
        "gen_ai.provider.name": "anthropic",
        "gen_ai.response.id": "msg_1",
        "vedette.protocol": "anthropic_messages",
        "vedette.finish_reason.raw": "end_turn",
        "gen_ai.usage.cache_write.input_tokens": 0,
        "gen_ai.usage.input_tokens": 26,
    }
    known = {
        "gen_ai.request.max_tokens": 64,
        "gen_ai.response.finish_reasons": '["stop"]',
        "gen_ai.response.model": model,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.reasoning.output_tokens": 0,
    }
    return inference(model, known | (of_gpt if model == GPT else of_claude) | (facts or {}), SAID | content)


def alone(program: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """An event loop of its own, and its connections closed at the end of it."""

    async def main() -> Any:
        litellm.in_memory_llm_clients_cache.flush_cache()
        try:
            return await program()
        finally:
            await litellm.close_litellm_async_clients()

    return asyncio.run(main())


def spoken(response: Any) -> Any:
    return response.choices[0].message.content, response.usage.total_tokens


@MODELS
def test_a_completion_is_one_inference(recorder: Recorder, model: str) -> None:
    seen = recorder.play(lambda server: spoken(litellm.completion(**asking(model, server))))
    assert seen.got[0] == 'You said: "How is it?"'
    assert seen.only == answered(model, SYNC)


@MODELS
def test_one_client_riding_on_another_is_one_inference(recorder: Recorder, model: str) -> None:
    """The peer is the one that the inner client is connected to."""

    def host(server: LlmServer) -> Any:
        async def later() -> Any:
            return spoken(await litellm.acompletion(**asking(model, server)))

        return alone(later)

    seen = recorder.play(host)
    assert seen.got[0] == 'You said: "How is it?"'
    assert seen.only == answered(model, ASYNC)


def heard(chunk: Any) -> list[str]:
    return [choice.delta.content for choice in chunk.choices if choice.delta.content]


def _stream(model: str, server: LlmServer) -> Any:
    chunks = litellm.completion(**asking(model, server, **STREAM))
    return "".join(piece for chunk in chunks for piece in heard(chunk))


def _astream(model: str, server: LlmServer) -> Any:
    async def later() -> Any:
        chunks = await litellm.acompletion(**asking(model, server, **STREAM))
        return "".join([piece async for chunk in chunks for piece in heard(chunk)])

    return alone(later)


@MODELS
@pytest.mark.parametrize("host", [_stream, _astream])
def test_a_stream_is_the_whole_answer(recorder: Recorder, model: str, host: Callable[..., Any]) -> None:
    seen = recorder.play(lambda server: host(model, server))
    assert seen.got == 'You said: "How is it?"'
    assert seen.only == answered(model, ASYNC if host is _astream else SYNC, STREAMED)


@MODELS
def test_a_tool_loop_by_hand_tells_of_the_tool_once(recorder: Recorder, model: str) -> None:
    """Whatever form LiteLLM translates it to on the way."""

    def host(server: LlmServer) -> Any:
        first = litellm.completion(**asking(model, server, tools=[WEATHER])).choices[0].message
        results = [{"role": "tool", "tool_call_id": call.id, "content": "mild"} for call in first.tool_calls]
        messages = [*ASKED, first.model_dump(), *results]
        return spoken(litellm.completion(**asking(model, server, tools=[WEATHER], messages=messages)))

    seen = recorder.play(host, [tool("weather", {"city": "Paris"}, id="call_paris"), text("Mild.")])
    assert seen.got[0] == "Mild."
    assert [each.kind for each in seen.told] == ["inference", "tool", "inference"]
    (ran,) = seen.of("tool")
    assert (ran.name, ran.facts["gen_ai.tool.call.id"]) == ("weather", "call_paris")
    assert ran.content == {"gen_ai.tool.call.arguments": {"city": "Paris"}, "gen_ai.tool.call.result": "mild"}


@MODELS
def test_a_refused_request_says_why(recorder: Recorder, model: str) -> None:
    seen = recorder.play(lambda server: litellm.completion(**asking(model, server)), [error(400, "Too long")])
    assert seen.got[0][0] == "BadRequestError"
    assert (seen.only.result, seen.only.facts["error.type"]) == ("error", "invalid_request_error")
    assert seen.only.content["vedette.error.message"] == "Too long"


@MODELS
def test_a_stream_left_early_is_recorded_with_what_arrived(recorder: Recorder, model: str) -> None:
    """LiteLLM closes nothing: the record is written when the stream is collected, or recording stops."""

    def host(server: LlmServer) -> Any:
        place = server.at("stall;after=4", "/v1" if model == GPT else "")
        chunks = litellm.completion(**asking(model, server, **STREAM) | {"api_base": place})
        words: list[str] = []
        while not words:
            words += heard(next(chunks))
        return words

    seen = recorder.play(host)
    assert (seen.got, seen.only.result) == (["You"], "abandoned")
    assert seen.only.facts["vedette.end.reason"] in ("close", "collected", "exit")
    assert "gen_ai.response.finish_reasons" not in seen.only.facts
    (message,) = seen.only.content["gen_ai.output.messages"]
    assert message["parts"][0]["content"].startswith("You")


def test_a_retry_of_the_sdk_below_is_an_exchange_of_its_own_tied_to_the_first(recorder: Recorder) -> None:
    def host(server: LlmServer) -> Any:
        return spoken(
            litellm.completion(**asking(GPT, server) | {"api_base": server.at("retry-429"), "max_retries": 1})
        )

    failed, again = recorder.play(host).told
    assert (failed.result, failed.facts["http.response.status_code"]) == ("error", 429)
    assert (again.result, again.operation, again.facts["http.request.resend_count"]) == ("ok", "event 1", 1)
