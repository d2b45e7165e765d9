"""The words every room shares: a Call while it is under way and raw, an Event once it is redacted and frozen.

A Call lives on the host's threads and never leaves the process. An Event is all that the trail, the rules and the
signals ever see; only `vedette.redact` makes one, so raw content cannot reach disk or network by a slip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

Fact = str | int | bool


class Kind(str, Enum):
    """What sort of operation an Event tells of (docs/decisions/0006; `k` in the trail)."""

    INFERENCE = "inference"
    TOOL = "tool"
    AGENT = "agent"
    RETRIEVAL = "retrieval"
    EXCHANGE = "exchange"
    PROCESS = "process"
    CONNECTION = "connection"
    INPUT = "input"
    OUTPUT = "output"
    AUTH = "auth"
    CHANGE = "change"
    FINDING = "finding"
    LIFECYCLE = "lifecycle"

    __str__ = str.__str__


class Phase(str, Enum):
    """`intent` is written before the effect, `outcome` after it; `single` is all there is."""

    INTENT = "intent"
    OUTCOME = "outcome"
    SINGLE = "single"

    __str__ = str.__str__


class Result(str, Enum):
    """How an operation ended (`vedette.outcome`, `r` in the trail)."""

    OK = "ok"
    ERROR = "error"
    DENIED = "denied"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    UNKNOWN = "unknown"

    __str__ = str.__str__


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting. On a Call the values are raw, on an Event user and session are keyed pseudonyms."""

    user: str = ""
    session: str = ""
    agent: str = ""
    run: str = ""


NOBODY = Actor()


@dataclass(frozen=True, slots=True)
class Body:
    """What a tap kept of one body: its head, its tail, and how many bytes were not kept in between.

    `size` counts every byte that went by, `sha256` (hex) is over all of them and set only where something was not kept.
    """

    head: bytes = b""
    tail: bytes = b""
    size: int = 0
    sha256: str = ""

    @property
    def whole(self) -> bool:
        return self.size == len(self.head)


Pairs = tuple[tuple[str | bytes, str | bytes], ...]


@dataclass(slots=True)
class Wire:
    """The bytes of one HTTP exchange as a tap saw them; read on the line, never on the host's thread.

    Headers are names and values as the client has them, text or bytes of Latin-1, in the order of the wire.
    """

    method: str
    url: str
    request_headers: Pairs = ()
    request: Body = Body()
    status: int = 0
    response_headers: Pairs = ()
    response: Body = Body()
    first_byte_ns: int = 0  # since the Call began; 0 = no byte came
    decoded: bool = False  # the client had already undone the content encoding (aiohttp)
    response_sent: int = 0  # bytes of that body as sent, where the client says so
    framing: str = ""  # "http1": bodies still carry heads and chunk framing (http.client)


@dataclass(slots=True)
class Call:
    """One operation under way, raw. Facts are keyed as in `names.FACTS`; content is among them, under its own name.

    `begin_ns` is wall-clock time; `clock_ns` is the monotonic clock at the same moment, from which `duration_ns` is
    measured; `thread` is the number of the one that it began in. `span` is ours to end, or None; `adopted` names the
    scope of a foreign span that already tells of this operation. `key` tells a Call from itself when one woven function
    calls another with the same arguments.
    """

    kind: Kind
    name: str
    source: str
    facts: dict[str, Any] = field(default_factory=dict)
    actor: Actor = NOBODY
    event_id: str = ""
    operation_id: str = ""
    parent_id: str = ""
    trace_id: str = ""
    span_id: str = ""
    begin_ns: int = 0
    clock_ns: int = 0
    duration_ns: int = 0
    result: Result = Result.UNKNOWN
    thread: int = 0
    key: tuple[int, ...] = ()
    span: Any = None
    adopted: str = ""
    intent: int | None = None
    wire: Wire | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """What redaction took out of one place. `digest` is a keyed HMAC, equal for equal values; `path` a JSON pointer.

    `rule` is the id of the rule that found it, `name` (a secret's name stood by it) or `memory` (it was seen before);
    `group` says what sort of rule: `token` (known by its looks), `context`, `keyvalue`, `pii`, `name`, `memory`.
    `tier` is `alert` where it is surely a secret, worth a finding, and `redact` where it may be one.
    """

    kind: str
    digest: str
    path: str
    rule: str = ""
    group: str = ""
    tier: str = "redact"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where something could be sent to, named in a text: keyed digests of it and of its host, and how it stood there.

    `whole`: the text was nothing else. `instruction`, `imperative`: the text spoke to an agent, or told it to do.
    """

    kind: str
    digest: str
    host: str
    path: str
    whole: bool
    instruction: bool
    imperative: bool


_RUN = 8
"""Words of the longest run."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What detection knows of the raw texts of an operation (detection.md 2.7). In this process's memory only, and the
    numbers in it are equal for equal words in this process only.

    `spoken`: the words of texts that speak to an agent, from which `runs` makes those of one to eight words; `values`:
    (path, digest) of each argument as a whole, equal to the run of the same words. `effects`: what the user's request
    speaks of, as bits in the order of `names.EFFECTS`. `shingles`: of results; `sent`: of what goes out, in all its
    wrappings.
    """

    destinations: tuple[Destination, ...] = ()
    spoken: tuple[tuple[int, ...], ...] = ()
    values: tuple[tuple[str, int], ...] = ()
    effects: int = 0
    shingles: frozenset[int] = frozenset()
    sent: frozenset[int] = frozenset()

    def runs(self) -> frozenset[int]:
        """Made when a rule asks: eight numbers a word."""
        return frozenset(
            hash(words[at : at + length])
            for words in self.spoken
            for at in range(len(words))
            for length in range(1, min(_RUN, len(words) - at) + 1)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The same operation redacted, frozen and canonical. `content` maps a field to its redacted text (JSON or plain).

    `of` is the sequence number of this outcome's intent record. `traces` are for detection and are not recorded.
    """

    kind: Kind
    name: str
    phase: Phase = Phase.SINGLE
    result: Result = Result.OK
    begin_ns: int = 0
    duration_ns: int = 0
    trace_id: str = ""
    span_id: str = ""
    actor: Actor = NOBODY
    facts: Mapping[str, Fact] = field(default_factory=dict)
    content: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[Label, ...] = ()
    traces: Traces | None = None
    of: int | None = None


class Ack(NamedTuple):
    """The place of one record in the trail: what `append` returns once the record would survive a SIGKILL."""

    stream: str
    n: int
