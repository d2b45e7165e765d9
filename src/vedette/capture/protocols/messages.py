"""Parts of messages as the conventions have them (`gen_ai.input.messages` and its siblings).

Pictures, sound and files that are sent along are told by size and digest, never by their bytes.
"""

from __future__ import annotations

import binascii
import hashlib
from typing import Any

from vedette.capture.protocols.json_text import parsed, text_of
from vedette.capture.protocols.reading import ToolCall
from vedette.capture.protocols.tolerant import Json, first, string


def text(content: Any) -> Json:
    return {"type": "text", "content": string(content) or ""}


def reasoning(content: Any) -> Json:
    return {"type": "reasoning", "content": string(content) or ""}


def refusal(content: str) -> Json:
    """The conventions have no word for it; a part of an own type is theirs to pass on."""
    return {"type": "refusal", "content": content}


def tool_call(call: ToolCall) -> Json:
    """Arguments as an object, so that secrets in them are known by their names; as text where they are no JSON."""
    return {
        "type": "tool_call",
        "id": call.id,
        "name": call.name,
        "arguments": first(parsed(call.arguments), call.arguments),
    }


def tool_response(call_id: Any, response: Any) -> Json:
    return {"type": "tool_call_response", "id": string(call_id), "response": response}


def server_call(call_id: Any, name: str, arguments: Any) -> Json:
    """A tool that the provider ran."""
    told = {"type": name, "arguments": first(parsed(arguments), arguments) if isinstance(arguments, str) else arguments}
    return {"type": "server_tool_call", "id": string(call_id), "name": name, "server_tool_call": told}


def server_response(call_id: Any, name: str, response: Any) -> Json:
    told = {"type": name, "response": response}
    return {"type": "server_tool_call_response", "id": string(call_id), "server_tool_call_response": told}


def blob(modality: str, mime: Any, data: Any) -> Json:
    """`data` is base64; size and digest are of the bytes it stands for, of the text where it is not base64."""
    encoded = text_of(data).encode("utf-8", "replace")
    try:
        content = binascii.a2b_base64(encoded)
    except binascii.Error:
        content = encoded
    digest = hashlib.sha256(content).hexdigest()
    return {
        "type": "blob",
        "modality": modality,
        "mime_type": string(mime) or "",
        "size": len(content),
        "sha256": digest,
    }


def media(modality: str, url: str) -> Json:
    """What a URL points to, or carries (RFC 2397)."""
    if not url.startswith("data:"):
        return {"type": "uri", "modality": modality, "uri": url}
    kind, _, data = url[5:].partition(",")
    return blob(modality, kind.partition(";")[0], data)


def file(modality: str, file_id: str) -> Json:
    return {"type": "file", "modality": modality, "file_id": file_id}


def definition(function: Json, schema: str) -> Json:
    """A function that the model may call: `schema` is the name its parameters stand under."""
    told = {
        "name": function.get("name"),
        "description": function.get("description"),
        "parameters": function.get(schema),
    }
    return {"type": "function", **{name: value for name, value in told.items() if value is not None}}


def flat(parts: list[Json]) -> Any:
    """What a tool gave: of one text the text is enough."""
    return parts[0]["content"] if len(parts) == 1 and parts[0]["type"] == "text" else parts
