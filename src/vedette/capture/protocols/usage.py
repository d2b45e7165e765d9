"""Token usage as the conventions count: input includes the cache, output includes reasoning, absent is absent."""

from __future__ import annotations

from typing import Any

from vedette.capture.protocols.tolerant import Json, first, integer, obj

INPUT = "gen_ai.usage.input_tokens"
OUTPUT = "gen_ai.usage.output_tokens"
CACHE_READ = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE = "gen_ai.usage.cache_write.input_tokens"
REASONING = "gen_ai.usage.reasoning.output_tokens"


def openai(usage: Any) -> Json:
    """Of chat and completions (`prompt_tokens`) and of responses (`input_tokens`): both count as the conventions do."""
    told = obj(usage)
    before = obj(first(told.get("prompt_tokens_details"), told.get("input_tokens_details")))
    after = obj(first(told.get("completion_tokens_details"), told.get("output_tokens_details")))
    return {
        INPUT: integer(first(told.get("prompt_tokens"), told.get("input_tokens"))),
        OUTPUT: integer(first(told.get("completion_tokens"), told.get("output_tokens"))),
        **(_of_input(before) if before else {}),
        **(_of_output(after) if after else {}),
    }


def _of_input(details: Json) -> Json:
    return {
        CACHE_READ: integer(details.get("cached_tokens")),
        CACHE_WRITE: integer(details.get("cache_write_tokens")),
        **_by_modality(details, "input"),
    }


def _of_output(details: Json) -> Json:
    return {REASONING: integer(details.get("reasoning_tokens")), **_by_modality(details, "output")}


def _by_modality(details: Json, side: str) -> Json:
    """Zero is left out: it is sent for whatever was not used at all."""
    kinds = ("text", "image", "audio")
    return {f"gen_ai.usage.{kind}.{side}_tokens": integer(details.get(f"{kind}_tokens")) or None for kind in kinds}


def anthropic(usage: Any) -> Json:
    """Input on the wire excludes what the cache gave and took: all three are added."""
    told = obj(usage)
    plain = integer(told.get("input_tokens"))
    read, written = integer(told.get("cache_read_input_tokens")), integer(told.get("cache_creation_input_tokens"))
    return {
        INPUT: None if plain is None else plain + (read or 0) + (written or 0),
        OUTPUT: integer(told.get("output_tokens")),
        CACHE_READ: read,
        CACHE_WRITE: written,
        REASONING: integer(obj(told.get("output_tokens_details")).get("thinking_tokens")),
    }
