"""Attempts of one operation: SDK retries and redirect hops are exchanges of their own, tied by one operation id."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from vedette import locks
from vedette.capture.protocols.exchange import Side
from vedette.event import Call, Result, Wire

_CREDENTIALS = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
"""Not cookies: a client chooses those by the new host's own."""

AT_ONCE = 2_000_000_000
"""A redirect is followed within so many nanoseconds, or it is not known to have been: any client may come by later."""


@dataclass(frozen=True, slots=True)
class _Hop:
    """Where an answer pointed to, and from where."""

    operation_id: str
    origin: str
    count: int
    ended_ns: int


class Attempts:
    """Remembers the newest exchanges by what would be sent again, and from inside which Call; bounded.

    Known sad path: of two equal operations side by side, an attempt of one may be told as one of the other.
    """

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._failed: OrderedDict[tuple[object, ...], list[str]] = OrderedDict()
        self._hops: OrderedDict[tuple[str, str], _Hop] = OrderedDict()
        self._lock = locks.lock()

    def tie(self, call: Call, wire: Wire, asked: Side, answered: Side) -> None:
        """Give a retry or a hop the operation id of the first attempt, and say what it is."""
        what = (call.parent_id, wire.method, wire.url, hash(asked.body))
        with self._lock:
            again = _retry_count(asked.headers)
            if again:
                call.facts["http.request.resend_count"] = again
                call.operation_id = self._before((*what, again - 1)) or call.operation_id
            self._follow(call, wire, asked)
            if wire.status >= 400 or call.result is Result.ERROR:
                self._failed.setdefault((*what, again), []).append(call.operation_id)
            self._lead(call, wire, answered)
            self._forget()

    def _before(self, key: tuple[object, ...]) -> str:
        """The operation of the oldest attempt that failed and was not sent again yet: each is sent again once."""
        waiting = self._failed.get(key)
        if not waiting:
            return ""
        found = waiting.pop(0)
        if not waiting:
            del self._failed[key]
        return found

    def _follow(self, call: Call, wire: Wire, asked: Side) -> None:
        """Is this where an earlier answer pointed to, just before?"""
        hop = self._hops.pop((call.parent_id, wire.url), None)
        if hop is None or call.begin_ns - hop.ended_ns > AT_ONCE:
            return
        call.operation_id = hop.operation_id
        call.facts["vedette.http.redirect.from"] = hop.origin
        call.facts["http.request.resend_count"] = hop.count
        if urlsplit(hop.origin).netloc != urlsplit(wire.url).netloc:
            call.facts["vedette.http.credential_forwarded"] = any(name in asked.headers for name in _CREDENTIALS)

    def _lead(self, call: Call, wire: Wire, answered: Side) -> None:
        location = answered.headers.get("location", "")
        if 300 <= wire.status < 400 and location:
            count = int(call.facts.get("http.request.resend_count", 0)) + 1
            target = urljoin(wire.url, location).partition("#")[0]  # RFC 9110, 10.2.2: a fragment is not sent
            ended = call.begin_ns + call.duration_ns
            self._hops[call.parent_id, target] = _Hop(call.operation_id, wire.url, count, ended)

    def _forget(self) -> None:
        while len(self._failed) > self._most:
            self._failed.popitem(last=False)
        while len(self._hops) > self._most:
            self._hops.popitem(last=False)


def _retry_count(headers: dict[str, str]) -> int:
    """How often the SDK says that it has sent this before: `x-stainless-retry-count`, or botocore's `attempt=n`."""
    said = headers.get("x-stainless-retry-count", "")
    if said.isdigit():
        return int(said)
    fields = dict(part.strip().partition("=")[::2] for part in headers.get("amz-sdk-request", "").split(";"))
    attempt = fields.get("attempt", "")
    return int(attempt) - 1 if attempt.isdigit() else 0
