"""Call in, Event out: the type border. Also the same engine for the exporter guard and the command line.

Nothing here raises to its caller: what the engine cannot decide is withheld and counted. Used on the host's threads
(intents) and on the line thread at once.
"""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from typing import Any

from vedette.event import Actor, Call, Event, Phase
from vedette.guard import guard, report
from vedette.names import CONTENT, FACTS
from vedette.redact.engine import Engine, rewritten
from vedette.redact.tokens import Key, Tokens
from vedette.redact.validators import entropy
from vedette.redact.walk import Found, Walk

INTENT_LIMIT = 4 * 1024
_CACHE_BYTES = 4 * 1024 * 1024
_PERSON = frozenset({"user.id", "session.id", "vedette.auth.subject", "enduser.id"})
_ARGUMENTS = (
    "gen_ai.tool.call.arguments",
    "process.command_args",
    "vedette.change.detail",
    "gen_ai.retrieval.query.text",
)
_FREE = frozenset({"http.request.method", "gen_ai.operation.name", "gen_ai.provider.name"})


class Redactor:
    """`mode`: `all`, `secrets` (personal data stays) or `off` (everything stays, types are still made right)."""

    def __init__(self, mode: str, key: Key) -> None:
        self.key_id = key.id
        self._mode = mode
        self._engine = Engine(pii=mode == "all")
        self._tokens = Tokens(key)
        self._remembered: deque[str] = deque(maxlen=64)
        self._known: OrderedDict[str, Found] = OrderedDict()
        self._known_bytes = 0

    # Texts and values.

    def text(self, text: str) -> str:
        """Free text with what is secret or personal replaced by tokens."""
        return str(self.value(text))

    def url(self, url: str) -> str:
        if self._mode == "off":
            return url
        walk = self._walk()
        with guard("redact.url"):
            return walk.free(walk.url(url), "")
        return self._lost("url")

    def value(self, value: object, key: str = "") -> object:
        """A structure of dict, list, tuple, str, bytes and numbers, redacted; `key` is the name it stands under."""
        if self._mode == "off":
            return value
        with guard("redact.value"):
            return self._walk().value(value, key)
        return self._lost("value")

    def pseudonym(self, value: str) -> str:
        """A person or a session, as a keyed pseudonym: equal for equal values."""
        if not value or self._mode == "off" or value.startswith("[id:"):
            return value
        return f"[id:{self._tokens.digest('id', value)}]"

    def _walk(self) -> Walk:
        return Walk(self._found, self._tokens, self._remember)

    def _lost(self, what: str) -> str:
        return f"[withheld:error:{what}]"

    def _found(self, text: str) -> Found:
        """The rules over one text; the same texts come again (histories, host names), so the newest are kept."""
        known = self._known.get(text)
        if known is not None:
            return known
        spans = self._engine.find(text)
        pairs = [(span.rule.kind, text[span.start : span.end]) for span in spans]
        digests = tuple((kind, self._tokens.digest(kind, value)) for kind, value in pairs)
        found = (rewritten(text, spans, [f"[{kind}:{digest}]" for kind, digest in digests]) if spans else text, digests)
        for span, (_, value) in zip(spans, pairs, strict=True):
            if span.rule.group in ("keyvalue", "context"):
                self._remember(value)
        found = self._bare(found)
        self._keep(text, found)
        return found

    def _bare(self, found: Found) -> Found:
        """Copies, without their names, of values that were seen under a secret's name."""
        text, labels = found
        for value in tuple(self._remembered):
            if value in text:
                digest = self._tokens.digest("secret", value)
                text, labels = text.replace(value, f"[secret:{digest}]"), (*labels, ("secret", digest))
        return text, labels

    def _remember(self, value: str) -> None:
        """Only what cannot be a word: else `password: the` would blank every "the"."""
        if 12 <= len(value) <= 512 and entropy(value) >= 3 and value not in self._remembered:
            self._remembered.append(value)
            self._known.clear()
            self._known_bytes = 0

    def _keep(self, text: str, found: Found) -> None:
        if len(text) > 64 * 1024:
            return
        self._known[text] = found
        self._known_bytes += len(text) + 64
        while self._known_bytes > _CACHE_BYTES and self._known:
            with guard("redact.cache"):
                old, _ = self._known.popitem(last=False)
                self._known_bytes -= len(old) + 64

    # Events.

    def event(self, call: Call) -> Event:
        """The whole operation, redacted."""
        phase = Phase.SINGLE if call.intent is None else Phase.OUTCOME
        return self._event(call, phase, call.facts)

    def intent(self, call: Call) -> Event:
        """What is about to happen: who, what, where, and the arguments if they are few."""
        facts = {name: value for name, value in call.facts.items() if name not in CONTENT}
        for name in _ARGUMENTS:
            argument = call.facts.get(name)
            if argument is None:
                continue
            text = argument if isinstance(argument, str) else json.dumps(argument, default=str)
            if len(text) <= INTENT_LIMIT:
                facts[name] = argument
            else:
                facts |= {
                    "vedette.arguments.size": len(text),
                    "vedette.arguments.digest": self._tokens.digest("arguments", text),
                }
        if call.wire is not None and call.wire.request.size:
            facts["vedette.arguments.size"] = call.wire.request.size
        return self._event(call, Phase.INTENT, facts)

    def _event(self, call: Call, phase: Phase, given: dict[str, Any]) -> Event:
        walk = self._walk()
        facts: dict[str, str | int | bool] = {}
        content: dict[str, str] = {}
        for name, value in given.items():
            if value is not None:
                with guard("redact.fact"):
                    self._take(walk, name, value, facts, content)
        for name, own in _own(call):
            facts[name] = own
        if walk.withheld:
            facts["vedette.withheld"] = walk.withheld
        return Event(
            kind=call.kind,
            name=walk.string(call.name) if self._mode != "off" else call.name,
            phase=phase,
            result=call.result,
            begin_ns=call.begin_ns,
            duration_ns=0 if phase is Phase.INTENT else call.duration_ns,
            trace_id=call.trace_id,
            span_id=call.span_id,
            actor=self._actor(call.actor),
            facts=facts,
            content=content,
            labels=tuple(walk.labels),
            of=None if phase is Phase.INTENT else call.intent,
        )

    def _take(self, walk: Walk, name: str, value: Any, facts: dict[str, Any], content: dict[str, str]) -> None:
        kind = FACTS.get(name)
        if kind is None:
            report("redact.unknown-name", KeyError(name))
        elif kind == "content":
            content[name] = self._content(walk, name, value)
        elif kind in ("int", "bool"):
            facts[name] = bool(value) if kind == "bool" else int(value)
        elif name in _PERSON:
            facts[name] = self.pseudonym(str(value))
        else:
            facts[name] = self._fact(walk, name, value)

    def _fact(self, walk: Walk, name: str, value: Any) -> str:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if self._mode == "off" or name in _FREE:
            return text
        if name in ("server.address", "network.peer.address"):  # where it goes is the point of the record
            return text
        return walk.free(walk.url(text), f"/{name}") if name == "url.full" else walk.string(text, "", f"/{name}")

    def _content(self, walk: Walk, name: str, value: Any) -> str:
        redacted = value if self._mode == "off" else walk.value(value, "", f"/{name}")
        if isinstance(redacted, bytes):
            return redacted.decode("utf-8", "replace")
        return (
            redacted if isinstance(redacted, str) else json.dumps(redacted, ensure_ascii=False, separators=(",", ":"))
        )

    def _actor(self, actor: Actor) -> Actor:
        if actor == Actor():
            return actor
        return Actor(
            self.pseudonym(actor.user), self.pseudonym(actor.session), self.text(actor.agent), self.text(actor.run)
        )


def _own(call: Call) -> list[tuple[str, str]]:
    """Identity of the operation, which is ours and needs no redaction."""
    pairs = (
        ("vedette.event.id", call.event_id),
        ("vedette.operation.id", "" if call.operation_id == call.event_id else call.operation_id),
        ("vedette.parent.id", call.parent_id),
        ("vedette.adopted", call.adopted),
        ("vedette.source", call.source),
    )
    return [(name, value) for name, value in pairs if value]
