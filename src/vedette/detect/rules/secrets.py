"""A secret where none belongs: in what a model is told, or in what is sent elsewhere. Known by redaction's labels."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.detect.memory import Memory
from vedette.detect.rule import Rule
from vedette.event import Event, Kind

PERSONAL = frozenset({"email", "phone", "card", "iban", "us_ssn", "ip", "id", "withheld"})
HOUR_NS = 3600 * 10**9
_PROMPT = ("/gen_ai.input.messages", "/gen_ai.system_instructions", "/gen_ai.tool.definitions")
_BODY = ("/vedette.http.request.body",)


def _secrets(event: Event, below: tuple[str, ...]) -> dict[str, str]:
    """Digest -> kind of the secrets that were found at these paths."""
    return {
        label.digest: label.kind
        for label in event.labels
        if label.kind not in PERSONAL and label.path.startswith(below)
    }


def _once(name: str, event: Event, memory: Memory, found: dict[str, str]) -> list[str]:
    """Kinds of the secrets that go there for the first time within an hour: a history repeats them with every turn."""
    where = str(event.facts.get("server.address", ""))
    at = event.begin_ns
    return [kind for digest, kind in found.items() if memory.count((name, where, digest), at, HOUR_NS) == 1]


def _prompt(event: Event, memory: Memory) -> Iterable[str]:
    if event.kind is Kind.INFERENCE:
        for kind in _once("prompt", event, memory, _secrets(event, _PROMPT)):
            yield f"a {kind} was sent to {event.facts.get('server.address', 'a model')} in a prompt"


def _request(event: Event, memory: Memory) -> Iterable[str]:
    if event.kind is Kind.EXCHANGE:
        for kind in _once("request", event, memory, _secrets(event, _BODY)):
            yield f"a {kind} was sent to {event.facts.get('server.address', 'a server')} in a request body"


SECRET_IN_PROMPT = Rule(
    "secret-in-prompt", "A secret was sent to a model", "medium", "data_exposure", ("attack.t1552",), _prompt
)
SECRET_IN_REQUEST = Rule(
    "secret-in-request", "A secret left in the body of a request", "high", "exfiltration", ("attack.t1567",), _request
)
