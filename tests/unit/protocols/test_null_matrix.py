"""Null, missing or of another type, wherever the wire has it so (wire.md 5): read, and nothing made up."""

import pytest

CHAT = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
MESSAGES = {**CHAT, "max_tokens": 5}
RESPONSES = {"model": "m", "input": "Hi"}
NOTHING = (None, [], {}, [None], [{}], "", 0)
INVENTED = ("gen_ai.output.", "gen_ai.usage.", "gen_ai.response.finish")


def invented(told, path, request, body):
    """What is told of an answer that says nothing."""
    found = told(path, request, body)
    assert found.get("asked", []) == [] and not found.get("error")
    return {name: value for name, value in found["facts"].items() if name.startswith(INVENTED)}


CHOICES = [
    *NOTHING,
    [{"message": None}],
    [{"message": {"content": None, "tool_calls": None, "refusal": None}}],
    [{"message": {"content": [], "tool_calls": [None, {"function": None}, {}]}, "finish_reason": None}],
    [{"delta": None}],
    [{"delta": {"content": None, "tool_calls": [None, {"index": None, "function": {}}]}, "index": None}],
]


@pytest.mark.parametrize("usage", NOTHING)
@pytest.mark.parametrize("choices", CHOICES)
def test_chat(told, events, choices, usage):
    answer = {"id": "c", "object": "chat.completion", "choices": choices, "usage": usage}
    assert invented(told, "/v1/chat/completions", CHAT, answer) == {}
    assert invented(told, "/v1/chat/completions", CHAT, events(answer, answer)) == {}


@pytest.mark.parametrize("usage", NOTHING)
@pytest.mark.parametrize("content", [*NOTHING[:-2], [{"type": None}]])
def test_messages(told, events, content, usage):
    answer = {"type": "message", "id": "m", "content": content, "stop_reason": None, "usage": usage}
    started = {"type": "message_start", "message": answer}
    pieces = [
        {"type": "content_block_start", "index": None, "content_block": None},
        {"type": "content_block_delta", "index": None, "delta": None},
        {"type": "content_block_stop"},
        {"type": "message_delta", "delta": None, "usage": usage},
    ]
    assert invented(told, "/v1/messages", MESSAGES, answer) == {}
    assert invented(told, "/v1/messages", MESSAGES, events(started, *pieces)) == {}


@pytest.mark.parametrize("usage", NOTHING)
@pytest.mark.parametrize("output", [*NOTHING[:-2], [{"type": "message", "content": None}]])
def test_responses(told, events, output, usage):
    answer = {"object": "response", "id": "r", "status": None, "output": output, "usage": usage}
    assert invented(told, "/v1/responses", RESPONSES, answer) == {}
    whole = [{"type": "response.created", "response": None}, {"type": "response.completed", "response": answer}]
    assert invented(told, "/v1/responses", RESPONSES, events(*whole)) == {}
