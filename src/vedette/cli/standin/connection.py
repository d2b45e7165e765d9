"""HTTP/1.1 on a raw stream: requests are read with every byte kept, responses are written part by part."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from vedette.cli.standin.wire import BODILESS, Request, Response, chunk

READ_SIZE = 1 << 16


class Connection:
    """One client: reads its requests one after the other, writes the responses."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._buffer = bytearray()  # what was received and belongs to this request or to a later one
        self._taken = 0  # how much of it this request has used

    async def request(self) -> Request | None:
        """The next request; None at the end of the connection. A request cut short comes with `complete=False`."""
        head = body = b""
        complete = False
        with suppress(EOFError, ConnectionError):
            head = await self._until(b"\r\n\r\n")
            body = await self._body(_headers(head))
            complete = True
        raw = self._raw(complete)
        if not raw:
            return None
        method, target, version = (*head.split(b"\r\n", 1)[0].decode("latin-1").split(" "), "", "")[:3]
        return Request(method, target, version, _headers(head), body, raw, complete)

    async def send(self, response: Response, request: Request) -> None:
        """Write a response as it should be: framed as the client understands, without body where there is none."""
        if request.version == "HTTP/1.0" and response.length is None:
            await self.send_until_close(response)
            return
        await self.write(response.head(response.framing))
        if request.method != "HEAD" and response.status not in BODILESS:
            await self._send_parts(response)

    async def send_until_close(self, response: Response) -> None:
        """Write a response as HTTP/1.0 has it: the end of the connection is the end of the body."""
        await self.write(response.head({}, "HTTP/1.0"))
        for part in response.parts:
            await self.write(part)
        self.writer.close()

    async def write(self, data: bytes) -> None:
        """One write, waiting while the client is slow."""
        self.writer.write(data)
        await self.writer.drain()

    def rest(self) -> bytes:
        """What was received beyond the last request, for who takes the connection over."""
        rest, self._buffer = bytes(self._buffer), bytearray()
        return rest

    async def _send_parts(self, response: Response) -> None:
        for part in response.parts:
            await self.write(part if response.length is not None else chunk(part))
        if response.length is None:
            await self.write(b"0\r\n\r\n")

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
        start = self._taken
        while (found := self._buffer.find(mark, start)) < 0:
            start = max(self._taken, len(self._buffer) - len(mark) + 1)
            await self._receive()
        return self._take(found + len(mark) - self._taken)

    async def _exactly(self, size: int) -> bytes:
        while len(self._buffer) - self._taken < size:
            await self._receive()
        return self._take(size)

    async def _receive(self) -> None:
        data = await self.reader.read(READ_SIZE)
        if not data:
            raise EOFError
        self._buffer += data

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[self._taken : self._taken + size])
        self._taken += size
        return taken

    def _raw(self, complete: bool) -> bytes:
        """The bytes of the request just read; of a cut one, all that arrived."""
        end = self._taken if complete else len(self._buffer)
        raw = bytes(self._buffer[:end])
        del self._buffer[:end]
        self._taken = 0
        return raw


def _headers(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    return headers
