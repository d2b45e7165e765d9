"""OpenAI embeddings, and Voyage's, which look alike. The vectors are not content: only how long they are."""

from __future__ import annotations

from vedette.capture.protocols import usage
from vedette.capture.protocols.reading import Reading
from vedette.capture.protocols.tolerant import Json, first, integer, obj, objects, string, strings

_FLOAT32 = 4


def read_request(reading: Reading, request: Json) -> None:
    """Input that is already tokens is nothing to read."""
    reading.put(
        {
            "gen_ai.request.model": string(request.get("model")),
            "gen_ai.request.encoding_formats": strings(request.get("encoding_format")),
            "gen_ai.embeddings.dimension.count": first(
                integer(request.get("dimensions")), integer(request.get("output_dimension"))
            ),
            "vedette.embeddings.input": strings(request.get("input")),
        }
    )


def read_response(reading: Reading, response: Json) -> None:
    used = obj(response.get("usage"))
    reading.put(
        {
            "gen_ai.response.model": string(response.get("model")),
            usage.INPUT: first(integer(used.get("prompt_tokens")), integer(used.get("total_tokens"))),
        }
    )
    vectors = objects(response.get("data"))
    if vectors and "gen_ai.embeddings.dimension.count" not in reading.facts:
        reading.put({"gen_ai.embeddings.dimension.count": _length(vectors[0].get("embedding")) or None})
    if response.get("error"):
        reading.fail(response["error"], "error")


def _length(vector: object) -> int:
    """Of numbers, or of the base64 of 32-bit floats, which the SDK asks for by itself."""
    if isinstance(vector, str):
        return len(vector.rstrip("=")) * 3 // 4 // _FLOAT32
    return len(vector) if isinstance(vector, list) else 0
