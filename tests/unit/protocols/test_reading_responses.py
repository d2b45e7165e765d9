"""OpenAI responses, read from whole exchanges."""

import pytest
from inline_snapshot import snapshot

REQUEST = {
    "model": "gpt-5",
    "instructions": "Be brief.",
    "previous_response_id": "resp_0",
    "conversation": {"id": "conv_1"},
    "max_output_tokens": 99,
    "temperature": 1.0,
    "reasoning": {"effort": "high"},
    "text": {"format": {"type": "json_object"}},
    "tools": [{"type": "function", "name": "weather", "parameters": {"type": "object"}}, {"type": "web_search"}],
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": "Rome?"}]},
        {"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "gAAA"},
        {"type": "function_call", "call_id": "call_0", "name": "weather", "arguments": '{"city":"Rome"}'},
        {"type": "function_call_output", "call_id": "call_0", "output": "sunny"},
    ],
}
OUTPUT = [
    {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Sun."}]},
    {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "Rome"}},
    {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "Sunny.", "annotations": []}],
    },
    {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "weather", "arguments": '{"city":"Oslo"}'},
    {"type": "custom_tool_call", "id": "ct_1", "call_id": "call_2", "name": "shell", "input": "ls -l"},
]
USAGE = {
    "input_tokens": 50,
    "input_tokens_details": {"cached_tokens": 40},
    "output_tokens": 30,
    "output_tokens_details": {"reasoning_tokens": 20},
    "total_tokens": 80,
}
HEAD = {"id": "resp_1", "object": "response", "model": "gpt-5-2026-01-01", "service_tier": "default", "error": None}
PLAIN = {**HEAD, "status": "completed", "incomplete_details": None, "output": OUTPUT, "usage": USAGE}
STARTED = {**HEAD, "status": "in_progress", "output": [], "usage": None}
EVENTS = [
    {"type": "response.created", "response": STARTED},
    {"type": "response.output_item.added", "output_index": 0, "item": {**OUTPUT[0], "summary": []}},
    {"type": "response.reasoning_summary_text.delta", "output_index": 0, "delta": "Su"},
    {"type": "response.output_item.done", "output_index": 0, "item": OUTPUT[0]},
    {"type": "response.output_item.done", "output_index": 1, "item": OUTPUT[1]},
    {"type": "response.output_item.added", "output_index": 2, "item": {**OUTPUT[2], "content": []}},
    {"type": "response.output_text.delta", "output_index": 2, "content_index": 0, "delta": "Sun", "obfuscation": "x"},
    {"type": "response.output_text.delta", "output_index": 2, "content_index": 0, "delta": "ny.", "obfuscation": "xyz"},
    {"type": "response.output_item.added", "output_index": 3, "item": {**OUTPUT[3], "arguments": ""}},
    {"type": "response.function_call_arguments.delta", "output_index": 3, "delta": '{"city":'},
    {"type": "response.function_call_arguments.delta", "output_index": 3, "delta": '"Oslo"}'},
    {"type": "response.output_item.done", "output_index": 4, "item": OUTPUT[4]},
    {"type": "response.completed", "response": PLAIN},
]


def test_a_plain_exchange(told):
    """Everything that a request and its reply say; a thought that is encrypted says nothing."""
    assert told("/v1/responses", REQUEST, PLAIN) == snapshot(
        {
            "protocol": "openai_responses",
            "facts": {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "openai.api.type": "responses",
                "gen_ai.request.model": "gpt-5",
                "gen_ai.request.max_tokens": 99,
                "gen_ai.request.temperature": "1.0",
                "gen_ai.request.reasoning.level": "high",
                "gen_ai.request.previous_response.id": "resp_0",
                "gen_ai.conversation.id": "conv_1",
                "gen_ai.output.type": "json",
                "gen_ai.tool.definitions": [
                    {"type": "function", "name": "weather", "parameters": {"type": "object"}},
                    {"type": "web_search"},
                ],
                "gen_ai.system_instructions": [{"type": "text", "content": "Be brief."}],
                "gen_ai.input.messages": [
                    {"role": "user", "parts": [{"type": "text", "content": "Rome?"}]},
                    {
                        "role": "assistant",
                        "parts": [
                            {"type": "tool_call", "id": "call_0", "name": "weather", "arguments": {"city": "Rome"}}
                        ],
                    },
                    {"role": "tool", "parts": [{"type": "tool_call_response", "id": "call_0", "response": "sunny"}]},
                ],
                "gen_ai.response.id": "resp_1",
                "gen_ai.response.model": "gpt-5-2026-01-01",
                "openai.response.service_tier": "default",
                "gen_ai.output.messages": [
                    {
                        "role": "assistant",
                        "parts": [
                            {"type": "reasoning", "content": "Sun."},
                            {
                                "type": "server_tool_call",
                                "id": "ws_1",
                                "name": "web_search",
                                "server_tool_call": {
                                    "type": "web_search",
                                    "arguments": {"type": "search", "query": "Rome"},
                                },
                            },
                            {"type": "text", "content": "Sunny."},
                            {"type": "tool_call", "id": "call_1", "name": "weather", "arguments": {"city": "Oslo"}},
                            {"type": "tool_call", "id": "call_2", "name": "shell", "arguments": "ls -l"},
                        ],
                    }
                ],
                "gen_ai.usage.input_tokens": 50,
                "gen_ai.usage.output_tokens": 30,
                "gen_ai.usage.cache_read.input_tokens": 40,
                "gen_ai.usage.reasoning.output_tokens": 20,
                "gen_ai.response.finish_reasons": ["tool_call"],
                "vedette.finish_reason.raw": "completed",
            },
            "asked": [
                {"id": "call_1", "name": "weather", "arguments": '{"city":"Oslo"}'},
                {"id": "call_2", "name": "shell", "arguments": "ls -l"},
            ],
            "answered": [{"id": "call_0", "name": "", "content": "sunny", "is_error": False}],
        }
    )


def test_a_stream_says_what_the_plain_reply_says(told, events):
    """The whole response stands in the last event, with or without `[DONE]` after it."""
    plain = told("/v1/responses", REQUEST, PLAIN)
    assert told("/v1/responses", REQUEST, events(*EVENTS, named=True)) == plain
    assert told("/v1/responses", REQUEST, events(*EVENTS, end=b"data: [DONE]\n\n")) == plain


def test_a_stream_without_its_end_is_put_together_from_deltas(told, events):
    """All that was said is there; what only the end tells is not invented."""
    plain = told("/v1/responses", REQUEST, PLAIN)
    cut = told("/v1/responses", REQUEST, events(*EVENTS[:-1]))
    assert cut["asked"] == plain["asked"]
    assert cut["facts"].pop("gen_ai.response.status") == "in_progress"
    ends = ("gen_ai.usage.", "gen_ai.response.finish_reasons", "vedette.finish_reason.raw")
    assert cut["facts"] == {name: each for name, each in plain["facts"].items() if not name.startswith(ends)}


@pytest.mark.parametrize(
    ("ending", "reasons", "error"),
    [
        ({"status": "completed", "output": OUTPUT[:3]}, ["stop"], ""),
        ({"status": "completed"}, ["tool_call"], ""),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, ["length"], ""),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, ["content_filter"], ""),
        ({"status": "incomplete", "incomplete_details": {"reason": "steered"}}, ["steered"], ""),
        ({"status": "cancelled"}, ["cancelled"], ""),
        ({"status": "failed", "error": {"code": "server_error", "message": "m"}}, ["error"], "server_error"),
        ({"status": "failed"}, ["error"], "failed"),
        ({"status": "in_progress"}, None, ""),
    ],
)
def test_how_it_ended(told, ending, reasons, error):
    """The status and its details, in the conventions' words; one that goes on in the background has not ended."""
    found = told("/v1/responses", REQUEST, {**PLAIN, **ending})
    assert (found["facts"].get("gen_ai.response.finish_reasons"), found.get("error", "")) == (reasons, error)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "code": "server_error", "message": "m", "param": None},
        {"type": "error", "error": {"type": "server_error", "message": "m"}},
        {
            "type": "response.failed",
            "response": {**PLAIN, "status": "failed", "error": {"code": "server_error", "message": "m"}},
        },
    ],
)
def test_an_error_inside_a_stream(told, events, event):
    """The status says 200, the call failed all the same."""
    found = told("/v1/responses", REQUEST, events(*EVENTS[:7], event, named=True))
    assert (found["error"], found["facts"]["vedette.error.message"]) == ("server_error", "m")


def test_what_tools_returned_is_told_once(reading):
    """Only what stands after the model's last word is new, in whatever order calls and answers stand there."""
    call, answer = {"type": "function_call", "name": "f"}, {"type": "function_call_output"}
    given = [
        {**call, "call_id": "a"},
        {**answer, "call_id": "a", "output": "old"},
        {"type": "reasoning", "summary": []},
        {**call, "call_id": "b"},
        {**answer, "call_id": "b", "output": [{"type": "input_text", "text": "new"}]},
        {**call, "call_id": "c"},
        {
            "type": "computer_call_output",
            "call_id": "c",
            "output": {"type": "computer_screenshot", "image_url": "data:image/png;base64,AAAA"},
        },
        {"role": "user", "content": "Go on."},
    ]
    found = reading("/v1/responses", {"input": given}, PLAIN)
    assert [(each.id, each.content) for each in found.answered] == snapshot(
        [
            ("b", "new"),
            (
                "c",
                [
                    {
                        "type": "blob",
                        "modality": "screenshot",
                        "mime_type": "image/png",
                        "size": 3,
                        "sha256": "709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c",
                    }
                ],
            ),
        ]
    )


def test_hosted_tools(told):
    """What the provider ran is its own tool call with its result, and nothing that the host is asked for."""
    output = [
        {"type": "mcp_call", "id": "m", "name": "roll", "arguments": '{"n":2}', "output": "7", "error": None},
        {"type": "code_interpreter_call", "id": "c", "code": "1+1", "outputs": [{"type": "logs", "logs": "2"}]},
        {"type": "image_generation_call", "id": "i", "result": "AAAA", "output_format": "webp"},
        {"type": "mcp_list_tools", "id": "l", "tools": []},
    ]
    found = told("/v1/responses", {"input": "Hi"}, {**PLAIN, "output": output})
    assert "asked" not in found
    assert found["facts"]["gen_ai.output.messages"] == snapshot(
        [
            {
                "role": "assistant",
                "parts": [
                    {
                        "type": "server_tool_call",
                        "id": "m",
                        "name": "roll",
                        "server_tool_call": {"type": "roll", "arguments": {"n": 2}},
                    },
                    {
                        "type": "server_tool_call_response",
                        "id": "m",
                        "server_tool_call_response": {"type": "roll", "response": "7"},
                    },
                    {
                        "type": "server_tool_call",
                        "id": "c",
                        "name": "code_interpreter",
                        "server_tool_call": {"type": "code_interpreter", "arguments": "1+1"},
                    },
                    {
                        "type": "server_tool_call_response",
                        "id": "c",
                        "server_tool_call_response": {
                            "type": "code_interpreter",
                            "response": [{"type": "logs", "logs": "2"}],
                        },
                    },
                    {
                        "type": "server_tool_call",
                        "id": "i",
                        "name": "image_generation",
                        "server_tool_call": {"type": "image_generation", "arguments": None},
                    },
                    {
                        "type": "blob",
                        "modality": "image",
                        "mime_type": "image/webp",
                        "size": 3,
                        "sha256": "709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c",
                    },
                    {"type": "mcp_list_tools", "id": "l"},
                ],
            }
        ]
    )


@pytest.mark.parametrize("output", [None, [], [None], {}, [{}], [{"type": "message", "content": None}]])
@pytest.mark.parametrize(
    "usage", [{}, {"usage": None}, {"usage": {"input_tokens": None, "input_tokens_details": None}}]
)
def test_the_null_matrix(told, output, usage):
    """Nothing is invented where a reply says nothing."""
    found = told("/v1/responses", REQUEST, {**HEAD, "output": output, **usage})
    assert not [
        name for name in found["facts"] if "usage" in name or "finish" in name or name.endswith("output.messages")
    ]
    assert "error" not in found
