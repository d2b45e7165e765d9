"""What a tool returned leaves to where nobody asked for it to go (detection.md 2.2 and 3).

A source is a result from which redaction took something: it held a secret or somebody's data. It is known again in what
leaves by two fingerprints or more, whatever it is wrapped in. A destination is expected if the user named it, if it
stood alone in a field of a result, or if it was used before the data was read.

Not seen: data that was paraphrased, reversed, split below six words, or sent to a model; what another process read.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from vedette.detect.flows import Flows, Source, places
from vedette.detect.memory import Memory
from vedette.detect.rule import Rule, finding
from vedette.event import Destination, Event, Kind

HOUR_NS = 3600 * 10**9
_RESULTS = (
    "/gen_ai.tool.call.result",
    "/gen_ai.retrieval.documents",
    "/gen_ai.memory.records",
    "/vedette.http.response.body",
)
_ASKED = "/gen_ai.input.messages"
_GIVEN = {
    Kind.TOOL: "/gen_ai.tool.call.arguments",
    Kind.PROCESS: "/process.command_args",
    Kind.EXCHANGE: "/url.full",
}


def _planted(event: Event, memory: Memory) -> Iterable[Event]:
    """The first of the two: it looks before either notes."""
    for source, place in _sent(event, memory.flows):
        if place in memory.flows.planted and _is_first(event, memory, place):
            message = f"{_what(source)} was sent to {_where(event)}, a place that only a text it read had named"
            yield finding(DATA_TO_PLANTED, event, message, confidence=90, evidence=_evidence(source, event))


def _new(event: Event, memory: Memory) -> Iterable[Event]:
    for source, place in _sent(event, memory.flows):
        if _is_first(event, memory, place):
            message = f"{_what(source)} was sent to {_where(event)}, where nothing had been sent before it was read"
            yield finding(DATA_TO_NEW, event, message, confidence=50, evidence=_evidence(source, event))
    _note(event, memory.flows)


def _sent(event: Event, flows: Flows) -> Iterator[tuple[Source, str]]:
    """(source, digest of the place) of what leaves with this Event and was not expected to."""
    if event.traces is None or not event.traces.sent or _is_here(event):
        return
    going = {place for each in _given(event) for place in places(each)}
    if going:
        for source in flows.sources(event.traces.sent):
            yield from ((source, place) for place in sorted(going) if not flows.is_expected(place, source))


def _given(event: Event) -> Iterator[Destination]:
    """The destinations that an operation has: not those that a text it sends speaks of."""
    path = _GIVEN.get(event.kind)
    if path and event.traces is not None:
        for each in event.traces.destinations:
            if each.path.startswith(path) and (each.whole or event.kind is Kind.PROCESS):
                yield each


def _note(event: Event, flows: Flows) -> None:
    traces = event.traces
    if traces is None:
        return
    flows.order += 1
    flows.note_read(each for each in traces.destinations if each.path.startswith(_RESULTS))
    asked = [each for each in traces.destinations if each.path.startswith(_ASKED)]
    flows.named.add((digest for each in asked for digest in (each.digest, each.host)), flows.order)
    flows.used.add((place for each in _given(event) for place in places(each)), flows.order)
    if traces.shingles and any(label.path.startswith(_RESULTS) for label in event.labels):
        flows.keep(str(event.facts.get("vedette.event.id", "")), _name(event), traces.shingles)


def _is_here(event: Event) -> bool:
    """Whether it goes to this machine only."""
    host = str(event.facts.get("server.address", ""))
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_first(event: Event, memory: Memory, place: str) -> bool:
    return memory.first(("lineage", place), event.begin_ns, HOUR_NS)


def _evidence(source: Source, event: Event) -> list[str]:
    return [source.id, str(event.facts.get("vedette.event.id", ""))]


def _what(source: Source) -> str:
    return f"what {source.name} returned"


def _name(event: Event) -> str:
    return str(event.facts.get("gen_ai.tool.name") or event.facts.get("server.address") or event.kind)


def _where(event: Event) -> str:
    if event.kind is Kind.TOOL:
        return f"an argument of {_name(event)}"
    return str(event.facts.get("server.address") or event.facts.get("process.executable.name") or "a process")


DATA_TO_PLANTED = Rule(
    id="data-to-planted-destination",
    title="Sensitive data was sent where only an untrusted text said to",
    level="high",
    tags=("attack.exfiltration", "attack.t1567"),
    see=_planted,
)
DATA_TO_NEW = Rule(
    id="data-to-new-destination",
    title="Sensitive data was sent to a destination not seen before it was read",
    level="medium",
    tags=("attack.exfiltration", "attack.t1567"),
    see=_new,
)
