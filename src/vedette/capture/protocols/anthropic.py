"""Anthropic messages, plain and streamed; on Vertex and Bedrock the model stands in the path."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols import messages as part
from vedette.capture.protocols import usage
from vedette.capture.protocols.anthropic_blocks import message, parts, result, tool_call
from vedette.capture.protocols.anthropic_stream import assembled
from vedette.capture.protocols.framing import server_events
from vedette.capture.protocols.reading import Reading, ToolResult
from vedette.capture.protocols.tolerant import Json, boolean, decimal, first, integer, obj, objects, string, strings


def read_request(reading: Reading, request: Json) -> None:
    messages = objects(request.get("messages"))
    reading.put(
        {
            "gen_ai.request.model": string(request.get("model")),
            "gen_ai.request.max_tokens": integer(request.get("max_tokens")),
            "gen_ai.request.temperature": decimal(request.get("temperature")),
            "gen_ai.request.top_p": decimal(request.get("top_p")),
            "gen_ai.request.top_k": integer(request.get("top_k")),
            "gen_ai.request.stop_sequences": strings(request.get("stop_sequences")),
            "gen_ai.request.stream": boolean(request.get("stream")),
            "gen_ai.request.reasoning.level": _level(request),
            "gen_ai.output.type": _output_type(request),
            "gen_ai.tool.definitions": [_definition(each) for each in objects(request.get("tools"))],
            "gen_ai.system_instructions": parts(request.get("system")),
            "gen_ai.input.messages": [message(each) for each in messages],
        }
    )
    reading.answered += _results(messages)


def _level(request: Json) -> str | None:
    """The effort that is asked for, or else how many tokens may go into thoughts."""
    budget = integer(obj(request.get("thinking")).get("budget_tokens"))
    return first(string(obj(request.get("output_config")).get("effort")), None if budget is None else str(budget))


def _output_type(request: Json) -> str | None:
    wanted = obj(first(obj(request.get("output_config")).get("format"), request.get("output_format")))
    return "json" if wanted.get("type") == "json_schema" else None


def _definition(tool: Json) -> Json:
    """The host's own tools have a schema; those that run at the provider are known by a dated type."""
    return part.definition(tool, "input_schema") if "input_schema" in tool else tool


def _results(messages: list[Json]) -> list[ToolResult]:
    """What came of tools: the blocks after the last turn that asked for some. Earlier ones were told before."""
    blocks = [objects(each.get("content")) for each in messages]
    last = max((at for at, each in enumerate(blocks) if any(_asks(block) for block in each)), default=-1)
    return [result(block) for each in blocks[last + 1 :] for block in each if block.get("type") == "tool_result"]


def _asks(block: Json) -> bool:
    return block.get("type") == "tool_use"


def read_response(reading: Reading, response: Json) -> None:
    blocks = objects(response.get("content"))
    said = parts(blocks)
    reading.put(
        {
            "gen_ai.response.id": string(response.get("id")),
            "gen_ai.response.model": string(response.get("model")),
            "gen_ai.output.messages": [{"role": "assistant", "parts": said}] if said else None,
            **usage.anthropic(response.get("usage")),
        }
    )
    reading.asked += [tool_call(each) for each in blocks if _asks(each)]
    reading.finish([response.get("stop_reason")])
    error: Any = response.get("error")
    if error:
        reading.fail(error, "error")


def read_stream(reading: Reading, stream: bytes) -> None:
    """What arrived of a cut stream is what there is."""
    read_response(reading, assembled(server_events(stream)))
