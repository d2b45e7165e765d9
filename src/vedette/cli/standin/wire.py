"""HTTP/1.1 on raw streams: requests are read with every byte kept, responses are written part by part."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

HEAD_LIMIT = 1 << 20
BODILESS = (204, 304)


@dataclass(frozen=True)
class Request:
    """One request as it came in. `raw` holds its bytes on the wire, chunk framing and cut tail included."""

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

    def head(self, **more: str) -> bytes:
        """Status line and headers, with the framing header that `length` calls for unless `headers` brings one."""
        framing = {"transfer-encoding": "chunked"} if self.length is None else {"content-length": str(self.length)}
        if self.status in BODILESS or "content-length" in self.headers:
            framing = {}
        phrase = HTTPStatus(self.status).phrase
        lines = [f"{name}: {value}\r\n" for name, value in {**self.headers, **framing, **more}.items()]
        return f"HTTP/1.1 {self.status} {phrase}\r\n{''.join(lines)}\r\n".encode("latin-1")


def dumps(value: object) -> str:
    """Compact JSON with raw non-ASCII characters, as the providers send it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def document(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A whole JSON body."""
    body = dumps(value).encode()
    return Response(status, {"content-type": "application/json", **(headers or {})}, (body,), len(body))


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


class Connection:
    """One client: reads its requests one after the other, writes the responses."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._raw = bytearray()

    async def request(self) -> Request | None:
        """The next request; None at the end of the connection. A request cut short comes with `complete=False`."""
        self._raw.clear()
        head = body = b""
        complete = False
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await self._until(b"\r\n\r\n")
            body = await self._body(_headers(head))
            complete = True
        if not self._raw:
            return None
        method, target, version = (head.split(b"\r\n", 1)[0].decode("latin-1").split(" ") + ["", "", ""])[:3]
        return Request(method, target, version, _headers(head), body, bytes(self._raw), complete)

    async def send(self, response: Response, request: Request) -> None:
        """Write a response as it should be: chunked for HTTP/1.1, without body where the protocol has none."""
        if request.version == "HTTP/1.0" and response.length is None:
            return await self.send_until_close(response)
        await self.write(response.head())
        if request.method == "HEAD" or response.status in BODILESS:
            return None
        for part in response.parts:
            await self.write(part if response.length is not None else chunk(part))
        if response.length is None:
            await self.write(b"0\r\n\r\n")
        return None

    async def send_until_close(self, response: Response) -> None:
        """Write a response as HTTP/1.0 has it: the end of the connection is the end of the body."""
        await self.write(Response(response.status, response.headers, length=None).head().replace(*_AS_HTTP10))
        for part in response.parts:
            await self.write(part)
        self.writer.close()

    async def write(self, data: bytes) -> None:
        """One write, waiting while the client is slow."""
        self.writer.write(data)
        await self.writer.drain()

    async def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("expect", "").lower() == "100-continue":
            await self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return await self._chunks()
        return await self._exactly(int(headers.get("content-length", 0)))

    async def _chunks(self) -> bytes:
        body = bytearray()
        while size := int((await self._until(b"\r\n")).split(b";")[0], 16):
            body += await self._exactly(size)
            await self._exactly(2)
        while await self._until(b"\r\n") != b"\r\n":
            pass  # trailers: kept in `raw` only
        return bytes(body)

    async def _until(self, mark: bytes) -> bytes:
        return self._kept(await self._reading(self.reader.readuntil(mark)))

    async def _exactly(self, size: int) -> bytes:
        return self._kept(await self._reading(self.reader.readexactly(size)))
