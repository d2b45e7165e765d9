"""OpenAI chat completions and legacy completions, read from whole exchanges."""

import base64
import hashlib

from inline_snapshot import snapshot

REQUEST = {
    "model": "gpt-5",
    "messages": [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Weather in Rome and Oslo?"}]},
    ],
    "tools": [
        {"type": "function", "function": {"name": "weather", "description": "Now", "parameters": {"type": "object"}}}
    ],
    "temperature": 0.7,
    "top_p": 1,
    "max_completion_tokens": 512,
    "frequency_penalty": 0.25,
    "presence_penalty": -0.5,
    "seed": 7,
    "n": 1,
    "stop": "END",
    "reasoning_effort": "low",
    "service_tier": "auto",
    "response_format": {"type": "json_schema", "json_schema": {}},
}
USAGE = {
    "prompt_tokens": 40,
    "completion_tokens": 12,
    "total_tokens": 52,
    "prompt_tokens_details": {"cached_tokens": 32, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 4, "audio_tokens": 0},
}
HEAD = {"id": "chatcmpl-1", "model": "gpt-5-2026-01-01", "service_tier": "default", "system_fingerprint": "fp_1"}
CALLS = [
    {"id": "call_a", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Rome"}'}},
    {"id": "call_b", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}},
]
MESSAGE = {
    "role": "assistant",
    "content": "Looking.",
    "reasoning_content": "Two cities.",
    "refusal": None,
    "tool_calls": CALLS,
}
PLAIN = {
    **HEAD,
    "object": "chat.completion",
    "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "tool_calls"}],
    "usage": USAGE,
}


def chunk(delta=None, finish=None, index=0, **more):
    choices = [] if delta is None else [{"index": index, "delta": delta, "finish_reason": finish}]
    return {**HEAD, "object": "chat.completion.chunk", "choices": choices, "obfuscation": "x7Qk", **more}


def call(index, arguments, **opening):
    name = opening.pop("name", None)
    function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    return {"tool_calls": [{"index": index, **opening, "function": function}]}


CHUNKS = [
    chunk({"role": "assistant", "content": None}),
    chunk({"reasoning_content": "Two "}),
    chunk({"reasoning_content": "cities."}),
    chunk({"content": "Look"}),
    chunk({"content": "ing."}),
    chunk(call(0, "", id="call_a", type="function", name="weather")),
    chunk(call(0, '{"city":')),
    chunk(call(1, "", id="call_b", type="function", name="weather")),
    chunk(call(0, '"Rome"}')),
    chunk(call(1, '{"city":"Oslo"}')),
    chunk({}, "tool_calls"),
    chunk(usage=USAGE),
]


def test_a_plain_exchange(told):
    """Everything that a request and its reply say stands in the reading, under the conventions' names."""
    assert told("/v1/chat/completions", REQUEST, PLAIN) == snapshot(
        {
            "protocol": "openai_chat",
            "facts": {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "openai.api.type": "chat_completions",
                "gen_ai.request.model": "gpt-5",
                "gen_ai.request.max_tokens": 512,
                "gen_ai.request.temperature": "0.7",
                "gen_ai.request.top_p": "1",
                "gen_ai.request.frequency_penalty": "0.25",
                "gen_ai.request.presence_penalty": "-0.5",
                "gen_ai.request.seed": 7,
                "gen_ai.request.stop_sequences": ["END"],
                "gen_ai.request.reasoning.level": "low",
                "gen_ai.output.type": "json",
                "openai.request.service_tier": "auto",
                "gen_ai.tool.definitions": [
                    {"type": "function", "name": "weather", "description": "Now", "parameters": {"type": "object"}}
                ],
                "gen_ai.system_instructions": [{"type": "text", "content": "Be brief."}],
                "gen_ai.input.messages": [
                    {"role": "user", "parts": [{"type": "text", "content": "Weather in Rome and Oslo?"}]}
                ],
                "gen_ai.response.id": "chatcmpl-1",
                "gen_ai.response.model": "gpt-5-2026-01-01",
                "openai.response.service_tier": "default",
                "openai.response.system_fingerprint": "fp_1",
                "gen_ai.output.messages": [
                    {
                        "role": "assistant",
                        "parts": [
                            {"type": "reasoning", "content": "Two cities."},
                            {"type": "text", "content": "Looking."},
                            {"type": "tool_call", "id": "call_a", "name": "weather", "arguments": {"city": "Rome"}},
                            {"type": "tool_call", "id": "call_b", "name": "weather", "arguments": {"city": "Oslo"}},
                        ],
                    }
                ],
                "gen_ai.usage.input_tokens": 40,
                "gen_ai.usage.output_tokens": 12,
                "gen_ai.usage.cache_read.input_tokens": 32,
                "gen_ai.usage.reasoning.output_tokens": 4,
                "gen_ai.response.finish_reasons": ["tool_call"],
                "vedette.finish_reason.raw": "tool_calls",
            },
            "asked": [
                {"id": "call_a", "name": "weather", "arguments": '{"city":"Rome"}'},
                {"id": "call_b", "name": "weather", "arguments": '{"city":"Oslo"}'},
            ],
        }
    )


def test_a_stream_says_what_the_plain_reply_says(told, events):
    """Interleaved tool calls, thoughts and text come together; only how it came differs."""
    plain = told("/v1/chat/completions", REQUEST, PLAIN)
    streamed = told(
        "/v1/chat/completions",
        {**REQUEST, "stream": True},
        events(*CHUNKS, end=b"data: [DONE]\n\n"),
        first_byte_ns=12_500_000,
    )
    assert streamed["facts"].pop("gen_ai.request.stream") is True
    assert streamed["facts"].pop("gen_ai.response.time_to_first_chunk") == "0.012500"
    assert streamed == plain


def test_several_choices(told, events):
    """Each choice is a message of its own and has its own reason to end."""
    stream = events(
        chunk({"content": "He"}, index=1),
        chunk({"content": "Yo"}, index=0),
        chunk({"content": "y"}, index=1),
        chunk({}, "stop", index=0),
        chunk({}, "length", index=1),
    )
    facts = told("/v1/chat/completions", {"messages": [], "n": 2, "stream": True}, stream)["facts"]
    assert facts["gen_ai.request.choice.count"] == 2
    assert facts["gen_ai.response.finish_reasons"] == ["stop", "length"]
    assert [each["parts"][0]["content"] for each in facts["gen_ai.output.messages"]] == ["Yo", "Hey"]


def test_what_tools_returned_is_told_once(reading):
    """Only the results after the last turn that asked are new; a prefill of the assistant's does not hide them."""
    messages = [
        {"role": "assistant", "tool_calls": [CALLS[0]]},
        {"role": "tool", "tool_call_id": "call_a", "content": "old"},
        {"role": "assistant", "tool_calls": [CALLS[1]]},
        {"role": "tool", "tool_call_id": "call_b", "content": [{"type": "text", "text": "new"}]},
        {"role": "assistant", "content": "So,"},
    ]
    found = reading("/v1/chat/completions", {"messages": messages}, PLAIN)
    assert [(each.id, each.content) for each in found.answered] == [("call_b", "new")]


def test_pictures_and_files_are_told_by_size_and_digest(told):
    """No base64 enters the record."""
    picture = b"\x89PNG" + bytes(range(256))
    encoded = base64.b64encode(picture).decode()
    content = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encoded}"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "input_audio", "input_audio": {"format": "wav", "data": "AAAA"}},
        {"type": "file", "file": {"file_id": "file-1"}},
    ]
    found = told("/v1/chat/completions", {"messages": [{"role": "user", "content": content}]}, PLAIN)
    assert encoded not in str(found)
    assert found["facts"]["gen_ai.input.messages"][0]["parts"] == [
        {
            "type": "blob",
            "modality": "image",
            "mime_type": "image/png",
            "size": len(picture),
            "sha256": hashlib.sha256(picture).hexdigest(),
        },
        {"type": "uri", "modality": "image", "uri": "https://example.com/a.png"},
        {
            "type": "blob",
            "modality": "audio",
            "mime_type": "audio/wav",
            "size": 3,
            "sha256": hashlib.sha256(bytes(3)).hexdigest(),
        },
        {"type": "file", "modality": "file", "file_id": "file-1"},
    ]


def test_azure(told, events):
    """The deployment stands in the path; the first chunk has no choices, later ones a null delta."""
    stream = events(
        {"choices": [], "id": "", "model": "", "prompt_filter_results": [{"prompt_index": 0}]},
        {
            "choices": [{"index": 0, "delta": None, "content_filter_results": {}}],
            "id": "c",
            "model": "gpt-4o-2024-11-20",
        },
        {"choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}], "id": "c", "model": None},
    )
    url = "https://corp.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2025-01-01"
    assert told(url, {"messages": [{"role": "user", "content": "Hi"}], "stream": True}, stream) == snapshot(
        {
            "protocol": "openai_chat",
            "facts": {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "azure.ai.openai",
                "openai.api.type": "chat_completions",
                "gen_ai.request.stream": True,
                "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}],
                "gen_ai.request.model": "my gpt",
                "gen_ai.response.id": "c",
                "gen_ai.response.model": "gpt-4o-2024-11-20",
                "gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "text", "content": "Hi"}]}],
                "gen_ai.response.finish_reasons": ["stop"],
            },
        }
    )


def test_legacy_completions(told, events):
    """A prompt in, texts out, plain and streamed alike."""
    request = {"model": "gpt-3.5-turbo-instruct", "prompt": "Once", "max_tokens": 5, "stop": ["\n"]}
    plain = {"object": "text_completion", "choices": [{"text": " upon", "finish_reason": "length"}], "usage": USAGE}
    found = told("/v1/completions", request, plain)
    assert found == snapshot(
        {
            "protocol": "openai_completions",
            "facts": {
                "gen_ai.operation.name": "text_completion",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-3.5-turbo-instruct",
                "gen_ai.request.max_tokens": 5,
                "gen_ai.request.stop_sequences": ["\n"],
                "gen_ai.input.messages": [{"role": "user", "parts": [{"type": "text", "content": "Once"}]}],
                "gen_ai.output.messages": [{"role": "assistant", "parts": [{"type": "text", "content": " upon"}]}],
                "gen_ai.usage.input_tokens": 40,
                "gen_ai.usage.output_tokens": 12,
                "gen_ai.usage.cache_read.input_tokens": 32,
                "gen_ai.usage.reasoning.output_tokens": 4,
                "gen_ai.response.finish_reasons": ["length"],
            },
        }
    )
    stream = events(
        {"object": "text_completion", "choices": [{"index": 0, "text": " up", "finish_reason": None}]},
        {
            "object": "text_completion",
            "choices": [{"index": 0, "text": "on", "finish_reason": "length"}],
            "usage": USAGE,
        },
    )
    assert told("/v1/completions", request, stream) == found


def test_mistral_thinks_in_parts(told, events):
    """Content as a list of parts, in a stream too."""
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
    stream = events(
        chunk({"content": [thinking]}), chunk({"content": "Yes"}), chunk({"content": [{"type": "text", "text": "!"}]})
    )
    plain = {"choices": [{"message": {"content": [thinking, {"type": "text", "text": "Yes!"}]}}]}
    said = [told("/v1/chat/completions", REQUEST, each)["facts"]["gen_ai.output.messages"] for each in (stream, plain)]
    assert said[0] == said[1]
    assert said[0][0]["parts"] == [{"type": "reasoning", "content": "Hm."}, {"type": "text", "content": "Yes!"}]
