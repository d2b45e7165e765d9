"""The record: an Event as one line of canonical JSON, its leaf hash, and the commitments to its content.

Canonical profile: ASCII keys, sorted, no space; strings, integers of at most 53 bits, booleans, null, arrays, objects; no
floats. Within it `orjson` with sorted keys, the standard `json` and RFC 8785 give the same bytes, so orjson is only an
accelerator. Size: 8 KiB is aimed at; facts beyond it move into a content field, committed to like any other.
"""

from __future__ import annotations

import base64
import functools
import importlib
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from vedette.event import Event, Kind, Phase

AIM = 8 * 1024
MAX_INT = 2**53 - 1
MAX_CONTENT = 1024 * 1024
_KEPT = ("vedette.", "gen_ai.operation.name", "gen_ai.tool.name", "error.type", "http.request.method", "server.address")


@functools.lru_cache(maxsize=1)
def _encoder() -> Callable[[Any], bytes]:
    """orjson where the host has it. Late on purpose: importing it costs 12 ms (law 7)."""
    try:
        orjson = importlib.import_module("orjson")
    except ImportError:
        return _standard
    return functools.partial(orjson.dumps, option=orjson.OPT_SORT_KEYS)


def _standard(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def encode(value: Any) -> bytes:
    """Canonical bytes of a value that is within the profile."""
    return _encoder()(value)


def b64u(data: bytes) -> str:
    """base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def genesis(stream: bytes) -> bytes:
    """What stands for the leaf before the first one."""
    return sha256(b"vedette trail 1\n" + stream).digest()


def content_payload(field: str, text: str, salt: bytes | None = None) -> bytes:
    """`salt16 || field || 0x00 || content`. A fresh salt, because content is often guessable."""
    body = text.encode("utf-8", "replace")
    return (salt or os.urandom(16)) + field.encode() + b"\x00" + body


def commitment(payload: bytes) -> str:
    return b64u(sha256(b"\x10" + payload).digest())


def split_content(payload: bytes) -> tuple[str, bytes]:
    """Field name and content bytes of a content payload."""
    field, _, body = payload[16:].partition(b"\x00")
    return field.decode(), body


def build(event: Event, head: Mapping[str, Any], committed: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The envelope of `event`; `head` has v s n p t m, `committed` field -> [commitment, size]. Empty members are left out.

    The birth of a stream and its kin have no result and no duration: they are states, not operations.
    """
    envelope: dict[str, Any] = {**head, "k": event.kind.value, "f": event.phase.value}
    operation = event.kind is not Kind.LIFECYCLE
    if operation and event.name:
        envelope["e"] = event.name
    if operation and event.phase is not Phase.INTENT:
        envelope["r"] = event.result.value
    if event.of is not None:
        envelope["of"] = event.of
    if event.begin_ns:
        envelope["b"] = str(event.begin_ns)
    if event.duration_ns:
        envelope["d"] = event.duration_ns
    if event.trace_id:
        envelope["tr"] = event.trace_id
    if event.span_id:
        envelope["sp"] = event.span_id
    actor = event.actor
    who = {"user": actor.user, "session": actor.session, "agent": actor.agent, "run": actor.run}
    for key, value in (("w", {k: v for k, v in who.items() if v}), ("a", dict(event.facts)), ("c", dict(committed))):
        if value:
            envelope[key] = value
    if event.labels:
        envelope["q"] = dict(Counter(label.kind for label in event.labels))
    return envelope


def mend(value: Any, count: Counter[str]) -> Any:
    """`value` brought into the profile, counting what had to be changed."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > MAX_INT):
        count["mended"] += 1
        return repr(value)
    if isinstance(value, str):
        mended = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        count["mended"] += mended != value
        return mended
    if isinstance(value, dict):
        return {mend(key, count): mend(each, count) for key, each in value.items()}
    return [mend(each, count) for each in value] if isinstance(value, list) else value


def _fits(facts: Mapping[str, Any]) -> bool:
    return all(
        type(value) is not float and (type(value) is not int or -MAX_INT <= value <= MAX_INT)
        for value in facts.values()
    )


def sealed(envelope: dict[str, Any]) -> bytes:
    """Canonical bytes; what is outside the profile is mended and counted in the fact `vedette.mended`."""
    facts = envelope.get("a", {})
    if _fits(facts):
        try:
            return encode(envelope)
        except (TypeError, UnicodeEncodeError):
            pass  # lone surrogates: mended below
    count: Counter[str] = Counter()
    mended = mend(envelope, count)
    mended.setdefault("a", {})["vedette.mended"] = count["mended"]
    return encode(mended)


def overflow(facts: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The facts that stay in an envelope that grew too large, and all of them as text for the content field `facts`."""
    kept = {
        name: value
        for name, value in facts.items()
        if name.startswith(_KEPT) and (not isinstance(value, str) or len(value) <= 256)
    }
    return kept, json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)
