"""The shipped stand-in, as the real SDKs see it: every protocol it speaks, plain and streamed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from vedette.cli.standin import StandIn, error, refusal, text, tool, tools
from vedette.cli.standin.embeddings import vector

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CHAT_TOOLS: Any = [{"type": "function", "function": {"name": "weather", "parameters": SCHEMA}}]
RESPONSE_TOOLS: Any = [{"type": "function", "name": "weather", "parameters": SCHEMA, "strict": False}]
MESSAGE_TOOLS: Any = [{"name": "weather", "input_schema": SCHEMA}]
HELLO: Any = [{"role": "user", "content": "Hello there"}]
TWO_CITIES: Any = [{"role": "user", "content": "What is the weather in Paris and Rome?"}]
BOTH = [("weather", {"city": "Paris"}), ("weather", {"city": "Rome"})]
ECHOED = 'You said: "Hello there"'
THINKING: Any = {"type": "enabled", "budget_tokens": 1024}


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def gpt(server: StandIn) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def claude(server: StandIn) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key="none", max_retries=0) as client:
        yield client


def called(calls: Any) -> list[tuple[str, Any]]:
    """Name and arguments of the tool calls of a chat message."""
    return [(call.function.name, json.loads(call.function.arguments)) for call in calls]


def asked(output: Any) -> list[tuple[str, Any]]:
    """Name and arguments of the function calls of a response."""
    return [(item.name, json.loads(item.arguments)) for item in output if item.type == "function_call"]


def used(content: Any) -> list[tuple[str, Any]]:
    """Name and input of the tool uses of a message."""
    return [(block.name, block.input) for block in content if block.type == "tool_use"]


def test_chat_echoes_the_prompt_plain_and_streamed(gpt: openai.OpenAI) -> None:
    """The same words come whole and in pieces; streamed usage comes last, without choices, when asked for."""
    whole = gpt.chat.completions.create(model="m", messages=HELLO)
    options: Any = {"include_usage": True}
    pieces = list(gpt.chat.completions.create(model="m", messages=HELLO, stream=True, stream_options=options))
    assert whole.choices[0].message.content == ECHOED
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces[:-1]) == ECHOED
    assert pieces[-2].choices[0].finish_reason == whole.choices[0].finish_reason == "stop"
    assert (pieces[-1].choices, pieces[-1].usage) == ([], whole.usage)


def test_chat_asks_for_two_tools_at_once_plain_and_streamed(gpt: openai.OpenAI) -> None:
    """Two names joined by `and` become two parallel calls, which the SDK puts together from their pieces."""
    whole = gpt.chat.completions.create(model="m", messages=TWO_CITIES, tools=CHAT_TOOLS)
    with gpt.chat.completions.stream(model="m", messages=TWO_CITIES, tools=CHAT_TOOLS) as stream:
        streamed = stream.get_final_completion()
    assert called(whole.choices[0].message.tool_calls) == BOTH
    assert called(streamed.choices[0].message.tool_calls) == BOTH
    assert whole.choices[0].finish_reason == streamed.choices[0].finish_reason == "tool_calls"


def test_chat_quotes_the_tool_result(gpt: openai.OpenAI) -> None:
    """The loop of an agent ends: after the tool's answer the model speaks."""
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    history: Any = [
        *TWO_CITIES,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "18 degrees"},
    ]
    whole = gpt.chat.completions.create(model="m", messages=history, tools=CHAT_TOOLS)
    assert whole.choices[0].message.content == "The tool answered: 18 degrees"


def test_chat_keeps_to_the_tool_choice(gpt: openai.OpenAI) -> None:
    """No call when the client forbids it, one call when it forbids parallel ones."""
    none = gpt.chat.completions.create(model="m", messages=TWO_CITIES, tools=CHAT_TOOLS, tool_choice="none")
    one = gpt.chat.completions.create(model="m", messages=TWO_CITIES, tools=CHAT_TOOLS, parallel_tool_calls=False)
    assert none.choices[0].message.tool_calls is None
    assert called(one.choices[0].message.tool_calls) == [("weather", {"city": "Paris"})]


def test_completions_plain_and_streamed(gpt: openai.OpenAI) -> None:
    """The older protocol says the same words."""
    whole = gpt.completions.create(model="m", prompt="Hello there")
    pieces = list(gpt.completions.create(model="m", prompt="Hello there", stream=True))
    assert whole.choices[0].text == "".join(piece.choices[0].text for piece in pieces) == ECHOED


def test_responses_plain_and_streamed(gpt: openai.OpenAI) -> None:
    """The stream's last event holds what the plain reply holds, but for the ids."""
    whole = gpt.responses.create(model="m", input="Hello there", reasoning={"effort": "low"})
    events = list(gpt.responses.create(model="m", input="Hello there", reasoning={"effort": "low"}, stream=True))
    last = events[-1]
    assert last.type == "response.completed"
    assert whole.output_text == last.response.output_text == ECHOED
    assert [item.type for item in last.response.output] == ["reasoning", "message"]
    assert last.response.usage == whole.usage
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_responses_ask_for_two_tools_and_quote_the_results(gpt: openai.OpenAI) -> None:
    """Parallel function calls, plain and streamed; then their outputs as input items."""
    whole = gpt.responses.create(model="m", input=TWO_CITIES, tools=RESPONSE_TOOLS)
    with gpt.responses.stream(model="m", input=TWO_CITIES, tools=RESPONSE_TOOLS) as stream:
        final = stream.get_final_response()
    outputs: Any = [{"type": "function_call_output", "call_id": "c", "output": word} for word in ("mild", "wet")]
    after = gpt.responses.create(model="m", input=[*TWO_CITIES, *outputs], tools=RESPONSE_TOOLS)
    assert asked(whole.output) == asked(final.output) == BOTH
    assert after.output_text == "The tool answered: mild; wet"


def test_embeddings_in_both_encodings(gpt: openai.OpenAI) -> None:
    """The SDK asks for base64 by itself and for floats when told; the vector depends on the text only."""
    packed = gpt.embeddings.create(model="e", input=["one", "two"])
    floats = gpt.embeddings.create(model="e", input="two", encoding_format="float", dimensions=8)
    assert packed.data[1].embedding == pytest.approx(vector("two"), abs=1e-6)
    assert floats.data[0].embedding == vector("two")


def test_messages_plain_and_streamed(claude: anthropic.Anthropic) -> None:
    """Thinking and words, whole and in blocks, with the same usage."""
    whole = claude.messages.create(model="m", max_tokens=2048, messages=HELLO, thinking=THINKING)
    with claude.messages.stream(model="m", max_tokens=2048, messages=HELLO, thinking=THINKING) as stream:
        final = stream.get_final_message()
    assert [block.type for block in whole.content] == ["thinking", "text"]
    assert final.to_dict()["content"] == whole.to_dict()["content"]
    assert (final.usage.to_dict(), final.stop_reason) == (whole.usage.to_dict(), "end_turn")


def test_messages_ask_for_two_tools_and_quote_the_results(claude: anthropic.Anthropic) -> None:
    """Parallel tool uses, plain and streamed; then their results as blocks of the user."""
    whole = claude.messages.create(model="m", max_tokens=9, messages=TWO_CITIES, tools=MESSAGE_TOOLS)
    with claude.messages.stream(model="m", max_tokens=9, messages=TWO_CITIES, tools=MESSAGE_TOOLS) as stream:
        final = stream.get_final_message()
    blocks: Any = [{"type": "tool_result", "tool_use_id": "t", "content": word} for word in ("mild", "wet")]
    history: Any = [*TWO_CITIES, {"role": "assistant", "content": "…"}, {"role": "user", "content": blocks}]
    after = claude.messages.create(model="m", max_tokens=9, messages=history, tools=MESSAGE_TOOLS)
    assert used(whole.content) == used(final.content) == BOTH
    assert (whole.stop_reason, final.stop_reason) == ("tool_use", "tool_use")
    assert [block.to_dict() for block in after.content] == [{"type": "text", "text": "The tool answered: mild; wet"}]


def test_count_tokens_is_no_turn(claude: anthropic.Anthropic, server: StandIn) -> None:
    """Counting answers the number that a message would be billed."""
    counted = claude.messages.count_tokens(model="m", messages=HELLO)
    assert counted.input_tokens == claude.messages.create(model="m", max_tokens=9, messages=HELLO).usage.input_tokens


async def test_asynchronous_clients_stream_side_by_side(server: StandIn) -> None:
    """Several streams at once keep their words apart."""

    async def said(client: openai.AsyncOpenAI, words: str) -> str:
        messages: Any = [{"role": "user", "content": words}]
        stream = await client.chat.completions.create(model="m", messages=messages, stream=True)
        return "".join([piece.choices[0].delta.content or "" async for piece in stream])

    async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="none") as client:
        heard = await asyncio.gather(*(said(client, f"number {n}") for n in range(5)))
    assert heard == [f'You said: "number {n}"' for n in range(5)]


def test_a_script_is_played_in_order_and_in_every_dialect() -> None:
    """Replies come in turn whatever the protocol; after the last one the model speaks for itself."""
    script = [tools(tool("a", {"x": 1}, id="one"), tool("b", {})), text("Done.", cached=64), refusal("No.")]
    with StandIn(script) as server, openai.OpenAI(base_url=f"{server.url}/v1", api_key="none") as gpt:
        first = gpt.chat.completions.create(model="m", messages=HELLO).choices[0].message
        second = gpt.responses.create(model="m", input="Go on")
        third = gpt.chat.completions.create(model="m", messages=HELLO).choices[0].message
        fourth = gpt.chat.completions.create(model="m", messages=HELLO).choices[0].message
    assert first.tool_calls and first.tool_calls[0].id == "one"
    assert called(first.tool_calls) == [("a", {"x": 1}), ("b", {})]
    assert second.usage and (second.output_text, second.usage.input_tokens_details.cached_tokens) == ("Done.", 64)
    assert (third.content, third.refusal, fourth.content) == (None, "No.", ECHOED)


def test_a_scripted_refusal_of_anthropic_stops_with_refusal() -> None:
    """The stop reason says so, plain and streamed."""
    refusals = [refusal("No."), refusal("No.")]
    with StandIn(refusals) as server, anthropic.Anthropic(base_url=server.url, api_key="none") as claude:
        whole = claude.messages.create(model="m", max_tokens=9, messages=HELLO)
        with claude.messages.stream(model="m", max_tokens=9, messages=HELLO) as stream:
            final = stream.get_final_message()
    assert (whole.stop_reason, final.stop_reason) == ("refusal", "refusal")


def test_scripted_errors_are_raised_by_the_sdks() -> None:
    """Words are put into the error body of the dialect; a mapping is sent as it is."""
    own = {"error": {"message": "mine", "code": "x"}}
    script = [error(429, "Slow down"), error(400, "Too long"), error(418, own)]
    with (
        StandIn(script) as server,
        anthropic.Anthropic(base_url=server.url, api_key="none", max_retries=0) as claude,
        openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as gpt,
    ):
        with pytest.raises(anthropic.RateLimitError) as limited:
            claude.messages.create(model="m", max_tokens=9, messages=HELLO)
        with pytest.raises(openai.BadRequestError) as refused:
            gpt.chat.completions.create(model="m", messages=HELLO)
        with pytest.raises(openai.APIStatusError) as other:
            gpt.chat.completions.create(model="m", messages=HELLO)
    assert limited.value.body == {
        "type": "error",
        "error": {"type": "rate_limit_error", "message": "Slow down"},
        "request_id": "req_standin",
    }
    assert refused.value.type == "invalid_request_error"
    assert (other.value.status_code, other.value.body) == (418, own["error"])
