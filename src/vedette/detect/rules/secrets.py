"""A secret where none belongs: in what a model is told, in what is sent to a stranger, in a tool's arguments.

Known by the labels that redaction left. A history repeats a prompt with every turn, and a client its request: the same
secret to the same place is told once an hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vedette.detect.memory import Memory
from vedette.detect.rule import Rule, finding
from vedette.event import Event, Kind, Label

_SECRET = ("token", "context")
"""Groups of labels known by the looks of the secret, or by what stands beside it; all else is a form that logs in,
rightly, or personal."""

_ISSUERS = """
anthropic anthropic.com
atlassian atlassian.com atlassian.net
discord discord.com discordapp.com
docker docker.com docker.io
github github.com
gitlab gitlab.com
google googleapis.com google.com
grafana grafana.com grafana.net
huggingface huggingface.co
notion notion.com
npm npmjs.org npmjs.com
openai openai.com
pypi pypi.org
sentry sentry.io
slack slack.com
stripe stripe.com
telegram telegram.org
"""
ISSUERS = {first: tuple(hosts) for first, *hosts in map(str.split, _ISSUERS.strip().splitlines())}
"""First word of a label's kind -> hosts of who gave that secret out: to them it is a login, not a leak."""

HOUR_NS = 3600 * 10**9
_PROMPT = ("/gen_ai.input.messages", "/gen_ai.system_instructions", "/gen_ai.tool.definitions")
_REQUEST = ("/vedette.http.request.body", "/url.full")
_ARGUMENTS = ("/gen_ai.tool.call.arguments",)


def _secrets(event: Event, memory: Memory, below: tuple[str, ...]) -> Iterator[Label]:
    """The secrets at these paths that are told of for the first time there within an hour."""
    where = str(event.facts.get("server.address", ""))
    for label in event.labels:
        if label.path.startswith(below) and _confidence(label):
            key = ("secret", event.kind.value, where, label.digest)
            if memory.first(key, event.begin_ns, HOUR_NS):
                yield label


def _confidence(label: Label) -> int:
    """How surely it is a secret: by format and check characters; by format; by the name it stands under; not at all."""
    if label.group == "token" or (label.group == "context" and label.tier == "alert"):
        return 90 if label.tier == "alert" else 60
    return 60 if label.group == "name" or label.tier == "alert" else 0


def _to_issuer(label: Label, event: Event) -> bool:
    host = f".{event.facts.get('server.address', '')}".lower()
    return host.endswith(tuple(f".{each}" for each in ISSUERS.get(label.kind.partition("_")[0], ())))


def _token(label: Label) -> str:
    """As it stands in the redacted texts, so that both can be found together."""
    return f"[{label.kind}:{label.digest}]"


def _prompt(event: Event, memory: Memory) -> Iterable[Event]:
    if event.kind is Kind.INFERENCE:
        for label in _secrets(event, memory, _PROMPT):
            message = (
                f"a secret was sent to {event.facts.get('server.address', 'a model')} in a prompt: {_token(label)}"
            )
            yield finding(SECRET_IN_PROMPT, event, message, confidence=_confidence(label))


def _request(event: Event, memory: Memory) -> Iterable[Event]:
    if event.kind is Kind.EXCHANGE:
        for label in _secrets(event, memory, _REQUEST):
            if label.group in _SECRET and not _to_issuer(label, event):
                message = f"a secret was sent to {event.facts.get('server.address', 'a server')}: {_token(label)}"
                yield finding(SECRET_IN_REQUEST, event, message, confidence=_confidence(label) - 10)


def _arguments(event: Event, memory: Memory) -> Iterable[Event]:
    if event.kind is Kind.TOOL:
        for label in _secrets(event, memory, _ARGUMENTS):
            if label.group in _SECRET:
                message = f"a secret was given to the tool {event.facts.get('gen_ai.tool.name', '')}: {_token(label)}"
                yield finding(SECRET_IN_ARGUMENTS, event, message, confidence=_confidence(label) - 10)


SECRET_IN_PROMPT = Rule(
    id="secret-in-prompt",
    title="A secret was sent to a model",
    level="medium",
    tags=("attack.credential-access", "attack.t1552"),
    see=_prompt,
)
SECRET_IN_REQUEST = Rule(
    id="secret-in-request",
    title="A secret was sent to somebody who did not issue it",
    level="high",
    tags=("attack.exfiltration", "attack.t1567"),
    see=_request,
)
SECRET_IN_ARGUMENTS = Rule(
    id="secret-in-arguments",
    title="A model put a secret into the arguments of a tool",
    level="medium",
    tags=("attack.credential-access", "attack.t1552"),
    see=_arguments,
)
