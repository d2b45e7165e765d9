"""aiohttp undoes the content encoding before anybody sees the body; its size is the one that was sent all the same."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from collections.abc import Iterator

import aiohttp
import pytest
from tests.collected import Collected

from vedette.capture import hub, weave
from vedette.capture.reading import Reader

BODY = b'{"hello": "world"}' * 400
SENT = gzip.compress(BODY)


@pytest.fixture
def collected() -> Iterator[Collected]:
    collecting = Collected()
    hub.connect(collecting)
    weave.weave()
    yield collecting
    weave.unweave()
    hub.connect(None)


def _serve(listening: socket.socket, framing: bytes, sent: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n" + framing + b"\r\n" + sent)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_compressed_body_has_the_size_that_was_sent(collected: Collected, chunked: bool) -> None:
    framing = b"transfer-encoding: chunked\r\n" if chunked else b"content-length: %d\r\n" % len(SENT)
    sent = b"%x\r\n%b\r\n0\r\n\r\n" % (len(SENT), SENT) if chunked else SENT
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=_serve, args=(listening, framing, sent))
        server.start()
        assert asyncio.run(_get(listening.getsockname()[1])) == BODY
        server.join()
    (call,) = Reader().read(collected.only)
    if chunked and not hasattr(aiohttp.StreamReader, "total_raw_bytes"):
        assert call.facts["http.response.body.size"] == len(BODY)  # nobody counts them
    else:
        assert call.facts["http.response.body.size"] == len(SENT)
        assert call.facts["vedette.http.decoded.size"] == len(BODY)


async def _get(port: int) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/") as response:
        return await response.read()
