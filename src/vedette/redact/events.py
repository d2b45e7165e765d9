"""A Call becomes an Event: facts redacted by name, content as text, the actor as pseudonyms. One scan a Call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vedette.event import Actor, Call, Event, Fact, Kind, Phase
from vedette.guard import guard
from vedette.names import CONTENT, FACTS
from vedette.redact.ours import is_plain
from vedette.redact.policy import Policy
from vedette.redact.walk import Walk

if TYPE_CHECKING:
    from vedette.redact.redactor import Redactor

INTENT_LIMIT = 4 * 1024
"""Characters of arguments that an intent carries; of what is longer it has size and digest."""

_PERSON = frozenset({"user.id", "session.id", "vedette.auth.subject", "enduser.id"})
_ARGUMENTS = (
    "gen_ai.tool.call.arguments",
    "process.command_args",
    "vedette.change.detail",
    "gen_ai.retrieval.query.text",
)
_FREE = frozenset(
    {
        "http.request.method", "gen_ai.operation.name", "gen_ai.provider.name",
        "server.address", "network.peer.address",  # where it goes is the point of the record
        "host.name", "vedette.schema", "vedette.key.id",  # where it runs; what it is written in, and by which key
    }
)  # fmt: skip
_NUMBERS = ("int", "bool")
_NAME = "name of the call"
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def before(redactor: Redactor, call: Call) -> dict[str, Any]:
    """The facts of an intent."""
    facts = {name: value for name, value in call.facts.items() if name not in CONTENT}
    for name in _ARGUMENTS:
        argument = call.facts.get(name)
        if argument is None:
            continue
        text = argument if isinstance(argument, str) else json.dumps(argument, default=str)
        if len(text) <= INTENT_LIMIT:
            facts[name] = argument
        else:
            digest = redactor.texts.tokens.of_text(text)
            facts |= {"vedette.arguments.size": len(text), "vedette.arguments.digest": digest}
    if call.wire is not None and call.wire.request.size:
        facts["vedette.arguments.size"] = call.wire.request.size
    return facts


def made(redactor: Redactor, call: Call, phase: Phase, given: dict[str, Any]) -> Event:
    """The Event of a Call; a part that cannot be redacted is left out and counted."""
    facts: dict[str, Fact] = {}
    content: dict[str, str] = {}
    scanned = _sorted(redactor, given, facts)
    walk = Walk(redactor.texts)
    scanned[_NAME] = call.name
    walked = scanned if _is_ours(redactor, call, scanned) else _walked(redactor, walk, scanned, facts)
    name = str(walked.pop(_NAME, ""))
    for each, value in walked.items():
        into = content if each in CONTENT else facts
        if type(value) is str:
            into[each] = value
        else:
            with guard("redact.fact"):
                into[each] = _as_text(value)
    facts |= _own(call)
    if walk.withheld:
        facts["vedette.withheld"] = walk.withheld
    return Event(
        kind=call.kind,
        name=name,
        phase=phase,
        result=call.result,
        begin_ns=call.begin_ns,
        duration_ns=0 if phase is Phase.INTENT else call.duration_ns,
        trace_id=call.trace_id,
        span_id=call.span_id,
        actor=_actor(redactor, call.actor),
        facts=facts,
        content=content,
        labels=tuple(walk.labels),
        traces=None if phase is Phase.INTENT else redactor.traces(call),
        of=None if phase is Phase.INTENT else call.intent,
    )


def _sorted(redactor: Redactor, given: dict[str, Any], facts: dict[str, Fact]) -> dict[str, Any]:
    """Into `facts` what needs no scan; given back is what does."""
    scanned: dict[str, Any] = {}
    for name, value in given.items():
        if type(value) is str and name not in _PERSON and FACTS.get(name) not in _NUMBERS:
            (facts if name in _FREE else scanned)[name] = value
        elif type(value) is int and FACTS.get(name) == "int":
            facts[name] = value
        elif value is not None:
            with guard("redact.fact"):
                _sort(redactor, name, value, facts, scanned)
    return scanned


def _sort(redactor: Redactor, name: str, value: Any, facts: dict[str, Fact], scanned: dict[str, Any]) -> None:
    """One fact, whatever its type."""
    kind = FACTS.get(name)
    if kind == "int":
        facts[name] = int(value)
    elif kind == "bool":
        facts[name] = bool(value)
    elif name in _PERSON:
        facts[name] = redactor.pseudonym(str(value))
    elif name in _FREE:
        facts[name] = _as_text(value)
    else:
        scanned[name] = value if name in CONTENT else _as_text(value)


def _is_ours(redactor: Redactor, call: Call, texts: dict[str, Any]) -> bool:
    """Whether a record of our own life says only what it always says: a process that does nothing loads no engine.

    Not where a user's own rules might match a word, nor where a word might be a value that was taken out before.
    """
    if call.kind is not Kind.LIFECYCLE or redactor.texts.memory.values or redactor.texts.policy() != Policy():
        return False
    return is_plain(texts)


def _walked(redactor: Redactor, walk: Walk, scanned: dict[str, Any], facts: dict[str, Fact]) -> dict[str, Any]:
    """All texts in one scan; should that fail, nothing of them, and it is said."""
    if redactor.mode == "off":
        return scanned
    with guard("redact.event"):
        walked: dict[str, Any] = walk.value(scanned)
        return walked
    facts["vedette.withheld"] = len(scanned)
    return {}


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else _JSON.encode(value)


def _actor(redactor: Redactor, actor: Actor) -> Actor:
    if actor == Actor():
        return actor
    user, session = redactor.pseudonym(actor.user), redactor.pseudonym(actor.session)
    return Actor(user, session, redactor.text(actor.agent), redactor.text(actor.run))


def _own(call: Call) -> dict[str, str]:
    """Identity of the operation, which is ours and needs no redaction."""
    own = {
        "vedette.event.id": call.event_id,
        "vedette.operation.id": "" if call.operation_id == call.event_id else call.operation_id,
        "vedette.parent.id": call.parent_id,
        "vedette.adopted": call.adopted,
        "vedette.source": call.source,
    }
    return {name: value for name, value in own.items() if value}
