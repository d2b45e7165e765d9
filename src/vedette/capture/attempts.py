"""Attempts of one operation: SDK retries and redirect hops are exchanges of their own, tied by one operation id."""

from __future__ import annotations

import threading
from collections import OrderedDict
from urllib.parse import urljoin, urlsplit

from vedette.capture.protocols.exchange import Side
from vedette.event import Call, Wire

_CREDENTIALS = ("authorization", "x-api-key", "api-key", "x-goog-api-key")
"""Not cookies: a client chooses those by the new host's own."""


class Attempts:
    """Remembers the newest exchanges by what would be sent again; bounded."""

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._sent: OrderedDict[tuple[str, str, int], str] = OrderedDict()
        self._hops: OrderedDict[str, tuple[str, str, int]] = OrderedDict()
        self._lock = threading.Lock()

    def tie(self, call: Call, wire: Wire, asked: Side, answered: Side) -> None:
        """Give a retry or a hop the operation id of the first attempt, and say what it is."""
        key = (wire.method, wire.url, hash(asked.body))
        with self._lock:
            again = _retry_count(asked.headers)
            if again:
                call.facts["http.request.resend_count"] = again
                call.operation_id = self._sent.get(key, call.operation_id)
            self._follow(call, wire, asked)
            self._sent[key] = call.operation_id
            self._lead(call, wire, answered)
            for known in (self._sent, self._hops):
                while len(known) > self._most:
                    known.popitem(last=False)

    def _follow(self, call: Call, wire: Wire, asked: Side) -> None:
        """Is this where an earlier answer pointed to?"""
        hop = self._hops.pop(wire.url, None)
        if hop is None:
            return
        call.operation_id, origin, count = hop
        call.facts["vedette.http.redirect.from"] = origin
        call.facts["http.request.resend_count"] = count
        crossed = urlsplit(origin).netloc != urlsplit(wire.url).netloc
        if crossed:
            call.facts["vedette.http.credential_forwarded"] = any(name in asked.headers for name in _CREDENTIALS)

    def _lead(self, call: Call, wire: Wire, answered: Side) -> None:
        location = answered.headers.get("location", "")
        if 300 <= wire.status < 400 and location:
            count = int(call.facts.get("http.request.resend_count", 0)) + 1
            self._hops[urljoin(wire.url, location)] = (call.operation_id, wire.url, count)


def _retry_count(headers: dict[str, str]) -> int:
    """How often the SDK says that it has sent this before: `x-stainless-retry-count`, or botocore's `attempt=n`."""
    said = headers.get("x-stainless-retry-count", "")
    if said.isdigit():
        return int(said)
    fields = dict(part.strip().partition("=")[::2] for part in headers.get("amz-sdk-request", "").split(";"))
    attempt = fields.get("attempt", "")
    return int(attempt) - 1 if attempt.isdigit() else 0
