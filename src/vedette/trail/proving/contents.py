"""Matches content with the commitments of its records, in any order, without keeping either once they fit.

What is matched is remembered as eight bytes of a keyed hash, so that a repeat is told from something new. Content in
parts is joined first; two parts of one place that differ spoil it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from vedette.trail.format.envelope import b64u, unb64u

Field = tuple[str, str]
"""Name of a content field, and a commitment (b64u) to what is in it."""

Open = Callable[[str, str, int, str, bytes], bytes | None]
"""Opens sealed content: key id, stream, number, field, ciphertext -> payload; None without the key (`Seals.open`)."""

MOST_PARTS = 1024
SALT = 16


class BadContent(ValueError):
    """Not a content line as this format writes them."""


@dataclass(slots=True)
class _Parts:
    """The parts of one content that came so far; `digests` stay when the texts are joined and gone."""

    texts: dict[int, str] = field(default_factory=dict)
    digests: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unmet:
    """Of record `n`: the fields that were committed to and did not come, those that came and are not committed to, and
    whether a rival of it commits to something else. What is `shut` came sealed, and its key is not here.
    """

    n: int
    missing: frozenset[str]
    strange: frozenset[str]
    rivalled: bool
    shut: frozenset[str]


def locked(key: str, stream: str, n: int, field: str, sealed: bytes) -> bytes | None:
    """An `Open` without any key."""
    return None


class Contents:
    """The content of one stream. `shed` numbers the records that say their content was shed when written."""

    def __init__(self) -> None:
        self._wanted: dict[int, set[Field]] = {}
        self._held: dict[int, set[Field]] = {}
        self._parts: dict[tuple[int, str, str, int], _Parts] = {}
        self._rivals: dict[int, set[Field]] = {}
        self._shut: dict[int, set[str]] = {}
        self._settled = array("q")
        self.shed: set[int] = set()
        self.matched = 0

    def want(self, n: int, committed: Mapping[str, Any], *, rival: bool) -> None:
        """Record `n` commits to these fields. `rival`: it is not the first of its number, and contradicts that one."""
        fields = {(name, pair[0]) for name, pair in committed.items() if _is_commitment(pair)}
        if rival:
            self._rivals.setdefault(n, set()).update(fields)
            return
        shed = {each for each in fields if not each[1]}
        if shed:
            self.shed.add(n)
            fields -= shed
        held = self._held.pop(n, set())
        for each in fields & held:
            self._settle(n, each)
        if fields - held:
            self._wanted[n] = fields - held
        if held - fields:
            self._held[n] = held - fields

    def put(self, line: Mapping[str, Any]) -> None:
        """A content line. Raises `BadContent`."""
        text = self._joined(line, "salt")
        if text is not None:
            self._come(line["n"], line["f"], line["salt"], text)

    def put_sealed(self, line: Mapping[str, Any], opened: Open) -> None:
        """A line of sealed content, opened if it can be. Raises `BadContent`."""
        text = self._joined(line, "key")
        if text is None:
            return
        n, name = line["n"], line["f"]
        try:
            payload = opened(line["key"], str(line["s"]), n, name, unb64u(text))
        except ValueError:
            self._held.setdefault(n, set()).add((name, ""))
            return
        if payload is None:
            self._shut.setdefault(n, set()).add(name)
        else:
            self._found(n, (name, b64u(sha256(b"\x10" + payload).digest())))

    def _joined(self, line: Mapping[str, Any], mark: str) -> str | None:
        """The text of a line, or of all its parts once the last one has come. `mark` tells one content from another."""
        place = (line.get("n"), line.get("f"), line.get(mark), line.get("k"))
        part, text = line.get("i"), line.get("d")
        if tuple(map(type, (*place, part, text))) != (int, str, str, int, int, str):
            raise BadContent("a content line without its members")
        if not 0 <= line["n"] < 2**53 or not 1 <= line["k"] <= MOST_PARTS or not 0 <= line["i"] < line["k"]:
            raise BadContent("a part of none")
        return line["d"] if line["k"] == 1 else self._part(line["n"], line["f"], f"{mark} {line[mark]}", line)

    def _part(self, n: int, name: str, mark: str, line: Mapping[str, Any]) -> str | None:
        parts = self._parts.setdefault((n, name, mark, line["k"]), _Parts())
        digest = sha256(line["d"].encode()).digest()[:16]
        known = parts.digests.get(line["i"])
        if known is not None:
            if known != digest:
                self._held.setdefault(n, set()).add((name, ""))
            return None
        parts.digests[line["i"]] = digest
        parts.texts[line["i"]] = line["d"]
        if len(parts.texts) < line["k"]:
            return None
        text = "".join(parts.texts[i] for i in range(line["k"]))
        parts.texts.clear()
        return text

    def _come(self, n: int, name: str, salt: str, text: str) -> None:
        try:
            raw = unb64u(salt)
            payload = raw + name.encode() + b"\x00" + text.encode()
        except ValueError as error:
            raise BadContent("a salt that is not base64url") from error
        if len(raw) != SALT:  # a longer one could swallow the name and the beginning of the content
            raise BadContent("a salt that is not 16 bytes")
        self._found(n, (name, b64u(sha256(b"\x10" + payload).digest())))

    def _found(self, n: int, found: Field) -> None:
        """Content of record `n` has come, whole, and this is what it comes to."""
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
        """All has come: tell the repeats of what was matched from what never was."""
        left = {hash((n, each)) for store in self._stores for n, fields in store.items() for each in fields}
        settled = left.intersection(self._settled)
        for store in self._stores:
            for n, fields in store.items():
                store[n] = {each for each in fields if hash((n, each)) not in settled}

    def unmet(self) -> Iterator[Unmet]:
        """The numbers whose content is not as committed, ascending."""
        for n in sorted({n for store in self._stores for n, fields in store.items() if fields}):
            wanted, held = self._wanted.get(n, set()), self._held.get(n, set())
            rivals = self._rivals.get(n, set()) - wanted
            shut = frozenset(self._shut.get(n, ()))
            yield Unmet(n, frozenset(map(_name, wanted)), frozenset(map(_name, held)), bool(rivals), shut)

    @property
    def _stores(self) -> tuple[dict[int, set[Field]], ...]:
        return self._wanted, self._held, self._rivals


def _is_commitment(pair: object) -> bool:
    return type(pair) is list and bool(pair) and type(pair[0]) is str


def _name(each: Field) -> str:
    return each[0]
