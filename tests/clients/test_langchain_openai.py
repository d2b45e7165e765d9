"""LangChain over the OpenAI SDK: the model call is the SDK's exchange, the tool is LangChain's, each told once."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.openai_sdk import ASYNC, KEY, MODEL, SAID, STREAMED, answered, chat
from tests.clients.records import Recorder, Seen
from tests.clients.wire import said
from tests.llm_server import LlmServer

from vedette.cli.standin import error, text, tool

langchain_openai = pytest.importorskip("langchain_openai", reason="runs in its own environment: make matrix")
tools = pytest.importorskip("langchain_core.tools")

# LangChain leaves its async clients to the collector, with or without Vedette; older ones also warn of pydantic.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning"),
]

ASKED = [("system", "Be brief."), ("human", "How is it?")]


@tools.tool
def weather(city: str) -> str:
    """The weather in a city."""
    return f"mild in {city}"


def model(server: LlmServer, case: str = "", retries: int = 0) -> Any:
    base = server.at(case) if case else f"{server.url}/v1"
    return langchain_openai.ChatOpenAI(model=MODEL, base_url=base, api_key=KEY, max_retries=retries)


def spoken(message: Any) -> Any:
    """What the host sees of a message but for its random id."""
    return message.content, message.usage_metadata, message.response_metadata


def streamed_or_not(seen: Seen) -> dict[str, Any]:
    """Some versions say that they do not stream."""
    return {"gen_ai.request.stream": False} if "stream" in seen.requests[0].json() else {}


def _invoke(server: LlmServer) -> Any:
    return spoken(model(server).invoke(ASKED))


def _ainvoke(server: LlmServer) -> Any:
    return spoken(asyncio.run(model(server).ainvoke(ASKED)))


@pytest.mark.parametrize("host", [_invoke, _ainvoke])
def test_an_invocation_is_one_inference(recorder: Recorder, host: Callable[..., Any]) -> None:
    seen = recorder.play(host)
    source = ASYNC if host is _ainvoke else None
    expected = chat(answered() | streamed_or_not(seen), SAID, **({"source": source} if source else {}))
    assert seen.only == expected


def _stream(server: LlmServer) -> Any:
    return [chunk.content for chunk in model(server).stream(ASKED, stream_usage=True)]


def _astream(server: LlmServer) -> Any:
    async def main() -> Any:
        return [chunk.content async for chunk in model(server).astream(ASKED, stream_usage=True)]

    return asyncio.run(main())


@pytest.mark.parametrize("host", [_stream, _astream])
def test_a_stream_is_the_whole_answer(recorder: Recorder, host: Callable[..., Any]) -> None:
    source = {"source": ASYNC} if host is _astream else {}
    assert recorder.play(host).only == chat(answered(**STREAMED), SAID, **source)


def test_structured_output_is_one_inference(recorder: Recorder) -> None:
    """Parsed for the host, its text in the trail."""
    pydantic = pytest.importorskip("pydantic")
    forecast = pydantic.create_model("Forecast", city=(str, ...))

    def host(server: LlmServer) -> Any:
        parser = model(server).with_structured_output(forecast, method="json_schema")
        return parser.invoke(ASKED).model_dump()

    seen = recorder.play(host, [text('{"city":"Paris"}')])
    assert seen.got == {"city": "Paris"}
    facts = answered(gen_ai__output__type="json", gen_ai__usage__output_tokens=4) | streamed_or_not(seen)
    assert seen.only == chat(facts, SAID | {"gen_ai.output.messages": [said("assistant", '{"city":"Paris"}')]})


def _loop(server: LlmServer) -> Any:
    bound = model(server).bind_tools([weather])
    first = bound.invoke(ASKED)
    results = [weather.invoke(call) for call in first.tool_calls]
    return bound.invoke([*ASKED, first, *results]).content


def test_a_tool_is_told_once_by_the_seam_that_saw_it_run(recorder: Recorder) -> None:
    """The next request tells of its result as well: that is not a second execution."""
    seen = recorder.play(_loop, [tool("weather", {"city": "Paris"}, id="call_paris"), text("Mild.")])
    assert seen.got == "Mild."
    assert [each.kind for each in seen.told] == ["inference", "tool", "inference"]
    (ran,) = seen.of("tool")
    assert (ran.name, ran.result, ran.parent) == ("weather", "ok", "")
    assert ran.facts["gen_ai.tool.call.id"] == "call_paris"
    assert ran.facts["vedette.source"].startswith("langchain_core.tools.base:")
    assert ran.content["gen_ai.tool.call.arguments"] == {"city": "Paris"}
    assert "mild in Paris" in str(ran.content["gen_ai.tool.call.result"])


def test_a_model_asked_inside_a_tool_is_its_child(recorder: Recorder) -> None:
    """The inference stands below the tool, in its trace."""

    def host(server: LlmServer) -> Any:
        @tools.tool
        def expert(question: str) -> str:
            """Ask another model."""
            return str(model(server).invoke([("system", "Be brief."), ("human", question)]).content)

        return expert.invoke({"question": "How is it?"})

    seen = recorder.play(host)
    outer, inner = seen.told
    assert (outer.kind, outer.name, outer.parent) == ("tool", "expert", "")
    expected = chat(answered() | streamed_or_not(seen), SAID, event="event 2", parent="event 1")
    assert inner == expected


def test_a_refused_request_raises_as_it_would(recorder: Recorder) -> None:
    seen = recorder.play(_invoke, [error(400, "Too long")])
    assert "BadRequestError" in str(seen.got)
    assert (seen.only.result, seen.only.content["vedette.error.message"]) == ("error", "Too long")


def test_a_retry_is_an_exchange_of_its_own_tied_to_the_first(recorder: Recorder) -> None:
    failed, again = recorder.play(lambda server: spoken(model(server, "retry-429", 1).invoke(ASKED))).told
    assert (failed.result, failed.facts["http.response.status_code"]) == ("error", 429)
    assert (again.result, again.operation, again.facts["http.request.resend_count"]) == ("ok", "event 1", 1)


def test_a_stream_left_early_is_recorded_with_what_arrived(recorder: Recorder) -> None:
    def host(server: LlmServer) -> Any:
        stream = model(server, "stall;after=3").stream(ASKED)
        words = ""
        while not words:
            words += str(next(stream).content and "You")
        stream.close()
        gc.collect()
        return words

    seen = recorder.play(host)
    assert (seen.got, seen.only.result) == ("You", "abandoned")
    assert "gen_ai.response.finish_reasons" not in seen.only.facts
    (spoken_so_far,) = seen.only.content["gen_ai.output.messages"]
    assert spoken_so_far["parts"][0]["content"].startswith("You")
