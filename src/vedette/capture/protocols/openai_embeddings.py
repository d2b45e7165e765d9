"""OpenAI embeddings, and Voyage's, which look alike. The vectors are not content: only how many and how long."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols.reading import Reading, first, integer, obj, objects, string


def read_request(reading: Reading, request: dict[str, Any]) -> None:
    encoding = string(request.get("encoding_format"))
    reading.put(
        gen_ai__request__model=string(request.get("model")),
        gen_ai__request__encoding_formats=[encoding] if encoding else None,
        gen_ai__embeddings__dimension__count=integer(request.get("dimensions")),
        vedette__embeddings__input=request.get("input"),
    )


def read_response(reading: Reading, response: dict[str, Any]) -> None:
    usage = obj(response.get("usage"))
    vectors = [each.get("embedding") for each in objects(response.get("data"))]
    counts = [len(vector) for vector in vectors if isinstance(vector, list)]
    reading.put(
        gen_ai__response__model=string(response.get("model")),
        gen_ai__usage__input_tokens=first(integer(usage.get("prompt_tokens")), integer(usage.get("total_tokens"))),
    )
    if counts:
        reading.facts.setdefault("gen_ai.embeddings.dimension.count", counts[0])
