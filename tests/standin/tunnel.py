"""The stand-in as an HTTP proxy: CONNECT opens a tunnel; absolute targets it answers itself, as the origin would."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

from vedette.cli.standin.connection import Connection
from vedette.cli.standin.wire import Request

READ_SIZE = 1 << 16


async def tunnel(request: Request, client: Connection) -> None:
    """Carry bytes both ways until either side ends, then end both."""
    host, _, port = request.target.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        await client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        writer.write(client.rest())
        await _first_of(_carry(client.reader, writer), _carry(reader, client.writer))
    finally:
        writer.close()
        client.writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(READ_SIZE):
            writer.write(data)
            await writer.drain()


async def _first_of(*ways: Coroutine[None, None, None]) -> None:
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
