"""Misbehaviour on the connection: slow, silent, cut, reset, wrong about its length."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping

from tests.standin.case import Case

from vedette.cli.standin.connection import Connection
from vedette.cli.standin.wire import Request, Response, chunk

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time

Write = Callable[[Connection, Response, Request, Case], Awaitable[None]]


async def _begin(connection: Connection, response: Response, parts: int) -> None:
    """Headers and the first parts, as they should be; a body in one piece counts as two halves."""
    await connection.write(response.head(response.framing))
    for part in _pieces(response)[:parts]:
        await connection.write(part if response.length is not None else chunk(part))


def _pieces(response: Response) -> list[bytes]:
    pieces = list(response.parts)
    if len(pieces) != 1:
        return pieces
    half = len(pieces[0]) // 2
    return [pieces[0][:half], pieces[0][half:]]


async def _slow(connection: Connection, response: Response, request: Request, case: Case) -> None:
    await _paced(connection, response, request, lambda index: case.number("ms", 10) / 1000)


async def _silence(connection: Connection, response: Response, request: Request, case: Case) -> None:
    """One long pause in the middle of a stream."""
    pause, after = float(case.options.get("seconds", "15")), case.number("after", 1)
    await _paced(connection, response, request, lambda index: pause if index == after else 0)


async def _paced(connection: Connection, response: Response, request: Request, pause: Callable[[int], float]) -> None:
    await connection.write(response.head(response.framing))
    for index, part in enumerate(response.parts):
        await asyncio.sleep(pause(index))
        await connection.write(part if response.length is not None else chunk(part))
    if response.length is None:
        await connection.write(b"0\r\n\r\n")


async def _stall_before(connection: Connection, response: Response, request: Request, case: Case) -> None:
    await _until_client_leaves(connection)


async def _stall_headers(connection: Connection, response: Response, request: Request, case: Case) -> None:
    await _begin(connection, response, 0)
    await _until_client_leaves(connection)


async def _stall(connection: Connection, response: Response, request: Request, case: Case) -> None:
    await _begin(connection, response, case.number("after", 1))
    await _until_client_leaves(connection)


async def _until_client_leaves(connection: Connection) -> None:
    await connection.reader.read()
    connection.writer.close()


async def _reset(connection: Connection, response: Response, request: Request, case: Case) -> None:
    await _begin(connection, response, case.number("after", 1))
    _send_reset(connection)


async def _retry_reset(connection: Connection, response: Response, request: Request, case: Case) -> None:
    """A reset before the headers for the first `times` attempts, then the answer."""
    if case.attempt < case.number("times", 1):
        _send_reset(connection)
    else:
        await connection.send(response, request)


def _send_reset(connection: Connection) -> None:
    """RST instead of FIN. What the client has already received stays readable."""
    connection.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    connection.writer.transport.abort()


async def _fin(connection: Connection, response: Response, request: Request, case: Case) -> None:
    """An orderly end of the connection in the middle of the body, without the last chunk."""
    await _begin(connection, response, case.number("after", 1))
    connection.writer.close()


def _length(error: int) -> Write:
    """A content-length that is wrong by `error` bytes; then the connection ends."""

    async def write(connection: Connection, response: Response, request: Request, case: Case) -> None:
        body = b"".join(response.parts)
        await connection.write(response.head({"content-length": str(len(body) + error)}) + body)
        connection.writer.close()

    return write


async def _trailers(connection: Connection, response: Response, request: Request, case: Case) -> None:
    """Chunked, with a digest of the body after its last chunk."""
    parts = list(response.parts)
    await connection.write(response.head({"transfer-encoding": "chunked", "trailer": "x-digest"}))
    for part in parts:
        await connection.write(chunk(part))
    await connection.write(b"0\r\nx-digest: %b\r\n\r\n" % hashlib.sha256(b"".join(parts)).hexdigest().encode())


async def _http10(connection: Connection, response: Response, request: Request, case: Case) -> None:
    await connection.send_until_close(response)


WRITERS: Mapping[str, Write] = {
    "slow": _slow,
    "silence": _silence,
    "stall-before": _stall_before,
    "stall-headers": _stall_headers,
    "stall": _stall,
    "reset": _reset,
    "retry-reset": _retry_reset,
    "fin": _fin,
    "length-long": _length(+10),
    "length-short": _length(-10),
    "trailers": _trailers,
    "http10": _http10,
}
