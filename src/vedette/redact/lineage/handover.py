"""From the raw facts of a Call to what its Event carries for detection. On the line's thread; nothing of it is text.

Sources are what tools returned and pages said, sinks what tools, processes and servers were given; of a model call, and
of what a user typed, only what the user asked: the rest of a conversation was seen when it happened.
Bounded: 256 destinations, 2,000 leaves a fact, 512 words of speech a Call; 256 KiB a text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, repeat
from typing import Any

from vedette.event import Call, Destination, Kind, Traces
from vedette.redact.lineage import destinations, shingles, wording, words
from vedette.redact.lineage.asked import asked
from vedette.redact.lineage.parsed import leaves
from vedette.redact.tokens import Tokens

_SINKS = ("gen_ai.tool.call.arguments", "process.command_args", "url.full", "vedette.http.request.body")
_SOURCES = (
    "gen_ai.tool.call.result",
    "gen_ai.retrieval.documents",
    "gen_ai.memory.records",
    "vedette.http.response.body",
)
_ARGUMENTS = "gen_ai.tool.call.arguments"
_MOVES = frozenset({Kind.TOOL, Kind.RETRIEVAL, Kind.EXCHANGE, Kind.PROCESS})
_ASKS = frozenset({Kind.INPUT, Kind.INFERENCE})
_MOST_DESTINATIONS, _MOST_WORDS = 256, 512
_NEAR, _MARGIN = 2_000, 500
_REQUEST = 16 * 1024
_SPEECH = 40
_LEAST, _LONGEST = 4, 200
_DULL = b"0123456789"

_NOTHING = Traces()

Leaf = tuple[str, str]
"""JSON pointer and text."""


class Lineage:
    """Takes the traces of Calls; keyed, so that they say nothing to who has no key."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._seed = int.from_bytes(tokens.derived("lineage")[:7], "big")

    def of(self, call: Call) -> Traces | None:
        """None for a Call that moves nothing."""
        if call.kind in _ASKS:
            found = self._asked(call.facts)
        elif call.kind in _MOVES:
            found = self._moved(call.facts)
        else:
            return None
        return found if found != _NOTHING else None

    def _asked(self, facts: dict[str, Any]) -> Traces:
        told = asked(facts.get("gen_ai.input.messages"))
        return Traces(
            destinations=self._destinations(told),
            effects=wording.effects(told[-1][1][-_REQUEST:]) if told else 0,
        )

    def _moved(self, facts: dict[str, Any]) -> Traces:
        read, given = list(_leaves(facts, _SOURCES)), list(_leaves(facts, _SINKS))
        arguments = (leaf for leaf in given if leaf[0].startswith(f"/{_ARGUMENTS}"))
        return Traces(
            destinations=self._destinations([*given, *read]),
            spoken=tuple(self._spoken(read)),
            values=tuple(self._values(arguments)),
            shingles=self._shingles(facts, _SOURCES, shingles.of_result),
            sent=self._shingles(facts, _SINKS, shingles.of_outbound),
        )

    def _destinations(self, told: Iterable[Leaf]) -> tuple[Destination, ...]:
        found = (each for path, text in told for each in self._of_leaf(path, text))
        return tuple(islice(found, _MOST_DESTINATIONS))

    def _of_leaf(self, path: str, text: str) -> Iterator[Destination]:
        speeches: dict[int, wording.Speech] = {}
        for each in destinations.found_in(text):
            near = each.at // _NEAR
            if near not in speeches:
                speeches[near] = wording.speech(_around(text, near))
            host = self._digest(each.host) if each.host else ""
            yield Destination(each.kind, self._digest(each.value), host, path, each.whole, *speeches[near])

    def _digest(self, value: str) -> str:
        return self._tokens.digest("destination", words.encoded(value))

    def _spoken(self, read: Iterable[Leaf]) -> Iterator[tuple[int, ...]]:
        """Of each leaf that speaks to an agent: its words; of a long one those of its pieces that do."""
        room = _MOST_WORDS
        for text in (piece for _, leaf in read for piece in _pieces(leaf)):
            if room <= 0:
                return
            speech = wording.speech(text)
            if speech.instruction or (len(text) > _SPEECH and speech.imperative):
                told = words.plain(words.encoded(text))[:room]
                room -= len(told)
                yield self._numbers(told)

    def _numbers(self, told: list[bytes]) -> tuple[int, ...]:
        return tuple(map(hash, zip(repeat(self._seed), told, strict=False)))

    def _values(self, arguments: Iterable[Leaf]) -> Iterator[tuple[str, int]]:
        """(path, digest) of each argument that says something: it is looked for among the runs."""
        for path, text in arguments:
            if _LEAST <= len(text) <= 2 * _LONGEST:
                told = words.plain(words.encoded(text))
                if _LEAST <= sum(map(len, told)) + len(told) - 1 <= _LONGEST and b"".join(told).strip(_DULL):
                    yield path, hash(self._numbers(told))

    def _shingles(
        self, facts: dict[str, Any], names: Iterable[str], of: Callable[[bytes, int], set[int]]
    ) -> frozenset[int]:
        return frozenset(chain.from_iterable(of(_raw(facts[name]), self._seed) for name in names if facts.get(name)))


def _pieces(text: str) -> Iterator[str]:
    last = len(text) // _NEAR if len(text) > 2 * _NEAR else 0
    return (_around(text, near) for near in range(last + 1))


def _around(text: str, near: int) -> str:
    """A short text whole, of a long one a piece: what a page says at its end does not speak of a link at its top."""
    return text if len(text) <= 2 * _NEAR else text[max(0, near * _NEAR - _MARGIN) : (near + 1) * _NEAR + _MARGIN]


def _leaves(facts: dict[str, Any], names: tuple[str, ...]) -> Iterator[Leaf]:
    for name in names:
        if facts.get(name) is not None:
            yield from leaves(facts[name], f"/{name}")


def _raw(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return words.encoded(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
