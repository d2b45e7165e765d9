"""What a protocol has to say for itself: four functions between JSON and `Prompt`, `Turn`, `Failure`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.cli.standin.turn import Failure, Prompt, Turn

CREATED = 1767225600  # 2026-01-01T00:00:00Z, in all replies: the same request gets the same bytes
PIECE = 8  # characters of tool arguments in one streamed piece


@dataclass(frozen=True)
class Dialect:
    """One model API. `serial` numbers the replies of a server and makes their ids."""

    read: Callable[[Mapping[str, Any], str], Prompt]  # request body, path
    whole: Callable[[Turn, Prompt, int], dict[str, Any]]
    stream: Callable[[Turn, Prompt, int], Iterator[bytes]]
    failure: Callable[[Failure], Mapping[str, Any]]


def words(text: str) -> list[str]:
    """The pieces in which a text is streamed: each word with the space before it. Joined they are the text."""
    return re.findall(r"\s*\S+|\s+$", text)


def pieces(text: str) -> Iterator[str]:
    """The pieces in which tool arguments are streamed, the first of them empty as with real providers."""
    yield ""
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def plain(content: Any) -> str:
    """The text of a message content: a string, or a list of parts of which only texts count."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, Sequence) else []
    return "\n".join(part["text"] for part in parts if isinstance(part, Mapping) and isinstance(part.get("text"), str))


def last(texts: Sequence[str]) -> str:
    """The last text, empty when there is none."""
    return texts[-1] if texts else ""
