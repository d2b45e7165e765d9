"""HTTP clients inside HTTP clients: the same exchange is one, whatever carries it; another one is another."""

from __future__ import annotations

from collections.abc import Iterator

import aiohttp
import httpx
import pytest
import requests
from tests.collected import Collected
from tests.loopback import serving


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as base:
        yield base


async def test_one_client_riding_on_another_is_one_exchange(calls: Collected, url: str) -> None:
    """httpx over aiohttp: the outer client's exchange, with the peer that only the inner one knows."""

    class Riding(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            async with aiohttp.ClientSession() as session, session.get(str(request.url)) as response:
                return httpx.Response(response.status, content=await response.read())

    async with httpx.AsyncClient(transport=Riding()) as client:
        assert (await client.get(f"{url}/ok")).text == "ok"
    call = calls.only
    assert call.source == "httpx:AsyncClient._send_single_request"
    assert call.facts["network.peer.address"] == "127.0.0.1"
    assert "vedette.in_process" not in call.facts


def test_what_a_transport_fetches_for_itself_is_an_exchange_of_its_own(calls: Collected, url: str) -> None:
    """A token from somewhere else is no part of the request that it is for: it is recorded, below it."""

    class Tokens(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.headers["authorization"] = requests.get(f"{url}/token", timeout=5).text
            return super().handle_request(request)

    with httpx.Client(transport=Tokens()) as client:
        client.get(f"{url}/ok")
    token, asked = calls
    assert (token.facts["url.full"], asked.facts["url.full"]) == (f"{url}/token", f"{url}/ok")
    assert token.parent_id == asked.event_id


async def test_what_an_async_transport_fetches_for_itself_is_an_exchange_of_its_own(calls: Collected, url: str) -> None:
    class Tokens(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            async with aiohttp.ClientSession() as session, session.get(f"{url}/token") as response:
                request.headers["authorization"] = await response.text()
            return await super().handle_async_request(request)

    async with httpx.AsyncClient(transport=Tokens()) as client:
        await client.get(f"{url}/ok")
    assert [call.facts["url.full"] for call in calls] == [f"{url}/token", f"{url}/ok"]


def test_an_in_process_transport_says_so(calls: Collected) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text="made up"))
    with httpx.Client(transport=transport) as client:
        client.get("http://nowhere.example/")
    assert calls.only.facts["vedette.in_process"] is True
