"""OpenAI chat completions and legacy completions; also who speaks them (gateways, Azure, Groq, Mistral)."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols import usage
from vedette.capture.protocols.chat_messages import is_system, message, parts, results, tool_calls
from vedette.capture.protocols.chat_stream import assembled
from vedette.capture.protocols.framing import server_events
from vedette.capture.protocols.messages import definition, text
from vedette.capture.protocols.reading import Reading
from vedette.capture.protocols.tolerant import (
    Field,
    Json,
    boolean,
    decimal,
    fields,
    first,
    integer,
    obj,
    objects,
    string,
    strings,
)

_OUTPUT_TYPES = {"text": "text", "json_object": "json", "json_schema": "json"}
_PARAMETERS: dict[str, Field] = {
    "model": ("gen_ai.request.model", string),
    "temperature": ("gen_ai.request.temperature", decimal),
    "top_p": ("gen_ai.request.top_p", decimal),
    "frequency_penalty": ("gen_ai.request.frequency_penalty", decimal),
    "presence_penalty": ("gen_ai.request.presence_penalty", decimal),
    "seed": ("gen_ai.request.seed", integer),
    "stop": ("gen_ai.request.stop_sequences", strings),
    "stream": ("gen_ai.request.stream", boolean),
    "reasoning_effort": ("gen_ai.request.reasoning.level", string),
    "service_tier": ("openai.request.service_tier", string),
}


def read_request(reading: Reading, request: Json) -> None:
    choices = integer(request.get("n"))
    messages = objects(request.get("messages"))
    reading.put(
        {
            **fields(_PARAMETERS, request),
            "gen_ai.request.max_tokens": first(
                integer(request.get("max_completion_tokens")), integer(request.get("max_tokens"))
            ),
            "gen_ai.request.choice.count": None if choices == 1 else choices,
            "gen_ai.output.type": _output_type(request),
            "gen_ai.tool.definitions": [_definition(each) for each in objects(request.get("tools"))],
            "gen_ai.system_instructions": [part for each in messages if is_system(each) for part in parts(each)],
            "gen_ai.input.messages": [message(each) for each in messages if not is_system(each)]
            or [{"role": "user", "parts": [text(prompt)]} for prompt in strings(request.get("prompt"))],
        }
    )
    reading.answered += results(messages)


def _output_type(request: Json) -> str | None:
    if "audio" in strings(request.get("modalities")):
        return "speech"
    return _OUTPUT_TYPES.get(string(obj(request.get("response_format")).get("type")) or "")


def _definition(tool: Json) -> Json:
    function = obj(tool.get("function"))
    return definition(function, "parameters") if function else tool


def read_response(reading: Reading, response: Json) -> None:
    choices = objects(response.get("choices"))
    messages = [obj(each.get("message")) or {"content": each.get("text")} for each in choices]
    reading.put(
        {
            "gen_ai.response.id": string(response.get("id")),
            "gen_ai.response.model": string(response.get("model")),
            "openai.response.service_tier": string(response.get("service_tier")),
            "openai.response.system_fingerprint": string(response.get("system_fingerprint")),
            "gen_ai.output.messages": [{"role": "assistant", "parts": said} for said in map(parts, messages) if said],
            **usage.openai(first(response.get("usage"), obj(response.get("x_groq")).get("usage"))),
        }
    )
    reading.asked += [call for each in messages for call in tool_calls(each)]
    reasons: list[Any] = [each.get("finish_reason") for each in choices]
    reading.finish(reasons if any(reasons) else [response.get("finish_reason")])
    error = first(response.get("error"), obj(response.get("x_groq")).get("error"))
    if error:
        reading.fail(error, "error")


def read_stream(reading: Reading, stream: bytes) -> None:
    """What arrived of a cut stream is what there is."""
    read_response(reading, assembled(server_events(stream)))
