"""Matches content with the commitments of its records, in any order, without keeping either once they fit.

What is matched is remembered as eight bytes of a keyed hash, so that a repeat is told from something new. Content in
parts is joined first; two parts of one place that differ spoil it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from vedette.trail.envelope import b64u, unb64u

Field = tuple[str, str]
"""Name of a content field, and a commitment (b64u) to what is in it."""

MOST_PARTS = 1024


class BadContent(ValueError):
    """Not a content line as this format writes them."""


@dataclass(slots=True)
class _Parts:
    """The parts of one content that came so far; `digests` stay when the texts are joined and gone."""

    texts: dict[int, str] = field(default_factory=dict)
    digests: dict[int, bytes] = field(default_factory=dict)


class Contents:
    """The content of one stream. `shed` numbers the records that say their content was shed when written."""

    def __init__(self) -> None:
        self._wanted: dict[int, set[Field]] = {}
        self._held: dict[int, set[Field]] = {}
        self._parts: dict[tuple[int, str, str, int], _Parts] = {}
        self._settled = array("q")
        self.shed: set[int] = set()
        self.matched = 0

    def want(self, n: int, committed: Mapping[str, Any]) -> None:
        """Record `n` commits to these fields."""
        held = self._held.pop(n, None) or set()
        for name, pair in committed.items():
            if type(pair) is not list or not pair or type(pair[0]) is not str:
                continue
            if not pair[0]:
                self.shed.add(n)
            elif (name, pair[0]) in held:
                held.discard((name, pair[0]))
                self._settle(n, (name, pair[0]))
            else:
                self._wanted.setdefault(n, set()).add((name, pair[0]))
        if held:
            self._held[n] = held

    def put(self, line: Mapping[str, Any]) -> None:
        """A content line. Raises `BadContent`."""
        place = (line.get("n"), line.get("f"), line.get("salt"), line.get("k"))
        part, text = line.get("i"), line.get("d")
        if tuple(map(type, (*place, part, text))) != (int, str, str, int, int, str):
            raise BadContent("a content line without its members")
        if not 1 <= line["k"] <= MOST_PARTS or not 0 <= line["i"] < line["k"]:
            raise BadContent("a part of none")
        if line["k"] == 1:
            self._come(line["n"], line["f"], line["salt"], line["d"])
        else:
            self._part(line["n"], line["f"], line["salt"], line)

    def _part(self, n: int, name: str, salt: str, line: Mapping[str, Any]) -> None:
        parts = self._parts.setdefault((n, name, salt, line["k"]), _Parts())
        digest = sha256(line["d"].encode()).digest()[:16]
        known = parts.digests.get(line["i"])
        if known is not None:
            if known != digest:
                self._held.setdefault(n, set()).add((name, ""))
            return
        parts.digests[line["i"]] = digest
        parts.texts[line["i"]] = line["d"]
        if len(parts.texts) == line["k"]:
            self._come(n, name, salt, "".join(parts.texts[i] for i in range(line["k"])))
            parts.texts.clear()

    def _come(self, n: int, name: str, salt: str, text: str) -> None:
        try:
            payload = unb64u(salt) + name.encode() + b"\x00" + text.encode()
        except ValueError as error:
            raise BadContent("a salt that is not base64url") from error
        found = (name, b64u(sha256(b"\x10" + payload).digest()))
        wanted = self._wanted.get(n)
        if wanted is None or found not in wanted:
            self._held.setdefault(n, set()).add(found)
            return
        self._settle(n, found)
        wanted.discard(found)
        if not wanted:
            del self._wanted[n]

    def _settle(self, n: int, found: Field) -> None:
        self._settled.append(hash((n, found)))
        self.matched += 1

    def finish(self) -> None:
        """All has come: forget the repeats of what was matched."""
        left = {hash((n, each)) for store in (self._held, self._wanted) for n, fields in store.items() for each in fields}
        repeats = left.intersection(self._settled) if left else left
        for store in (self._held, self._wanted):
            for n in list(store):
                store[n] = {each for each in store[n] if hash((n, each)) not in repeats}

    def unmet(self) -> Iterator[tuple[int, set[str], set[str]]]:
        """For each number: the fields that are committed to and did not come, those that came and are not committed to."""
        for n in sorted({*self._wanted, *self._held}):
            wanted, held = self._names(self._wanted, n), self._names(self._held, n)
            if wanted or held:
                yield n, wanted, held

    @staticmethod
    def _names(store: Mapping[int, Iterable[Field]], n: int) -> set[str]:
        return {name for name, _ in store.get(n, ())}
