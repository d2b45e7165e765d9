"""One turn of a conversation, in the shape all dialects share: `Prompt` comes in, `Turn` or `Failure` goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Offer:
    """A tool the client offers: its name and the JSON schema of its arguments."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Prompt:
    """What a client asks, whichever protocol it speaks."""

    model: str
    said: str  # the last words of the user
    results: tuple[str, ...] = ()  # what the tools answered since the model last spoke
    offers: tuple[Offer, ...] = ()  # the tools the model may call: empty when the client forbids it
    parallel: bool = True  # several calls in one turn are allowed
    reasons: bool = False  # the client asks for reasoning
    stream: bool = False
    stream_usage: bool = False  # chat and completions only: usage in the last chunk
    tokens: int = 1  # of the whole request, estimated


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool; an empty `id` is filled in by the dialect."""

    name: str
    arguments: Mapping[str, Any]
    id: str = ""


@dataclass(frozen=True)
class Turn:
    """What the model says: words, calls, or both. `cached` input tokens are part of the input."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    reasoning: str = ""
    refusal: str = ""
    cached: int = 0

    @property
    def reasoning_tokens(self) -> int:
        """Part of `tokens`; 0 without reasoning."""
        return count(self.reasoning) if self.reasoning else 0

    @property
    def tokens(self) -> int:
        """Output tokens, reasoning included."""
        calls = "".join(call.name + str(call.arguments) for call in self.calls)
        return count(self.text + self.refusal + calls) + self.reasoning_tokens


@dataclass(frozen=True)
class Failure:
    """An error of the provider. A `body` of words is put into the shape of the dialect, a mapping is sent as it is."""

    status: int
    body: str | Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


Reply = Turn | Failure


def text(words: str, *, reasoning: str = "", cached: int = 0) -> Turn:
    """The model answers in words."""
    return Turn(text=words, reasoning=reasoning, cached=cached)


def tool(name: str, arguments: Mapping[str, Any], id: str = "") -> Turn:
    """The model asks for one tool."""
    return Turn(calls=(ToolCall(name, arguments, id),))


def tools(*turns: Turn) -> Turn:
    """The model asks for several tools at once: `tools(tool("a", {}), tool("b", {}))`."""
    return Turn(calls=tuple(call for turn in turns for call in turn.calls))


def refusal(words: str) -> Turn:
    """The model refuses."""
    return Turn(refusal=words)


def error(status: int, body: str | Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Failure:
    """The provider answers with an error instead of a turn."""
    return Failure(status, body, headers or {})


def count(words: str) -> int:
    """Tokens of a text: a fixed four characters each, so that every count can be worked out by hand."""
    return max(1, len(words) // CHARACTERS_PER_TOKEN)
