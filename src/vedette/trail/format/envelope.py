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
import os
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
    return functools.partial(orjson.dumps, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)


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


def content_payload(field: str, text: str, salt: bytes | None = None) -> tuple[bytes, bool]:
    """`salt16 || field || 0x00 || content`, and whether a lone surrogate had to be replaced by U+FFFD."""
    try:
        body = text.encode()
        mended = False
    except UnicodeEncodeError:
        body = _whole(text).encode()
        mended = True
    return b"".join((salt or os.urandom(16), field.encode(), b"\x00", body)), mended


def commitment(payload: bytes) -> str:
    return b64u(sha256(b"\x10" + payload).digest())


def split_content(payload: bytes) -> tuple[str, bytes]:
    """Field name and content bytes of a content payload."""
    field, _, body = payload[16:].partition(b"\x00")
    return field.decode(), body


def build(event: Event, head: dict[str, Any], commitments: Mapping[str, Any]) -> dict[str, Any]:
    """The envelope of `event`, made in `head`, which has v s n p t m; empty members are left out.

    A lifecycle record tells of a state, not of an operation: it has neither name nor result.
    """
    kind, phase = event.kind, event.phase
    head["k"] = kind._value_
    head["f"] = phase._value_
    if kind is not _LIFECYCLE:
        if event.name:
            head["e"] = event.name
        if phase is not _INTENT:
            head["r"] = event.result._value_
    if event.of is not None:
        head["of"] = event.of
    if event.begin_ns:
        head["b"] = str(event.begin_ns)
        if phase is not _INTENT:
            head["d"] = event.duration_ns
    if event.trace_id:
        head["tr"] = event.trace_id
    if event.span_id:
        head["sp"] = event.span_id
    if event.actor is not NOBODY and (who := _who(event.actor)):
        head["w"] = who
    if event.facts:
        head["a"] = event.facts
    if commitments:
        head["c"] = commitments
    if event.labels:
        head["q"] = _taken(event.labels)
    return head


def _taken(labels: tuple[Label, ...]) -> dict[str, int]:
    taken: dict[str, int] = {}
    for label in labels:
        taken[label.kind] = taken.get(label.kind, 0) + 1
    return taken


def _who(actor: Actor) -> dict[str, str]:
    user, session, agent, run = actor.user, actor.session, actor.agent, actor.run
    who = {"user": user, "session": session, "agent": agent, "run": run}
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
    whole: dict[str, Any] = mend(envelope, count)
    if count["mended"]:
        whole["a"] = {**whole.get("a", {}), "vedette.mended": count["mended"]}
    return encode(whole)


def mend(value: Any, count: Counter[str]) -> Any:
    """`value` brought into the profile, counting what had to be changed."""
    if isinstance(value, Mapping):
        return {_ascii(str(key), count): mend(each, count) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [mend(each, count) for each in value]
    if isinstance(value, str):
        return _counted(str.__str__(value), _whole(value), count)
    if value is None or isinstance(value, bool):
        return value
    return _number(value, count)


def _number(value: Any, count: Counter[str]) -> int | str:
    """A decimal string where no integer would do; a foreign object, which may do anything, becomes its type's name."""
    if isinstance(value, int) and abs(value) <= MAX_INT:
        return int(value)
    plain = value + 0 if isinstance(value, int | float) else f"<{type(value).__name__}>"
    return _counted(None, str(plain), count)


def _whole(text: str) -> str:
    """`text` with U+FFFD in the place of each lone surrogate."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _ascii(key: str, count: Counter[str]) -> str:
    return _counted(key, key.encode("ascii", "backslashreplace").decode(), count)


def _counted(before: str | None, after: str, count: Counter[str]) -> str:
    count["mended"] += before != after
    return after
