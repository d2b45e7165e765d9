"""What an exchange was, whatever it carried: its two bodies, decoded, and its sizes."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from vedette.capture.protocols.encoding import decoded
from vedette.capture.protocols.http1 import dechunk, dechunk_tail, split_head
from vedette.event import Body, Pairs, Wire

_TEXT = ("text/", "application/json", "application/x-www-form-urlencoded", "application/xml", "application/x-ndjson",
         "application/graphql")  # fmt: skip
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)")

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an exchange: headers, and the body after transfer and content decoding (None = not decodable).

    `whole`: nothing was left out; otherwise `tail` is what was kept of the end, empty where the end is of no use.
    """

    headers: Headers
    body: bytes | None
    tail: bytes = b""
    whole: bool = True


def request_side(wire: Wire) -> Side:
    headers, head = _headers(wire.request_headers), wire.request.head
    if wire.framing == "http1":
        pairs, head = split_head(head)
        headers = _headers(pairs)
    return _side(wire, headers, head, wire.request, decode=True)


def response_side(wire: Wire) -> Side:
    return _side(wire, _headers(wire.response_headers), wire.response.head, wire.response, decode=not wire.decoded)


def _side(wire: Wire, headers: Headers, head: bytes, body: Body, *, decode: bool) -> Side:
    tail = body.tail
    if wire.framing == "http1" and "chunked" in headers.get("transfer-encoding", "").lower():
        head, tail = dechunk(head), dechunk_tail(tail)
    encodings = headers.get("content-encoding", "").strip() if decode else ""
    if encodings:
        tail = b""  # the end of a compressed body is noise
    return Side(headers, decoded(head, encodings), tail, body.whole)


def _headers(pairs: Pairs) -> Headers:
    """By lower-case name; a header that stands more than once is one list (RFC 9110, 5.3)."""
    headers: Headers = {}
    for given, said in pairs:
        name, value = _name(given), said if isinstance(said, str) else said.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


@functools.lru_cache(maxsize=512)
def _name(given: str | bytes) -> str:
    return (given if isinstance(given, str) else given.decode("latin-1")).lower()


def is_text(headers: Headers) -> bool:
    kind = headers.get("content-type", "").lower()
    return kind.startswith(_TEXT) or "+json" in kind or "+xml" in kind


def body_text(side: Side) -> str | None:
    """The body as text, where it is text; a middle or an end that was not kept is marked."""
    if not side.body or not is_text(side.headers):
        return None
    charset = _CHARSET.search(side.headers.get("content-type", "").lower())
    whole = side.body if side.whole else side.body + b"\n[...]\n" + side.tail
    try:
        return whole.decode(charset[1] if charset else "utf-8", "replace")
    except (LookupError, UnicodeError):  # no such charset, or one that is none of text
        return whole.decode("utf-8", "replace")


def sizes(wire: Wire, request: Side, response: Side) -> dict[str, object]:
    """Body sizes as sent (after transfer decoding, before content decoding), and digests of what was not kept.

    Of a body with HTTP/1.1 framing that is not whole, or is encoded, the size counts the framing too.
    """
    facts: dict[str, object] = {
        "http.request.body.size": _size(wire, wire.request, request),
        "http.response.body.size": _sent(wire, response) or _size(wire, wire.response, response),
    }
    if wire.response.whole and response.body is not None and len(response.body) != facts["http.response.body.size"]:
        facts["vedette.http.decoded.size"] = len(response.body)
    if wire.response.sha256 or wire.request.sha256:
        facts["vedette.body.truncated"] = True
        facts["vedette.body.sha256"] = wire.response.sha256 or wire.request.sha256
    return facts


def _sent(wire: Wire, response: Side) -> int:
    """The size of a body whose encoding the client had undone, as it says or as the server announced; 0 = unknown."""
    if not wire.decoded or "content-encoding" not in response.headers or not wire.response.size:
        return 0
    announced = response.headers.get("content-length", "")
    return wire.response_sent or (int(announced) if announced.isdecimal() else 0)


def _size(wire: Wire, body: Body, side: Side) -> int:
    if wire.framing != "http1" or not body.whole or "content-encoding" in side.headers:
        return body.size
    return len(side.body or b"")
