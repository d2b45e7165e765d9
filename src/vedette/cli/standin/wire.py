"""What passes over the wire: the request as it came in, the response as it is to go out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

BODILESS = (204, 304)


@dataclass(frozen=True)
class Request:
    """One request. `raw` holds its bytes as they were received, chunk framing and cut tail included."""

    method: str
    target: str  # as sent: path and query, an absolute URL from clients of a proxy, host:port of a CONNECT
    version: str
    headers: Mapping[str, str]  # lower-case names; repeated headers joined with ", "
    body: bytes  # without chunk framing
    raw: bytes
    complete: bool = True  # False: the client went away before the end

    @property
    def path(self) -> str:
        """The decoded path, without query."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """The query; the last value of a repeated key."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON; ValueError when it is not."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """A response. Each part is one write, and one chunk when `length` is None (the body is then sent chunked)."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    parts: Iterable[bytes] = ()
    length: int | None = 0

    @property
    def framing(self) -> dict[str, str]:
        """The header that says where the body ends; none where the protocol has no body."""
        if self.status in BODILESS:
            return {}
        return {"transfer-encoding": "chunked"} if self.length is None else {"content-length": str(self.length)}

    def head(self, framing: Mapping[str, str], version: str = "HTTP/1.1") -> bytes:
        """Status line and headers, ready to be written."""
        lines = [f"{version} {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in {**self.headers, **framing}.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def dumps(value: object) -> str:
    """Compact JSON with raw non-ASCII characters, as the providers send it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def whole(body: bytes, kind: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A body in one piece, of content type `kind`."""
    return Response(status, {"content-type": kind, **(headers or {})}, (body,), len(body))


def document(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON body in one piece."""
    return whole(dumps(value).encode(), "application/json", status, headers)


def event_stream(events: Iterable[bytes]) -> Response:
    """A chunked body of server-sent events."""
    return Response(200, {"content-type": "text/event-stream; charset=utf-8"}, events, None)


def event(data: object, name: str = "") -> bytes:
    """One server-sent event; `data` is sent as JSON unless it is a string."""
    payload = data if isinstance(data, str) else dumps(data)
    return (f"event: {name}\n" if name else "").encode() + f"data: {payload}\n\n".encode()


def chunk(data: bytes) -> bytes:
    """One chunk of the chunked transfer coding (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)
