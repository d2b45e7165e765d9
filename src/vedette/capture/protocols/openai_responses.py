"""OpenAI responses, plain and streamed."""

from __future__ import annotations

from vedette.capture.protocols import usage
from vedette.capture.protocols.framing import server_events
from vedette.capture.protocols.messages import definition
from vedette.capture.protocols.reading import Reading
from vedette.capture.protocols.responses_items import call, content, is_call, is_system, items, message, parts, results
from vedette.capture.protocols.responses_stream import assembled
from vedette.capture.protocols.tolerant import Json, boolean, decimal, first, integer, obj, objects, string

_OUTPUT_TYPES = {"text": "text", "json_object": "json", "json_schema": "json"}
_UNFINISHED = ("in_progress", None)


def read_request(reading: Reading, request: Json) -> None:
    given = items(request.get("input"))
    told = [message(each) for each in given if not is_system(each)]
    reading.put(
        {
            "gen_ai.request.model": string(request.get("model")),
            "gen_ai.request.max_tokens": integer(request.get("max_output_tokens")),
            "gen_ai.request.temperature": decimal(request.get("temperature")),
            "gen_ai.request.top_p": decimal(request.get("top_p")),
            "gen_ai.request.stream": boolean(request.get("stream")),
            "gen_ai.request.reasoning.level": string(obj(request.get("reasoning")).get("effort")),
            "gen_ai.request.previous_response.id": string(request.get("previous_response_id")),
            "gen_ai.conversation.id": _conversation(request),
            "gen_ai.output.type": _OUTPUT_TYPES.get(
                string(obj(obj(request.get("text")).get("format")).get("type")) or ""
            ),
            "openai.request.service_tier": string(request.get("service_tier")),
            "gen_ai.tool.definitions": [_definition(each) for each in objects(request.get("tools"))],
            "gen_ai.system_instructions": _instructions(request)
            + [part for each in given if is_system(each) for part in content(each.get("content"))],
            "gen_ai.input.messages": [each for each in told if each["parts"]],
        }
    )
    reading.answered += results(given)


def _instructions(request: Json) -> list[Json]:
    return [part for each in items(request.get("instructions")) for part in content(each.get("content"))]


def _conversation(body: Json) -> str | None:
    return first(string(body.get("conversation")), string(obj(body.get("conversation")).get("id")))


def _definition(tool: Json) -> Json:
    return definition(tool, "parameters") if tool.get("type") == "function" else tool


def read_response(reading: Reading, response: Json) -> None:
    output = objects(response.get("output"))
    said = [part for each in output for part in parts(each)]
    status = string(response.get("status"))
    reading.put(
        {
            "gen_ai.response.id": string(response.get("id")),
            "gen_ai.response.model": string(response.get("model")),
            "gen_ai.response.status": None if status == "completed" else status,
            "gen_ai.conversation.id": _conversation(response),
            "openai.response.service_tier": string(response.get("service_tier")),
            "gen_ai.output.messages": [{"role": "assistant", "parts": said}] if said else None,
            **usage.openai(response.get("usage")),
        }
    )
    reading.asked += [call(each) for each in output if is_call(each)]
    _finish(reading, response, status)
    if response.get("error") or status == "failed":
        reading.fail(response.get("error"), "failed")


def _finish(reading: Reading, response: Json, status: str | None) -> None:
    """A response has no finish reason of its own: its status is one, unless it ended by asking for tools."""
    reason = string(obj(response.get("incomplete_details")).get("reason"))
    if status == "completed" and reading.asked:
        reading.put({"gen_ai.response.finish_reasons": ["tool_call"], "vedette.finish_reason.raw": status})
    elif status not in _UNFINISHED:
        reading.finish([first(reason, status)])


def read_stream(reading: Reading, stream: bytes) -> None:
    """What arrived of a cut stream is what there is."""
    read_response(reading, assembled(server_events(stream)))
