"""One text in, one text and its labels out: the rules, the names, the memory, then the marks.

Bytes from the first to the last step. What cannot be decided is withheld, with a reason, its size and its digest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from vedette.event import Label
from vedette.redact import keynames, named
from vedette.redact.find import Finder, Found
from vedette.redact.memory import LEAST, LONGEST, Memory, Onward
from vedette.redact.policy import Policy, mark
from vedette.redact.scanners.contract import Busy, TooDense
from vedette.redact.span import Span, united, without_tokens
from vedette.redact.tokens import Tokens
from vedette.redact.validators import placeholder
from vedette.redact.verdicts import Seen, Verdicts
from vedette.redact.views import meant

MAX_TEXT = 1024 * 1024
"""Bytes of one value; what is longer is withheld."""

_BY_NAME, _BY_MEMORY = -2, -3
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")


class _Told(NamedTuple):
    """What stands in for a rule where none found the value; its kind is that of the name or of the first sight."""

    id: str
    group: str
    kind: str = ""


_TOLD = {_BY_NAME: _Told("name", "name"), _BY_MEMORY: _Told("memory", "memory")}


class Taken(NamedTuple):
    """What one mark stands for. `rule` is the rule's id, `name` for a value under a secret's name, or `memory`."""

    kind: str
    digest: str
    rule: str
    group: str
    tier: str

    def at(self, path: str) -> Label:
        return Label(self.kind, self.digest, path, self.rule, self.group, self.tier)


class Cut(NamedTuple):
    """Bytes `start` to `end` become `text`."""

    start: int
    end: int
    text: str
    taken: Taken


@dataclass(frozen=True, slots=True)
class Texts:
    """Shared by all threads; what changes with the user's file is asked for anew each time."""

    finder: Callable[[], Finder]
    policy: Callable[[], Policy]
    tokens: Tokens
    memory: Memory | Onward
    seen: Seen | None = None

    def verdicts(self, policy: Policy) -> Verdicts | None:
        """What is known of texts that came before; None for a stream."""
        if self.seen is None or isinstance(self.memory, Onward):
            return None
        return self.seen.under(policy, self.finder().engine)

    def cuts(self, data: bytes, *, form: bool = False) -> tuple[list[Cut], bool]:
        """What is to be cut out of a text, in order; and whether only a JSON parser can tell all of it.

        `form`: the whole text may be a form or a query. Raises `Busy` or `TooDense`.
        """
        finder, policy = self.finder(), self.policy()
        found = finder.find(data)
        spans, parse = found.spans, False
        kinds: dict[int, str] = {}
        if found.keyed or form or named.has_url(data):
            spans, kinds, parse = _with_names(data, found, policy, form)
        if spans:
            self._remember(data, spans, kinds, finder)
        elif not self.memory.values:
            return [], parse
        if self.memory.values:
            spans = self._with_copies(data, spans, kinds)
        cuts = []
        known: dict[tuple[bytes, int, bool, str], tuple[str, Taken]] = {}
        for start, end, _, rule, alert in spans:
            key = data[start:end], rule, alert, kinds.get(start, "secret")
            made = known.get(key) or self._marked(finder, policy, *key)
            if made is not None:
                known[key] = made
                cuts.append(Cut(start, end, *made))
        return cuts, parse

    def _marked(
        self, finder: Finder, policy: Policy, raw: bytes, rule: int, alert: bool, name: str
    ) -> tuple[str, Taken] | None:
        """The mark for these bytes and what it stands for; None where they stay. `name`: their kind by their name."""
        told = finder.rule(rule) if rule >= 0 else _TOLD[rule]
        kind, value = told.kind or name, _value(raw)
        action = "token" if policy.is_plain else self._action(policy, kind, told.id, value)
        if action == "keep":
            return None
        digest = self.tokens.digest(kind, value)
        return mark(action, kind, digest, value), Taken(
            kind, digest, told.id, told.group, "alert" if alert else "redact"
        )

    def _remember(self, data: bytes, spans: list[Span], kinds: dict[int, str], finder: Finder) -> None:
        found = []
        for span in spans:
            if (span.strength < 2 or span.alert) and LEAST <= span.end - span.start <= LONGEST:
                kind = finder.rule(span.rule).kind if span.rule >= 0 else kinds.get(span.start, "secret")
                found.append((_value(data[span.start : span.end]), kind, span.start))
        if found:
            self.memory.add(found)

    def _with_copies(self, data: bytes, spans: list[Span], kinds: dict[int, str]) -> list[Span]:
        """And the copies of what is remembered; a value that was found in this text is its own first copy."""
        known = {(span.start, span.end) for span in spans}
        found = [copy for copy in self.memory.copies(data) if copy[:2] not in known]
        if not found:
            return spans
        for copy in found:
            kinds.setdefault(copy.start, copy.kind)
        return without_tokens(
            data, united([*spans, *(Span(each.start, each.end, 8, _BY_MEMORY, False) for each in found)])
        )

    def _action(self, policy: Policy, kind: str, rule: str, value: bytes) -> str:
        if policy.allowed and hashlib.sha256(value).digest() in policy.allowed:
            return "keep"
        return policy.action(kind, rule)

    def take(self, kind: str, value: bytes, name: str) -> tuple[str, Taken | None]:
        """A whole value that stands under `name`, whatever it says; itself, where the user's policy lets it stand."""
        policy = self.policy()
        action = "token" if policy.is_plain else self._action(policy, kind, "name", value)
        action = policy.of_key(name) or action
        if action == "keep":
            return value.decode("utf-8", "surrogatepass"), None
        digest = self.tokens.digest(kind, value)
        return mark(action, kind, digest, value), Taken(kind, digest, "name", "name", "redact")

    def withheld(self, reason: str, value: bytes) -> str:
        """What stands for a value that could not be judged."""
        return f"[withheld:{reason}:{len(value)}:{self.tokens.digest('withheld', value)}]"

    def why(self, error: Exception) -> str:
        """The reason for an error, in one word."""
        return {Busy: "busy", TooDense: "dense"}.get(type(error), "error")


def _with_names(data: bytes, found: Found, policy: Policy, form: bool) -> tuple[list[Span], dict[int, str], bool]:
    """The rules' spans and those of values under secret names; the kinds of the latter by where they start."""
    parse = False
    values = named.in_urls(data) if named.has_url(data) else []
    if form:
        values += named.in_form(data)
    if found.keyed:
        in_json, parse = named.in_json(data, policy.is_secret, policy.ends)
        values += in_json
    kinds = {start: keynames.kind(name) for start, _, name in values}
    nothing = {raw for raw in {data[start:end] for start, end, _ in values} if placeholder(raw.decode("latin-1"))}
    spans = [Span(start, end, 1, _BY_NAME, False) for start, end, _ in values if data[start:end] not in nothing]
    return (without_tokens(data, united([*found.spans, *spans])) if spans else found.spans), kinds, parse


def _value(value: bytes) -> bytes:
    """What the bytes mean, without the escapes of where they stood."""
    if b"\\" in value:
        value = meant(value)
    return unquote_to_bytes(value) if b"%" in value and _PERCENT.search(value) else value


def applied(data: bytes, cuts: Sequence[Cut]) -> bytes:
    """The text with each cut made."""
    pieces: list[bytes] = []
    done = 0
    for cut in cuts:
        pieces += (data[done : cut.start], cut.text.encode())
        done = cut.end
    return b"".join([*pieces, data[done:]])
