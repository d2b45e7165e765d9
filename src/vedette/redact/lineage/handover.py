"""From the raw facts of a Call to what its Event carries for detection. On the line's thread; nothing of it is text.

Bounded: 256 destinations, 2,000 leaves and 4,096 word runs a Call; bodies to 256 KiB.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from vedette.event import Call, Destination, Kind, Traces
from vedette.redact.lineage import destinations, shingles, wording
from vedette.redact.lineage.parsed import leaves
from vedette.redact.tokens import Tokens

_REQUESTS = ("gen_ai.input.messages",)
_ARGUMENTS = ("gen_ai.tool.call.arguments", "process.command_args", "url.full", "vedette.http.request.body")
_RESULTS = (
    "gen_ai.tool.call.result",
    "gen_ai.retrieval.documents",
    "gen_ai.memory.records",
    "vedette.http.response.body",
)
_OUTBOUND = ("gen_ai.tool.call.arguments", "vedette.http.request.body", "url.full", "process.command_args")
_KINDS = frozenset({Kind.TOOL, Kind.RETRIEVAL, Kind.EXCHANGE, Kind.INPUT, Kind.INFERENCE, Kind.PROCESS})
_MOST_DESTINATIONS, _MOST_RUNS, _RUN = 256, 4_096, 8
_WORD = re.compile(r"[a-z0-9@._\-/:]+")
_LEAST, _LONGEST = 4, 200
_DULL = re.compile(r"[\d\W_]*")


class Lineage:
    """Takes the traces of Calls; keyed, so that they say nothing to who has no key."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._shingle_key = tokens.derived("shingles")
        self._run_key = tokens.derived("word runs")

    def of(self, call: Call) -> Traces | None:
        """None for a Call that moves nothing."""
        if call.kind not in _KINDS:
            return None
        facts = call.facts
        found = Traces(
            destinations=tuple(self._destinations(facts)),
            runs=frozenset(self._runs(facts)),
            values=tuple(self._values(facts)),
            effects=wording.effects(_request(facts)),
            shingles=self._shingles(call.kind, facts),
        )
        return found if found != Traces() else None

    def _destinations(self, facts: dict[str, Any]) -> Iterator[Destination]:
        count = 0
        for path, text in _leaves(facts, (*_ARGUMENTS, *_RESULTS, *_REQUESTS)):
            here = list(destinations.found_in(text))
            if not here:
                continue
            bits = wording.is_instruction(text), wording.is_imperative(text)
            for each in here[: _MOST_DESTINATIONS - count]:
                count += 1
                whole = destinations.is_whole(text, each)
                host = self._digest(each.host) if each.host else ""
                yield Destination(each.kind, self._digest(each.value), host, path, whole, *bits)

    def _digest(self, value: str) -> str:
        return self._tokens.digest("destination", value.encode("utf-8", "surrogatepass"))

    def _runs(self, facts: dict[str, Any]) -> Iterator[bytes]:
        """Of each leaf that speaks to an agent: every run of one to eight words."""
        given = 0
        for _, text in _leaves(facts, _RESULTS):
            if not (wording.is_instruction(text) or (len(text) > 40 and wording.is_imperative(text))):
                continue
            words = _words(text)
            for at in range(len(words)):
                for end in range(at + 1, min(at + _RUN, len(words)) + 1):
                    if given >= _MOST_RUNS:
                        return
                    given += 1
                    yield self._run_digest(words[at:end])

    def _run_digest(self, words: list[str]) -> bytes:
        return hashlib.blake2b(" ".join(words).encode(), key=self._run_key, digest_size=8).digest()

    def _values(self, facts: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
        """(path, digest) of each argument that says something: it is looked for among the runs."""
        for path, text in _leaves(facts, ("gen_ai.tool.call.arguments",)):
            plain = " ".join(_words(text))
            if _LEAST <= len(plain) <= _LONGEST and not _DULL.fullmatch(plain):
                yield path, self._run_digest(_words(text))

    def _shingles(self, kind: Kind, facts: dict[str, Any]) -> frozenset[bytes]:
        """Of results as they are, of what goes out in all its wrappings; of model calls nothing, they repeat it all."""
        if kind in (Kind.INFERENCE, Kind.INPUT):
            return frozenset()
        found: set[bytes] = set()
        for name in _RESULTS:
            if name in facts:
                found |= shingles.shingles(_raw(facts[name]), self._shingle_key)
        for name in _OUTBOUND:
            if name in facts:
                found |= shingles.of_outbound(_raw(facts[name]), self._shingle_key)
        return frozenset(found)


def _leaves(facts: dict[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        if facts.get(name) is not None:
            yield from leaves(facts[name], f"/{name}")


def _words(text: str) -> list[str]:
    """Lower case, without the punctuation that a sentence puts behind a word."""
    return [word for each in _WORD.findall(text.casefold()) if (word := each.strip(".,:;/-"))]


def _raw(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text.encode("utf-8", "surrogatepass")


def _request(facts: dict[str, Any]) -> str:
    """What the user asked last."""
    messages = facts.get("gen_ai.input.messages")
    if not isinstance(messages, list):
        return ""
    mine = [each for each in messages if isinstance(each, dict) and each.get("role") == "user"]
    return "\n".join(text for _, text in leaves(mine[-1:]))[:20_000]
