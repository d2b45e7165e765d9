"""Where an exchange's intent has to be on disk first (`VEDETTE_SYNC`), no client sends a byte before it is."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator

import aiohttp
import httpx
import pytest
import requests
from tests.collected import Collected

from vedette.capture import hub, weave
from vedette.event import Ack, Call, Result
from vedette.guard import AuditUnavailable


class Waiting(Collected):
    """A line whose intents take their time: what had arrived at the server while they were waited for."""

    def __init__(self, arrived: list[bytes]) -> None:
        super().__init__()
        self.arrived = arrived
        self.seen: list[int] = []
        self.refuses = False

    def begin(self, call: Call) -> Ack:
        super().begin(call)
        return Ack("0" * 32, len(self.begun))

    def wait(self, ack: Ack) -> bool:
        self.seen.append(len(self.arrived))
        if self.refuses:
            raise AuditUnavailable("no room")
        return True

    async def wait_async(self, ack: Ack) -> bool:
        return self.wait(ack)


@pytest.fixture
def server() -> Iterator[tuple[str, list[bytes]]]:
    arrived: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                piece = connection.recv(65536)
                if piece:
                    arrived.append(piece)
                    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", arrived
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def line(server: tuple[str, list[bytes]]) -> Iterator[Waiting]:
    waiting = Waiting(server[1])
    hub.connect(waiting)
    weave.weave()
    yield waiting
    weave.unweave()
    hub.connect(None)


def _httpx(url: str) -> str:
    with httpx.Client() as client:
        return client.get(url).text


def _aiohttp(url: str) -> str:
    async def get() -> str:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.text()

    return asyncio.run(get())


CLIENTS = [pytest.param(_httpx, id="httpx"), pytest.param(_aiohttp, id="aiohttp")]
CLIENTS.append(pytest.param(lambda url: requests.get(url, timeout=5).text, id="requests"))


@pytest.mark.parametrize("get", CLIENTS)
def test_a_request_is_sent_when_its_intent_is_on_disk(
    get: Callable[[str], str], line: Waiting, server: tuple[str, list[bytes]]
) -> None:
    assert get(server[0]) == "ok"
    assert line.seen == [0] and len(line.arrived) == 1


@pytest.mark.parametrize("get", CLIENTS)
def test_a_request_that_cannot_be_recorded_is_not_sent(
    get: Callable[[str], str], line: Waiting, server: tuple[str, list[bytes]]
) -> None:
    line.refuses = True
    with pytest.raises(AuditUnavailable, match="no room"):
        get(server[0])
    assert line.arrived == [] and line.only.result is Result.DENIED
