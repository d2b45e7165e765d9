"""The stand-in of the tests, seen by real clients: what they make of each misbehaviour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import openai
import pytest
from tests.llm_server import LlmServer
from tests.standin.turns import MULTIBYTE, SEPARATED

HELLO: Any = [{"role": "user", "content": "Hello"}]
ASK = {"model": "m", "messages": HELLO}
CHAT = "/v1/chat/completions"
CUT = (httpx.RemoteProtocolError, httpx.ReadError)


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        yield running


@pytest.fixture
def client(server: LlmServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=5) as connected:
        yield connected


def ask(client: httpx.Client, cases: str, **fields: Any) -> httpx.Response:
    """A chat request under cases named in the header."""
    return client.post(CHAT, json={**ASK, **fields}, headers={"x-standin": cases})


def streamed(server: LlmServer, cases: str) -> list[Any]:
    """The chunks that the OpenAI SDK makes of a stream under cases named in the path."""
    with openai.OpenAI(base_url=server.at(cases), api_key="none", max_retries=0) as gpt:
        return list(gpt.chat.completions.create(model="m", messages=HELLO, stream=True))


def words(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


@pytest.mark.parametrize("null, seen", [("null", None), ("empty", []), ("null-item", [None]), ("object", {})])
def test_choices_of_every_emptiness(client: httpx.Client, null: str, seen: object) -> None:
    """Exactly that value is sent, plain and in every chunk."""
    whole = ask(client, f"choices-{null}").json()
    stream = ask(client, f"choices-{null}", stream=True).text.split("\n\n")
    chunks = [json.loads(event.removeprefix("data: ")) for event in stream if event.startswith("data: {")]
    assert whole["choices"] == seen
    assert [chunk["choices"] for chunk in chunks] == [seen] * len(chunks) != []


def test_other_nulls(client: httpx.Client) -> None:
    """`message`, `content`, `usage` and a streamed `delta` can be null; usage can be missing."""
    stream = ask(client, "delta-null", stream=True).text
    assert ask(client, "message-null").json()["choices"][0]["message"] is None
    assert ask(client, "content-null").json()["choices"][0]["message"]["content"] is None
    assert ask(client, "usage-null").json()["usage"] is None
    assert "usage" not in ask(client, "usage-missing").json()
    assert stream.count('"delta":null') == stream.count("data: {") > 1


@pytest.mark.parametrize(
    "case",
    ["sse-crlf", "sse-cr", "sse-no-space", "sse-lines", "sse-fields", "sse-comments", "sse-no-done", "sse-done-twice",
     "one-byte", "split-utf8", "sse-crlf,split-crlf", "gzip", "deflate", "deflate-raw", "gzip,one-byte", "trailers",
     "http10", "slow;ms=1", "silence;seconds=0.01"],
)  # fmt: skip
def test_what_a_good_client_reads_through(server: LlmServer, case: str) -> None:
    """Shapes, cuts, encodings and pauses do not change one word for the OpenAI SDK."""
    assert words(streamed(server, f"multibyte,{case}")) == MULTIBYTE


@pytest.mark.parametrize("case", ["gzip", "deflate", "deflate-raw", "one-byte", "chunked;size=3", "trailers", "http10"])
def test_a_plain_reply_through_the_same(client: httpx.Client, case: str) -> None:
    """A whole JSON body likewise."""
    assert ask(client, f"multibyte,{case}").json()["choices"][0]["message"]["content"] == MULTIBYTE


def test_raw_separators_are_in_the_bytes(client: httpx.Client) -> None:
    """U+2028, U+2029 and U+0085 come unescaped, plain and streamed."""
    for stream in (False, True):
        body = ask(client, "raw-separators", stream=stream).content.decode()
        assert [mark in body for mark in "\u2028\u2029\u0085"] == [True] * 3
    assert ask(client, "raw-separators").json()["choices"][0]["message"]["content"] == SEPARATED


def test_one_and_two_tools_reasoning_and_cache_on_demand(client: httpx.Client) -> None:
    """The model can be told by a case what to say; other ends likewise."""
    message = ask(client, "two-tools").json()["choices"][0]["message"]
    assert [call["id"] for call in message["tool_calls"]] == ["call_paris", "call_rome"]
    assert ask(client, "reasoning").json()["choices"][0]["message"]["reasoning_content"].startswith("Six times")
    assert ask(client, "cached").json()["usage"]["prompt_tokens_details"] == {"cached_tokens": 1024}
    assert ask(client, "refusal").json()["choices"][0]["message"]["refusal"] == "I cannot help with that."
    assert ask(client, "length").json()["choices"][0]["finish_reason"] == "length"
    assert ask(client, "content-filter").json()["choices"][0]["finish_reason"] == "content_filter"


def test_other_ends_of_responses_and_messages(server: LlmServer) -> None:
    """`length` in the words of the other dialects, whole and in the last event; a response that fails."""
    with openai.OpenAI(base_url=server.at("length"), api_key="none") as gpt:
        whole = gpt.responses.create(model="m", input="Hi")
        last = list(gpt.responses.create(model="m", input="Hi", stream=True))[-1]
    with openai.OpenAI(base_url=server.at("response-failed"), api_key="none") as gpt:
        failed = list(gpt.responses.create(model="m", input="Hi", stream=True))[-1]
    with anthropic.Anthropic(base_url=server.at("length", path=""), api_key="none") as claude:
        message = claude.messages.create(model="m", max_tokens=9, messages=HELLO)
    assert whole.incomplete_details
    assert (whole.status, whole.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert (last.type, failed.type, message.stop_reason) == ("response.incomplete", "response.failed", "max_tokens")


def test_azure_shapes(server: LlmServer, client: httpx.Client) -> None:
    """No choices in the first chunk, a null delta before the end, filter results throughout; the words are there."""
    chunks = streamed(server, "text,azure")
    said = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].delta]
    assert (chunks[0].choices, chunks[0].prompt_filter_results[0]["prompt_index"]) == ([], 0)
    assert chunks[-1].choices[0].delta is None
    assert words(said) == "All is well."
    assert ask(client, "azure").json()["prompt_filter_results"][0]["prompt_index"] == 0


def deltas(client: httpx.Client, case: str) -> list[Any]:
    """The tool-call deltas of a stream, in order."""
    events = ask(client, case, stream=True).text.split("\n\n")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events if event.startswith("data: {")]
    return [call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls", [])]


def test_tool_deltas(client: httpx.Client) -> None:
    """Each way of streaming two calls is on the wire as its name says."""
    missing, zero = deltas(client, "tool-index-missing"), deltas(client, "tool-index-zero")
    woven, late = deltas(client, "tool-interleaved"), deltas(client, "tool-id-late")
    assert [("index" in delta, delta["id"]) for delta in missing] == [(False, "call_paris"), (False, "call_rome")]
    assert {delta["index"] for delta in zero} == {0}
    assert [delta["id"] for delta in zero if "id" in delta] == ["call_paris", "call_rome"]
    assert [delta["index"] for delta in woven][:6] == [0, 1] * 3
    assert [("id" in delta, "name" in delta["function"]) for delta in late if delta["index"] == 1] == [
        (False, True),
        *[(False, False)] * (len(late) // 2 - 2),
        (True, False),
    ]


def test_tool_arguments_that_are_no_json_string(client: httpx.Client) -> None:
    """Arguments as an object, cut off, and after empty pieces; plain and streamed."""
    given = [delta["function"]["arguments"] for delta in deltas(client, "tool-arguments-object")]
    broken = [delta["function"]["arguments"] for delta in deltas(client, "tool-arguments-invalid")]
    empty = [delta["function"]["arguments"] for delta in deltas(client, "tool-empty-first")]
    whole = ask(client, "tool-arguments-object").json()["choices"][0]["message"]["tool_calls"]
    assert given == [{"city": "Paris"}, {"city": "Rome"}]
    assert broken == ['{"city":"Par', '{"city":"Ro']
    assert (empty[:2], "".join(empty)) == (["", ""], '{"city":"Paris"}{"city":"Rome"}')
    assert whole[0]["function"]["arguments"] == {"city": "Paris"}


def test_an_error_in_the_stream_reaches_the_host(server: LlmServer) -> None:
    """The status is 200, then the error comes in the way of each dialect; only for responses the SDK does not raise."""
    with openai.OpenAI(base_url=server.at("error-in-stream"), api_key="none") as gpt:
        with pytest.raises(openai.APIError, match="overloaded"):
            list(gpt.chat.completions.create(model="m", messages=HELLO, stream=True))
        last = list(gpt.responses.create(model="m", input="Hi", stream=True))[-1]
    client = anthropic.Anthropic(base_url=server.at("error-in-stream", path=""), api_key="none")
    with client, pytest.raises(anthropic.APIStatusError, match="Overloaded") as raised:
        list(client.messages.create(model="m", max_tokens=9, messages=HELLO, stream=True))
    assert last.type == "error" and last.code == "overloaded"
    assert raised.value.status_code == 200


@pytest.mark.parametrize("case", ["reset", "fin", "length-long"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_cut_body_is_an_error_for_the_client(client: httpx.Client, case: str, stream: bool) -> None:
    """Part of the body arrives before the failure."""
    arrived = b""
    body = {**ASK, "stream": stream}
    with pytest.raises(CUT), client.stream("POST", CHAT, json=body, headers={"x-standin": case}) as response:
        for piece in response.iter_raw():
            arrived += piece
    assert arrived.startswith(b"data: {" if stream else b"{")


def test_a_body_longer_than_its_length_is_cut_by_the_client(client: httpx.Client) -> None:
    """What goes beyond the content-length is not part of the body. Asked last: the server hangs up after it."""
    right, short = ask(client, "text"), ask(client, "text,length-short")
    assert len(short.content) == int(short.headers["content-length"]) == len(right.content) - 10


@pytest.mark.parametrize(
    "case",
    ["retry-429", "retry-429-date", "retry-429-ms", "retry-408", "retry-500", "retry-reset", "should-retry"],
)
def test_one_retry_then_an_answer(server: LlmServer, case: str) -> None:
    """The OpenAI SDK tries again by itself, and the second attempt is answered."""
    with openai.OpenAI(base_url=server.at(case), api_key="none", max_retries=2) as gpt:
        reply = gpt.chat.completions.create(model="m", messages=HELLO)
    assert reply.choices[0].message.content == 'You said: "Hello"'
    assert [request.headers["x-stainless-retry-count"] for request in server.requests] == ["0", "1"]


def test_failures_that_last(server: LlmServer) -> None:
    """503 for ever costs every attempt; `x-should-retry: false` costs one."""
    for case in ("retry-503", "should-not-retry"):
        gpt = openai.OpenAI(base_url=server.at(case), api_key="none", max_retries=1)
        with gpt, pytest.raises(openai.InternalServerError):
            gpt.chat.completions.create(model="m", messages=HELLO)
    assert [request.path.split("/")[2] for request in server.requests] == ["retry-503"] * 2 + ["should-not-retry"]
