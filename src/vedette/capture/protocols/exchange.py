"""What an exchange was, whatever it carried: its two bodies, decoded, and its sizes."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.capture.protocols.encoding import decoded
from vedette.capture.protocols.framing import dechunk, split_head
from vedette.event import Body, Wire

_TEXT = ("text/", "application/json", "application/x-www-form-urlencoded", "application/xml", "application/x-ndjson",
         "application/graphql")  # fmt: skip

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an exchange: headers, and the body after transfer and content decoding (None = not decodable).

    `tail` is what was kept of the end of a body whose middle was not; empty where the body is whole.
    """

    headers: Headers
    body: bytes | None
    tail: bytes = b""


def request_side(wire: Wire) -> Side:
    headers, body = dict(wire.request_headers), wire.request.head
    if wire.framing == "http1":
        pairs, body = split_head(body)
        headers = dict(pairs)
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = dechunk(body)
    return Side(headers, decoded(body, headers.get("content-encoding", "")), wire.request.tail)


def response_side(wire: Wire) -> Side:
    headers, body = dict(wire.response_headers), wire.response.head
    if wire.framing == "http1" and headers.get("transfer-encoding", "").lower() == "chunked":
        body = dechunk(body)
    encodings = "" if wire.decoded else headers.get("content-encoding", "")
    tail = b"" if encodings else wire.response.tail  # the end of a compressed body is noise
    return Side(headers, decoded(body, encodings), tail)


def is_text(headers: Headers) -> bool:
    kind = headers.get("content-type", "").lower()
    return kind.startswith(_TEXT) or "+json" in kind or "+xml" in kind


def body_text(side: Side) -> str | None:
    """The body as text, where it is text; a middle that was not kept is marked."""
    if not side.body or not is_text(side.headers):
        return None
    gap = b"\n[...]\n" + side.tail if side.tail else b""
    return (side.body + gap).decode("utf-8", "replace")


def sizes(wire: Wire, request: Side, response: Side) -> dict[str, object]:
    """Body sizes as sent (after transfer decoding, before content decoding), and digests of what was not kept."""
    facts: dict[str, object] = {
        "http.request.body.size": _size(wire, wire.request, request),
        "http.response.body.size": _size(wire, wire.response, response),
    }
    if response.body is not None and len(response.body) != facts["http.response.body.size"]:
        facts["vedette.http.decoded.size"] = len(response.body)
    if wire.response.sha256 or wire.request.sha256:
        facts["vedette.body.truncated"] = True
        facts["vedette.body.sha256"] = wire.response.sha256 or wire.request.sha256
    return facts


def _size(wire: Wire, body: Body, side: Side) -> int:
    if wire.framing != "http1" or not body.whole or "content-encoding" in side.headers:
        return body.size
    return len(side.body or b"")
