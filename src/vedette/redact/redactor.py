"""Call in, Event out: the type border. Also the same engine for the exporter guard and the command line.

Nothing here raises to its caller: what the engine cannot decide is withheld and counted. Used on the host's threads
(intents) and on the line thread at once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from vedette import late
from vedette.event import Call, Event, Kind, Phase, Traces
from vedette.guard import guard
from vedette.redact import events, pack, strings
from vedette.redact.find import Finder
from vedette.redact.memory import Memory
from vedette.redact.ours import is_plain
from vedette.redact.pack import Pack
from vedette.redact.policy import Policy
from vedette.redact.scanners.choose import Choice, said, small
from vedette.redact.scanners.contract import Busy, TooDense
from vedette.redact.stream import StreamRedactor
from vedette.redact.texts import MAX_TEXT, Texts
from vedette.redact.tokens import Key, Tokens
from vedette.redact.verdicts import Seen
from vedette.redact.walk import Walk


@functools.lru_cache(maxsize=1)
def engine() -> Choice:
    """The engine of this process, for all redactors. Nothing is imported or read before the first text comes."""
    return Choice(pack.shipped)


def prepare() -> None:
    """Choose the best engine now, compiling what is not compiled yet (seconds, once a machine): for commands."""
    engine().prepare()


def engine_name() -> str:
    """Which engine runs, or will when the first text comes."""
    return engine().name


def available() -> str:
    """Which engine will run here, in words, without running it."""
    return said(pack.shipped())


def _extra_finder(extra: Pack | None) -> Finder | None:
    if extra is None:
        return None
    own = small(extra)
    return Finder(extra, lambda: own, personal=True)


_POLICY = Policy()


def _plain() -> Policy:
    return _POLICY


class Redactor:
    """`mode`: `all`, `secrets` (personal data stays) or `off` (everything stays, types are still made right)."""

    def __init__(
        self, mode: str, key: Key, policy: Callable[[], Policy] | None = None, *, lineage: bool = True
    ) -> None:
        self.key_id = key.id
        self.mode = mode
        self._finder: Finder | None = None
        self._extra: Pack | None = None
        memory = Memory()
        self.texts = Texts(self._found_by, policy or _plain, Tokens(key), memory, Seen(memory))
        self._has_lineage = lineage
        self._lineage: Any = None

    def _found_by(self) -> Finder:
        """Made when the first text comes, and anew when the user's own rules change."""
        extra = self.texts.policy().extra
        finder = self._finder
        if finder is None or extra is not self._extra:
            self._extra = extra
            finder = self._finder = Finder(
                pack.shipped(), engine().engine, personal=self.mode == "all", extra=_extra_finder(extra)
            )
        return finder

    # Texts and values.

    def text(self, text: str) -> str:
        """Free text with what is secret or personal replaced by tokens."""
        if self.mode == "off":
            return text
        with guard("redact.text"):
            return self._text(text)
        return self._lost("text")

    def _text(self, text: str, *, form: bool = False) -> str:
        data = text.encode("utf-8", "surrogatepass")
        if len(data) > MAX_TEXT:
            return self.texts.withheld("size", data)
        try:
            new, _ = strings.of(self.texts, data, self._inside, form=form)
        except (Busy, TooDense) as error:
            return self.texts.withheld(self.texts.why(error), data)
        return text if new is None else new

    def _inside(self, value: Any) -> Any:
        return Walk(self.texts, strings.LEVELS - 1).value(value)

    def url(self, url: str) -> str:
        """User part, query values and fragment; scheme, host and path as they are, but for what the rules find."""
        if self.mode == "off":
            return url
        with guard("redact.url"):
            return self._text(url, form=True)
        return self._lost("url")

    def value(self, value: object, key: str = "") -> object:
        """A structure of dict, list, tuple, str, bytes and numbers, redacted; `key` is the name it stands under."""
        if self.mode == "off":
            return value
        with guard("redact.value"):
            return Walk(self.texts).value(value, key)
        return self._lost("value")

    def own(self, value: object, key: str) -> object:
        """What describes this process, redacted; words that could be nothing else load no engine."""
        return value if is_plain({key: value}) and not self.texts.memory.values else self.value(value, key)

    def pseudonym(self, value: str) -> str:
        """A person or a session, as a keyed pseudonym: equal for equal values."""
        if not value or self.mode == "off" or value.startswith("[id:"):
            return value
        return f"[id:{self.texts.tokens.digest('id', value.encode('utf-8', 'surrogatepass'))}]"

    def _lost(self, what: str) -> str:
        return f"[withheld:{what}:0]"

    # Events.

    def event(self, call: Call) -> Event:
        """The whole operation, redacted."""
        phase = Phase.SINGLE if call.intent is None else Phase.OUTCOME
        return events.made(self, call, phase, call.facts)

    def traces(self, call: Call) -> Traces | None:
        """What detection needs of the raw Call; None where that is switched off or there is nothing.

        Late on purpose: an idle process does not import it (law 7).
        """
        if self._has_lineage and call.kind is not Kind.LIFECYCLE:
            with guard("redact.lineage"):
                self._lineage = self._lineage or late.module("vedette.redact.lineage").Lineage(self.texts.tokens)
                traces: Traces | None = self._lineage.of(call)
                return traces
        return None

    def intent(self, call: Call) -> Event:
        """What is about to happen: who, what, where, and the arguments if they are few."""
        return events.made(self, call, Phase.INTENT, events.before(self, call))

    def stream(self, path: str = "") -> StreamRedactor:
        """For text that comes in pieces; of no use where `mode` is off."""
        return StreamRedactor(self.texts, path)
