"""The record: an Event as one line of canonical JSON, its hashes, and the commitments to its content.

Canonical profile: ASCII keys, sorted, no space; strings, integers of at most 53 bits, booleans, null, arrays, objects;
no floats. Within it `orjson` with sorted keys, the standard `json` and RFC 8785 give the same bytes, so orjson is only
an accelerator. What is outside the profile is mended, and how often stands in the fact `vedette.mended`.
"""

from __future__ import annotations

import base64
import functools
import importlib
import json
from binascii import b2a_base64
from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from vedette.event import NOBODY, Actor, Event, Kind, Label, Phase

MAX_INT = 2**53 - 1
_PLAIN = frozenset((str, int, bool))
_NO_FACTS: dict[str, Any] = {}
_LIFECYCLE, _INTENT = Kind.LIFECYCLE, Phase.INTENT  # each look at an Enum's class costs a tenth of a microsecond
_URLSAFE = bytes.maketrans(b"+/", b"-_")


@functools.lru_cache(maxsize=1)
def _encoder() -> Callable[[Any], bytes]:
    """orjson where the host has it. Late on purpose: importing it costs 12 ms (law 7)."""
    try:
        orjson = importlib.import_module("orjson")
    except ImportError:
        return _strict
    dumps, options = orjson.dumps, orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
    return lambda value: dumps(value, None, options)  # quicker than a partial with a keyword


_dumps = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode


def standard(value: Any) -> bytes:
    """Canonical bytes by the standard library alone."""
    return _dumps(value).encode()


def _strict(value: Any) -> bytes:
    """The same, and as strict as orjson: `TypeError` for an integer of more than 53 bits in an envelope."""
    line = value if isinstance(value, dict) else _NO_FACTS
    numbers = [*line.get("a", _NO_FACTS).values(), line.get("d", 0), line.get("n", 0)]
    if not all(-MAX_INT <= each <= MAX_INT for each in numbers if isinstance(each, int)):
        raise TypeError("an integer of more than 53 bits")
    return standard(value)


def encode(value: Any) -> bytes:
    """Canonical bytes of a value that is within the profile."""
    return _encoder()(value)


def b64u(data: bytes) -> str:
    """base64url without padding (RFC 4648, section 5)."""
    return b2a_base64(data, newline=False).translate(_URLSAFE, b"=").decode()


def unb64u(text: str) -> bytes:
    """The bytes of `b64u`; `ValueError` for anything else, also for another spelling of the same bytes."""
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if b64u(raw) != text:
        raise ValueError("not the one spelling that base64url has for it")
    return raw


def genesis(stream: bytes) -> bytes:
    """What stands for the leaf before the first one; `stream` is raw, 16 bytes."""
    return sha256(b"vedette trail 1\n" + stream).digest()


def commitment(payload: bytes) -> str:
    return b64u(sha256(b"\x10" + payload).digest())


def split_content(payload: bytes) -> tuple[str, bytes]:
    """Field name and content bytes of a content payload."""
    field, _, body = payload[16:].partition(b"\x00")
    return field.decode(), body


Head = tuple[str, int, bytes, int, int]
"""Where a record stands: stream, n, the leaf before it, the wall clock, and the age of the stream; times in ns."""


def build(event: Event, head: Head, commitments: Mapping[str, Any]) -> dict[str, Any]:
    """The envelope of `event`. Empty members are left out; in the order of the profile there is nothing to sort.

    A lifecycle record tells of a state, not of an operation: it has neither name nor result.
    """
    stream, n, leaf, wall, age = head
    phase, begun = event.phase, event.begin_ns
    ends = phase is not _INTENT
    acts = event.kind is not _LIFECYCLE
    envelope: dict[str, Any] = {}
    if event.facts:
        envelope["a"] = event.facts
    if begun:
        envelope["b"] = str(begun)
    if commitments:
        envelope["c"] = commitments
    if begun and ends:
        envelope["d"] = event.duration_ns
    if acts and event.name:
        envelope["e"] = event.name
    envelope["f"] = phase._value_
    envelope["k"] = event.kind._value_
    envelope["m"] = str(age)
    envelope["n"] = n
    if event.of is not None:
        envelope["of"] = event.of
    envelope["p"] = b64u(leaf)
    if event.labels:
        envelope["q"] = _taken(event.labels)
    if acts and ends:
        envelope["r"] = event.result._value_
    envelope["s"] = stream
    if event.span_id:
        envelope["sp"] = event.span_id
    envelope["t"] = str(wall)
    if event.trace_id:
        envelope["tr"] = event.trace_id
    envelope["v"] = 1
    if event.actor is not NOBODY and (who := _who(event.actor)):
        envelope["w"] = who
    return envelope


def _taken(labels: tuple[Label, ...]) -> dict[str, int]:
    taken: dict[str, int] = {}
    for label in labels:
        taken[label.kind] = taken.get(label.kind, 0) + 1
    return taken


def _who(actor: Actor) -> dict[str, str]:
    user, session, agent, run = actor.user, actor.session, actor.agent, actor.run
    who = {"agent": agent, "run": run, "session": session, "user": user}
    return who if user and session and agent and run else {name: value for name, value in who.items() if value}


def record(envelope: dict[str, Any], mended: int = 0) -> bytes:
    """Canonical bytes, the leaf. `mended` is what its content already needed."""
    facts = envelope.get("a", _NO_FACTS)
    if not mended and _PLAIN.issuperset(map(type, facts.values())):
        try:
            raw: bytes = _encoder()(envelope)
            if raw.isascii() or "".join(facts).isascii():
                return raw
        except (TypeError, UnicodeEncodeError):
            pass  # a lone surrogate or an integer of more than 53 bits: mended below
    count = Counter(mended=mended)
    sound: dict[str, Any] = mend(envelope, count)
    if count["mended"]:
        sound["a"] = {**sound.get("a", {}), "vedette.mended": count["mended"]}
    return encode(sound)


def mend(value: Any, count: Counter[str]) -> Any:
    """`value` brought into the profile, counting what had to be changed."""
    if isinstance(value, Mapping):
        return {_ascii(str(key), count): mend(each, count) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [mend(each, count) for each in value]
    if isinstance(value, str):
        return _counted(str.__str__(value), whole(value), count)
    if value is None or isinstance(value, bool):
        return value
    return _number(value, count)


def _number(value: Any, count: Counter[str]) -> int | str:
    """A decimal string where no integer would do; a foreign object, which may do anything, becomes its type's name."""
    if isinstance(value, int) and abs(value) <= MAX_INT:
        return int(value)
    plain = value + 0 if isinstance(value, int | float) else f"<{type(value).__name__}>"
    return _counted(None, str(plain), count)


def whole(text: str) -> str:
    """`text` with U+FFFD in the place of each lone surrogate."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _ascii(key: str, count: Counter[str]) -> str:
    return _counted(key, key.encode("ascii", "backslashreplace").decode(), count)


def _counted(before: str | None, after: str, count: Counter[str]) -> str:
    count["mended"] += before != after
    return after
