"""OpenAI completions: a prompt in, its continuation out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vedette.cli.standin.chat import DONE, failure, usage
from vedette.cli.standin.dialect import CREATED, Dialect, words
from vedette.cli.standin.turn import Prompt, Turn, count
from vedette.cli.standin.wire import event


def read(body: Mapping[str, Any], path: str) -> Prompt:
    """A request to `/completions`; of several prompts the last one is answered."""
    prompt = body.get("prompt") or ""
    said = prompt if isinstance(prompt, str) else str(prompt[-1])
    options = body.get("stream_options") or {}
    return Prompt(
        model=body.get("model") or "standin",
        said=said,
        stream=bool(body.get("stream")),
        stream_usage=bool(options.get("include_usage")),
        tokens=count(said),
    )


def whole(turn: Turn, prompt: Prompt, serial: int) -> dict[str, Any]:
    """A `text_completion`."""
    return {**_piece(prompt, serial, turn.text, "stop"), "usage": usage(turn, prompt)}


def stream(turn: Turn, prompt: Prompt, serial: int) -> Iterator[bytes]:
    """The same object again and again, each with the next piece of text."""
    for piece in words(turn.text):
        yield event(_piece(prompt, serial, piece, None))
    yield event(_piece(prompt, serial, "", "stop"))
    if prompt.stream_usage:
        yield event({**_piece(prompt, serial, "", None), "choices": [], "usage": usage(turn, prompt)})
    yield DONE


def _piece(prompt: Prompt, serial: int, text: str, finish: str | None) -> dict[str, Any]:
    choice = {"text": text, "index": 0, "logprobs": None, "finish_reason": finish}
    envelope = {"id": f"cmpl-{serial}", "object": "text_completion", "created": CREATED, "model": prompt.model}
    return {**envelope, "choices": [choice]}


COMPLETIONS = Dialect(read, whole, stream, failure)
