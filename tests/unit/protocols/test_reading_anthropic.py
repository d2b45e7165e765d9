"""Anthropic messages, read from whole exchanges."""

import pytest
from inline_snapshot import snapshot

REQUEST = {
    "model": "claude-sonnet-5",
    "max_tokens": 1024,
    "temperature": 0.2,
    "top_k": 5,
    "stop_sequences": ["END"],
    "thinking": {"type": "enabled", "budget_tokens": 2048},
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    "tools": [
        {"name": "weather", "description": "Now", "input_schema": {"type": "object"}},
        {"type": "web_search_20250305", "name": "web_search"},
    ],
    "messages": [
        {"role": "user", "content": "Weather in Rome?"},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "tu_1", "name": "weather", "input": {"city": "Rome"}}],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "tu_1", "is_error": True, "content": "down"}],
        },
    ],
}
CONTENT = [
    {"type": "thinking", "thinking": "It is down.", "signature": "c2ln"},
    {"type": "text", "text": "One more try."},
    {"type": "server_tool_use", "id": "st_1", "name": "web_search", "input": {"query": "Rome"}},
    {
        "type": "web_search_tool_result",
        "tool_use_id": "st_1",
        "content": [{"type": "web_search_result", "url": "https://example.com"}],
    },
    {"type": "tool_use", "id": "tu_2", "name": "weather", "input": {"city": "Rome"}},
]
USAGE = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 200,
    "cache_read_input_tokens": 3000,
    "output_tokens": 77,
    "output_tokens_details": {"thinking_tokens": 20},
}
HEAD = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5-20260101"}
PLAIN = {**HEAD, "content": CONTENT, "stop_reason": "tool_use", "stop_sequence": None, "usage": USAGE}


def delta(index, kind, **fields):
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def start(index, block):
    return {"type": "content_block_start", "index": index, "content_block": block}


EVENTS = [
    {
        "type": "message_start",
        "message": {**HEAD, "content": [], "stop_reason": None, "usage": {**USAGE, "output_tokens": 1}},
    },
    start(0, {"type": "thinking", "thinking": "", "signature": ""}),
    delta(0, "thinking_delta", thinking="It is "),
    {"type": "ping"},
    delta(0, "thinking_delta", thinking="down."),
    delta(0, "signature_delta", signature="c2ln"),
    {"type": "content_block_stop", "index": 0},
    start(1, {"type": "text", "text": ""}),
    delta(1, "text_delta", text="One more"),
    delta(1, "citations_delta", citation={"url": "https://example.com"}),
    delta(1, "text_delta", text=" try."),
    start(2, {**CONTENT[2], "input": {}}),
    delta(2, "input_json_delta", partial_json='{"query":"Rome"}'),
    start(3, CONTENT[3]),
    start(4, {**CONTENT[4], "input": {}}),
    delta(4, "input_json_delta", partial_json=""),
    delta(4, "input_json_delta", partial_json='{"city"'),
    delta(4, "input_json_delta", partial_json=':"Rome"}'),
    {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 77},
    },
    {"type": "message_stop"},
]


def test_a_plain_exchange(told):
    """Everything that a request and its reply say; input tokens are the sum of all three counts on the wire."""
    assert told("/v1/messages", REQUEST, PLAIN) == snapshot(
        {
            "protocol": "anthropic_messages",
            "facts": {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "anthropic",
                "gen_ai.request.model": "claude-sonnet-5",
                "gen_ai.request.max_tokens": 1024,
                "gen_ai.request.temperature": "0.2",
                "gen_ai.request.top_k": 5,
                "gen_ai.request.stop_sequences": ["END"],
                "gen_ai.request.reasoning.level": "2048",
                "gen_ai.tool.definitions": [
                    {"type": "function", "name": "weather", "description": "Now", "parameters": {"type": "object"}},
                    {"type": "web_search_20250305", "name": "web_search"},
                ],
                "gen_ai.system_instructions": [{"type": "text", "content": "Be brief."}],
                "gen_ai.input.messages": [
                    {"role": "user", "parts": [{"type": "text", "content": "Weather in Rome?"}]},
                    {
                        "role": "assistant",
                        "parts": [
                            {"type": "tool_call", "id": "tu_1", "name": "weather", "arguments": {"city": "Rome"}}
                        ],
                    },
                    {"role": "tool", "parts": [{"type": "tool_call_response", "id": "tu_1", "response": "down"}]},
                ],
                "gen_ai.response.id": "msg_1",
                "gen_ai.response.model": "claude-sonnet-5-20260101",
                "gen_ai.output.messages": [
                    {
                        "role": "assistant",
                        "parts": [
                            {"type": "reasoning", "content": "It is down."},
                            {"type": "text", "content": "One more try."},
                            {
                                "type": "server_tool_call",
                                "id": "st_1",
                                "name": "web_search",
                                "server_tool_call": {"type": "web_search", "arguments": {"query": "Rome"}},
                            },
                            {
                                "type": "server_tool_call_response",
                                "id": "st_1",
                                "server_tool_call_response": {
                                    "type": "web_search",
                                    "response": [{"type": "web_search_result", "url": "https://example.com"}],
                                },
                            },
                            {"type": "tool_call", "id": "tu_2", "name": "weather", "arguments": {"city": "Rome"}},
                        ],
                    }
                ],
                "gen_ai.usage.input_tokens": 3210,
                "gen_ai.usage.output_tokens": 77,
                "gen_ai.usage.cache_read.input_tokens": 3000,
                "gen_ai.usage.cache_write.input_tokens": 200,
                "gen_ai.usage.reasoning.output_tokens": 20,
                "gen_ai.response.finish_reasons": ["tool_call"],
                "vedette.finish_reason.raw": "tool_use",
            },
            "asked": [{"id": "tu_2", "name": "weather", "arguments": '{"city":"Rome"}'}],
            "answered": [{"id": "tu_1", "name": "", "content": "down", "is_error": True}],
        }
    )


def test_a_stream_says_what_the_plain_reply_says(told, events):
    """Cumulative usage replaces, field by field: 77 output tokens, not 78; and no count of the cache is doubled."""
    plain = told("/v1/messages", REQUEST, PLAIN)
    assert told("/v1/messages", REQUEST, events(*EVENTS, named=True)) == plain


def test_usage_in_both_events(told, events):
    """When the last event repeats the cache counts, they still count once."""
    last = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {**USAGE, "output_tokens": 9}}
    facts = told("/v1/messages", REQUEST, events(EVENTS[0], last, named=True))["facts"]
    assert facts["gen_ai.usage.input_tokens"] == 3210
    assert facts["gen_ai.usage.output_tokens"] == 9


def test_a_stream_that_was_cut(told, events):
    """Arguments that never became JSON stay as they are; no reason to end is invented."""
    found = told("/v1/messages", REQUEST, events(*EVENTS[:17], named=True))
    assert found["asked"] == [{"id": "tu_2", "name": "weather", "arguments": '{"city"'}]
    assert found["facts"]["gen_ai.output.messages"][0]["parts"][-1]["arguments"] == '{"city"'
    assert "gen_ai.response.finish_reasons" not in found["facts"]


def test_an_error_inside_a_stream(told, events):
    """`event: error` ends the stream without `message_stop`; the call is an error though the status is 200."""
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    found = told("/v1/messages", REQUEST, events(*EVENTS[:9], error, named=True))
    assert found["error"] == "overloaded_error"
    assert found["facts"]["vedette.error.message"] == "Overloaded"
    assert found["facts"]["gen_ai.output.messages"][0]["parts"][1] == {"type": "text", "content": "One more"}


def test_an_error_answer(told):
    """The error's type is told, not that the body's type is `error`."""
    body = {"type": "error", "error": {"type": "invalid_request_error", "message": "bad"}, "request_id": "req_1"}
    assert told("/v1/messages", REQUEST, body, status=400)["error"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("raw", "mapped"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content_filter"),
        ("pause_turn", "pause_turn"),
    ],
)
def test_finish_reasons(told, raw, mapped):
    """Mapped to the conventions' words, the provider's own beside it where it differs; unknown ones pass through."""
    facts = told("/v1/messages", REQUEST, {**PLAIN, "stop_reason": raw})["facts"]
    assert facts["gen_ai.response.finish_reasons"] == [mapped]
    assert facts.get("vedette.finish_reason.raw") == (raw if raw != mapped else None)


def test_documents_and_pictures(told):
    """By size, address or id; a document that is text is text. A tool's answer may hold them too."""
    blocks = [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
        {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}},
        {"type": "document", "source": {"type": "file", "file_id": "file_1"}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "words"}},
        {
            "type": "tool_result",
            "tool_use_id": "tu",
            "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
        },
        {"type": "from_the_future", "payload": "AAAA"},
    ]
    facts = told("/v1/messages", {**REQUEST, "messages": [{"role": "user", "content": blocks}]}, PLAIN)["facts"]
    assert facts["gen_ai.input.messages"] == snapshot(
        [
            {
                "role": "user",
                "parts": [
                    {
                        "type": "blob",
                        "modality": "image",
                        "mime_type": "image/png",
                        "size": 3,
                        "sha256": "709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c",
                    },
                    {"type": "uri", "modality": "document", "uri": "https://example.com/a.pdf"},
                    {"type": "file", "modality": "document", "file_id": "file_1"},
                    {"type": "text", "content": "words"},
                    {
                        "type": "tool_call_response",
                        "id": "tu",
                        "response": [{"type": "text", "content": "a"}, {"type": "text", "content": "b"}],
                    },
                    {"type": "from_the_future"},
                ],
            }
        ]
    )


def test_vertex_and_bedrock(told, events):
    """In other envelopes the model stands in the path, and the host names the provider."""
    request = {"anthropic_version": "vertex-2023-10-16", "messages": [], "max_tokens": 5}
    vertex = (
        "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models/"
        "claude-sonnet-5@20260101:streamRawPredict"
    )
    bedrock = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-sonnet-5-v1%3A0/invoke"
    names = ("gen_ai.provider.name", "gen_ai.request.model", "gen_ai.usage.output_tokens")
    found = [
        [told(url, request, body)["facts"][name] for name in names]
        for url, body in ((vertex, events(*EVENTS, named=True)), (bedrock, PLAIN))
    ]
    assert found == [
        ["gcp.vertex_ai", "claude-sonnet-5@20260101", 77],
        ["aws.bedrock", "anthropic.claude-sonnet-5-v1:0", 77],
    ]


@pytest.mark.parametrize("content", [None, [], [None], {}, [{}], "", [{"type": None}]])
@pytest.mark.parametrize(
    "usage", [{}, {"usage": None}, {"usage": {"input_tokens": None, "cache_read_input_tokens": None}}]
)
def test_the_null_matrix(told, content, usage):
    """Nothing is invented where a reply says nothing."""
    found = told("/v1/messages", REQUEST, {**HEAD, "content": content, "stop_reason": None, **usage})
    assert not [name for name in found["facts"] if "usage" in name or "finish" in name]
    assert "error" not in found
