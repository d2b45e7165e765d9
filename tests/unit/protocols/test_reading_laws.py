"""What holds for every protocol: however the bytes came, cut, split, encoded, or broken."""

import gzip
import json

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.capture.body import Recorder
from vedette.cli.standin.chat import CHAT
from vedette.cli.standin.completions import COMPLETIONS
from vedette.cli.standin.messages import MESSAGES
from vedette.cli.standin.responses import RESPONSES
from vedette.cli.standin.turn import ToolCall, Turn
from vedette.event import Body
from vedette.names import FACTS

CHAT_LIKE = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5}
PROTOCOLS = {
    "/v1/chat/completions": (CHAT, {**CHAT_LIKE, "stream_options": {"include_usage": True}}),
    "/v1/completions": (COMPLETIONS, {"prompt": "Hi", "stream_options": {"include_usage": True}}),
    "/v1/messages": (MESSAGES, CHAT_LIKE),
    "/v1/responses": (RESPONSES, {"input": "Hi"}),
}
PATHS = pytest.mark.parametrize("path", PROTOCOLS)
ARGUMENTS = st.dictionaries(st.text(), st.text() | st.integers(-(2**53), 2**53) | st.none(), max_size=3)
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
CALLS = st.lists(st.builds(ToolCall, st.sampled_from("fg"), ARGUMENTS), max_size=3).map(tuple)
TURNS = st.builds(Turn, text=WORDS, calls=CALLS, reasoning=WORDS, cached=st.integers(0, 50))
SAID = Turn(
    text="Sunny in Rome, über 30°.\u2028So.", calls=(ToolCall("f", {"city": "Rome"}),), reasoning="Sun.", cached=7
)


def spoken(path, turn, *, stream):
    """The request and the reply in which a turn goes over the wire."""
    dialect, asked = PROTOCOLS[path]
    request = {"model": "m", **asked, "stream": stream}
    prompt = dialect.read(request, path)
    return request, b"".join(dialect.stream(turn, prompt, 1)) if stream else dialect.whole(turn, prompt, 1)


@PATHS
@given(turn=TURNS)
def test_a_stream_says_what_the_plain_reply_says(told, path, turn):
    """Whatever the model says, cut up into events or in one piece."""
    plain, streamed = (told(path, *spoken(path, turn, stream=stream)) for stream in (False, True))
    assert plain["facts"].pop("gen_ai.request.stream") is not streamed["facts"].pop("gen_ai.request.stream")
    assert streamed == plain


@PATHS
@settings(max_examples=30)
@given(cut=st.integers(min_value=0))
def test_a_prefix_of_a_stream_gives_a_prefix_of_what_is_said(told, path, cut):
    """A stream that breaks off anywhere tells what came, and nothing that did not."""
    request, stream = spoken(path, SAID, stream=True)
    whole = said(told(path, request, stream))
    part = said(told(path, request, stream[: cut % (len(stream) + 1)]))
    assert len(part) <= len(whole)
    for ours, theirs in zip(part, whole, strict=False):
        assert ours["type"] == theirs["type"]
        assert str(theirs.get("content", "")).startswith(str(ours.get("content", "")))


def said(found):
    messages = found["facts"].get("gen_ai.output.messages", [])
    return [part for message in messages for part in message["parts"]]


@PATHS
@given(sizes=st.lists(st.integers(1, 400), max_size=20), limit=st.sampled_from([1 << 20, 0]))
def test_any_split_of_the_bytes_gives_one_reading(told, path, sizes, limit):
    """The pieces in which a body arrived leave no trace: one byte a write, or all in one."""
    request, stream = spoken(path, SAID, stream=True)
    recorder = Recorder(limit)
    at = 0
    for size in [*sizes, len(stream)]:
        recorder.feed(stream[at : at + size])
        at += size
    assert told(path, request, recorder.body()) == told(path, request, stream)


@PATHS
def test_one_byte_a_write(told, path):
    """Also within a character, and within CRLF."""
    request, stream = spoken(path, SAID, stream=True)
    stream = stream.replace(b"\n", b"\r\n")
    recorder = Recorder(1 << 20)
    for at in range(len(stream)):
        recorder.feed(stream[at : at + 1])
    assert told(path, request, recorder.body()) == told(path, request, stream)


@PATHS
@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
@pytest.mark.parametrize("end", [b"", b"data: [DONE]\n\n", b"data: [DONE]\n\ndata: [DONE]\n\n", b": keep-alive\n\n"])
def test_shapes_of_a_stream(told, path, line_end, end):
    """Line ends, comments, pings, `[DONE]` missing or twice: one reading."""
    request, stream = spoken(path, SAID, stream=True)
    noisy = (
        b"\xef\xbb\xbf: hello\n\n"
        + stream.replace(b"data: ", b"id: 1\nretry: 5\ndata:")
        + b"event: ping\ndata: {}\n\n"
        + end
    )
    assert told(path, request, noisy.replace(b"\n", line_end)) == told(path, request, stream)


@PATHS
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("gzip", gzip.compress), ("zstd", zstandard.ZstdCompressor().compress), ("gzip, zstd", None)],
)
def test_encoded_bodies(told, path, stream, encoding, encode):
    """A compressed reply says what a plain one says, unless the client has undone it already."""
    encode = encode or (lambda body: zstandard.ZstdCompressor().compress(gzip.compress(body)))
    request, reply = spoken(path, SAID, stream=stream)
    body = reply if stream else json.dumps(reply).encode()
    expected = told(path, request, body)
    headers = {"response_headers": (("content-type", "x"), ("content-encoding", encoding))}
    assert told(path, request, encode(body), **headers) == expected
    assert told(path, request, body, **headers, decoded=True) == expected


@PATHS
@pytest.mark.parametrize("stream", [False, True])
def test_http1_framing(told, path, stream):
    """As http.client leaves it: the request with its head, the response in chunks, with trailers."""
    request, reply = spoken(path, SAID, stream=stream)
    body = reply if stream else json.dumps(reply).encode()
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\n\r\n"
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in (body[:7], body[7:300], body[300:]) if each)
    found = told(
        path,
        head + gzip.compress(json.dumps(request).encode()),
        chunks + b"0\r\nx: y\r\n\r\n",
        response_headers=(("transfer-encoding", "chunked"),),
        framing="http1",
    )
    assert found == told(path, request, body)


LONG = Turn(text="word " * 60_000, calls=(ToolCall("f", {"city": "Rome"}),), cached=7)
ENDS = ("gen_ai.usage.", "gen_ai.response.finish", "gen_ai.response.model")


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/completions", "/v1/messages"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("framing", ["", "http1"])
def test_the_end_of_a_long_body_survives(told, path, stream, framing):
    """A reply whose middle was not kept still tells its usage and why it ended, plain, streamed and in chunks."""
    request, reply = spoken(path, LONG, stream=stream)
    body = reply if stream else json.dumps(reply).encode()
    expected = {name: each for name, each in told(path, request, body)["facts"].items() if name.startswith(ENDS)}
    kept = cut_short(body, framing)
    assert not kept.whole
    found = told(
        path, sent(request, framing), kept, framing=framing, response_headers=(("transfer-encoding", "chunked"),)
    )
    assert {name: each for name, each in found["facts"].items() if name.startswith(ENDS)} == expected
    assert len(expected) >= 4


def test_the_end_of_a_long_response_event_survives(told):
    """The last event of a responses stream is longer than what is kept of the end: usage is found all the same."""
    request, stream = spoken("/v1/responses", LONG, stream=True)
    usage = {name: each for name, each in told("/v1/responses", request, stream)["facts"].items() if "usage" in name}
    assert {
        name: each
        for name, each in told("/v1/responses", request, cut_short(stream))["facts"].items()
        if "usage" in name
    } == usage


@PATHS
def test_an_end_without_a_beginning(told, path):
    """Only the tail was kept: usage is there all the same."""
    request, stream = spoken(path, SAID, stream=True)
    kept = Body(b"", stream[200:], len(stream), "00")
    assert told(path, request, kept)["facts"]["gen_ai.usage.output_tokens"] == SAID.tokens


def sent(request, framing):
    body = json.dumps(request).encode()
    return b"POST / HTTP/1.1\r\nHost: a\r\n\r\n" + body if framing else body


def cut_short(body, framing=""):
    """What is kept of a body within 128 KiB."""
    if framing:
        pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"
    recorder = Recorder(128 * 1024)
    for at in range(0, len(body), 4096):
        recorder.feed(body[at : at + 4096])
    return recorder.body()


@PATHS
def test_a_long_request_is_told_as_far_as_it_was_kept(told, path):
    """A prompt beyond the limit: its beginning and what stands before it are there, and the reply is read."""
    request, reply = spoken(path, SAID, stream=False)
    body = json.dumps({**request, "max_tokens": 5, "prompt": "Hi " * 100_000}).encode()
    facts = told(path, cut_short(body), reply)["facts"]
    assert facts["gen_ai.request.model"] == "m"
    assert "gen_ai.usage.output_tokens" in facts


USAGES = st.lists(
    st.dictionaries(
        st.sampled_from(
            ["prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "cache_read_input_tokens"]
        ),
        st.none() | st.integers(0, 10**6),
    ),
    min_size=1,
)


@given(USAGES)
def test_each_usage_field_is_that_of_the_last_event_that_names_it(told, events, usages):
    """OpenAI chat and Anthropic: replaced field by field, never added up; null takes nothing back."""
    last = {name: count for usage in usages for name, count in usage.items() if count is not None}
    chat = told("/v1/chat/completions", CHAT_LIKE, events(*({"usage": each} for each in usages)))["facts"]
    deltas = [{"type": "message_delta", "usage": each} for each in usages]
    messages = told("/v1/messages", CHAT_LIKE, events(*deltas))["facts"]
    plain, read = last.get("input_tokens"), last.get("cache_read_input_tokens")
    assert [chat.get(f"gen_ai.usage.{side}_tokens") for side in ("input", "output")] == [
        last.get("prompt_tokens", last.get("input_tokens")),
        last.get("completion_tokens", last.get("output_tokens")),
    ]
    assert messages.get("gen_ai.usage.cache_read.input_tokens") == read
    assert messages.get("gen_ai.usage.output_tokens") == last.get("output_tokens")
    assert messages.get("gen_ai.usage.input_tokens") == (None if plain is None else plain + (read or 0))


WORDS_OF_THE_WIRE = """
id model type object role content text choices message delta tool_calls function name arguments index finish_reason
usage prompt_tokens prompt_tokens_details cached_tokens error code output input item status summary incomplete_details
messages system tools tool_call_id content_block partial_json image_url url source data stop_reason embedding
output_index response conversation refusal audio x_groq reasoning_details
"""
KEYS = st.sampled_from(WORDS_OF_THE_WIRE.split())
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(
    ["tool_use", "text", "message", "function_call", "response.completed", "message_delta", "content_block_delta",
     "content_block_start", "tool_result", "tool", "assistant", "image", "response.output_item.added", "data:,x"]
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=30
)


@pytest.mark.parametrize("path", [*PROTOCOLS, "/v1/embeddings"])
@settings(max_examples=40)
@given(data=st.data())
def test_any_json_is_read_and_gives_facts_that_can_be_written(reading, events, path, data):
    """The protocols' own words in any place and of any type: nothing raises, and each fact has the type of its name."""
    asked = {"messages": [], "max_tokens": 1, "prompt": None, "input": None} | data.draw(
        st.dictionaries(KEYS, ANYTHING)
    )
    replies = data.draw(st.lists(st.dictionaries(KEYS, ANYTHING), min_size=1, max_size=4))
    for body in (json.dumps(replies[0]).encode(), events(*replies)):
        found = reading(path, asked, body, status=data.draw(st.sampled_from([0, 200, 400])))
        for name, value in found.facts.items() if found else ():
            assert FACTS[name] == "content" or isinstance(
                value, {"int": int, "bool": bool, "list": list}.get(FACTS[name], str)
            )
            json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize("path", [*PROTOCOLS, "/v1/embeddings"])
@given(request=st.binary(), body=st.binary(), tail=st.binary(), encoding=st.sampled_from(["", "gzip", "br"]))
def test_any_bytes_never_raise(reading, path, request, body, tail, encoding):
    """Noise in both bodies, whole and with a gap, with and without HTTP/1.1 framing."""
    keys = b'"messages" "max_tokens" "prompt" "input"'
    headers = (("content-encoding", encoding), ("transfer-encoding", "chunked"))
    for framing in ("", "http1"):
        for kept in (Body(body, b"", len(body)), Body(body, tail, len(body) + len(tail) + 9)):
            reading(path, keys + request, kept, framing=framing, response_headers=headers)
            reading(path, Body(keys + request, tail, 10**6), kept, framing=framing, response_headers=headers)
