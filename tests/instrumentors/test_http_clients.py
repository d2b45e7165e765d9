"""The wires: each client's exchanges as they leave the host's thread, one an attempt, with what was really sent."""

from __future__ import annotations

import array
import asyncio
import gc
import io
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import httpx
import pytest
import requests
from dirty_equals import IsPartialDict
from tests.collected import Collected
from tests.loopback import PIECES, serving

from vedette.capture.reading import Reader
from vedette.event import Call, Kind, Result

WHOLE = b"".join(PIECES)
LIBRARIES: list[Any] = [httpx]
try:
    import httpx2

    LIBRARIES.append(httpx2)
except ImportError:  # Python 3.10: httpx2 needs 3.11
    pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as base:
        yield base


def read(call: Call) -> Call:
    """The Call as the first step of the line leaves it."""
    return Reader().read(call)[-1]


def told(call: Call) -> dict[str, Any]:
    """All facts but those that differ from run to run."""
    facts = dict(read(call).facts)
    facts.pop("vedette.http.response.headers", None)
    return facts


def expected(url: str, path: str, **more: Any) -> dict[str, Any]:
    host, port = url.removeprefix("http://").split(":")
    return {
        "http.request.method": "GET",
        "url.full": url + path,
        "url.scheme": "http",
        "server.address": host,
        "server.port": int(port),
        "network.protocol.name": "http",
        "network.protocol.version": "1.1",
        "network.peer.address": host,
        "network.peer.port": int(port),
        "network.transport": "tcp",
        "http.response.status_code": 200,
        "http.request.body.size": 0,
        "http.response.body.size": 2,
        "vedette.http.response.body": "ok",
        **{name.replace("__", "."): value for name, value in more.items()},
    }


async def _aiohttp_get(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.read()


async def _async_get(library: Any, url: str) -> bytes:
    async with library.AsyncClient() as client:
        return bytes((await client.get(url)).content)


def _urllib_get(url: str) -> bytes:
    with urllib.request.urlopen(url) as response:
        return bytes(response.read())


GETS: dict[str, Any] = {
    "urllib": _urllib_get,
    "requests": lambda url: requests.get(url, timeout=5).content,
    "aiohttp": lambda url: asyncio.run(_aiohttp_get(url)),
}
for library in LIBRARIES:
    GETS[library.__name__] = lambda url, library=library: library.get(url).content
    GETS[f"{library.__name__} async"] = lambda url, library=library: asyncio.run(_async_get(library, url))


@pytest.mark.parametrize("client", GETS)
def test_a_get_is_one_exchange_with_all_its_facts(calls: Collected, url: str, client: str) -> None:
    """Method, URL, server, the real peer, status, sizes and bodies: the same from every client."""
    assert GETS[client](f"{url}/ok?q=1") == b"ok"
    call = calls.only
    assert (call.kind, call.result) == (Kind.EXCHANGE, Result.OK)
    assert told(call) == expected(url, "/ok?q=1")


@pytest.mark.parametrize("client", GETS)
def test_a_chunked_body_is_whole_whatever_its_framing(calls: Collected, url: str, client: str) -> None:
    assert GETS[client](f"{url}/chunked") == WHOLE
    facts = told(calls.only)
    assert facts["vedette.http.response.body"] == WHOLE.decode()
    assert facts["http.response.body.size"] == len(WHOLE)


@pytest.mark.parametrize("client", GETS)
def test_a_server_that_cuts_is_an_error_with_what_arrived(calls: Collected, url: str, client: str) -> None:
    with pytest.raises(Exception) as caught:
        GETS[client](f"{url}/cut")
    assert caught.value is not None
    gc.collect()
    call = read(calls.only)
    assert call.facts["vedette.http.response.body"] == PIECES[0].decode()
    assert call.result is Result.ERROR


@pytest.mark.parametrize("client", GETS)
def test_a_refused_connection_is_an_exchange_that_failed(calls: Collected, client: str) -> None:
    with pytest.raises(Exception):  # noqa: B017 - each library has its own
        GETS[client]("http://127.0.0.1:9/nobody")
    call = calls.only
    assert call.result is Result.ERROR
    assert call.facts == IsPartialDict({"server.address": "127.0.0.1", "server.port": 9})
    assert "error.type" in call.facts and "http.response.status_code" not in call.facts


@pytest.mark.parametrize(
    ("client", "get"),
    [
        ("httpx", lambda url: httpx.get(url, follow_redirects=True)),
        ("requests", lambda url: requests.get(url, timeout=5)),
        ("urllib", _urllib_get),
        ("aiohttp", lambda url: asyncio.run(_aiohttp_get(url))),
    ],
)
def test_redirect_hops_are_linked_exchanges(calls: Collected, url: str, client: str, get: Any) -> None:
    """Two attempts of one operation; the second says where it came from and how often it was sent."""
    get(f"{url}/redirect")
    reader = Reader()
    first, second = (reader.read(call)[-1] for call in calls)
    assert first.facts["http.response.status_code"] == 302
    assert second.operation_id == first.operation_id != second.event_id
    assert second.facts == IsPartialDict(
        {"vedette.http.redirect.from": f"{url}/redirect", "http.request.resend_count": 1}
    )


def _pieces() -> Iterator[bytes]:
    yield b"abc"
    yield b"def"


async def _pieces_later() -> AsyncIterator[bytes]:
    yield b"abc"
    yield b"def"


async def _httpx_upload(url: str) -> bytes:
    async with httpx.AsyncClient() as client:
        return (await client.post(url, content=_pieces_later())).content


def _urllib_post(url: str, data: Any) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, data)) as response:
        return bytes(response.read())


async def _aiohttp_post(url: str, data: Any) -> bytes:
    async with aiohttp.ClientSession() as session, session.post(url, data=data) as response:
        return await response.read()


@pytest.mark.parametrize(
    "post",
    [
        lambda url: httpx.post(url, content=_pieces()).content,
        lambda url: asyncio.run(_httpx_upload(url)),
        lambda url: httpx.post(url, content=b"abcdef").content,
        lambda url: requests.post(url, data=_pieces(), timeout=5).content,
        lambda url: requests.post(url, data=b"abcdef", timeout=5).content,
        lambda url: _urllib_post(url, b"abcdef"),
        lambda url: _urllib_post(url, array.array("b", b"abcdef")),
        lambda url: _urllib_post(url, _pieces()),
        lambda url: asyncio.run(_aiohttp_post(url, b"abcdef")),
        lambda url: asyncio.run(_aiohttp_post(url, _pieces_later())),
        lambda url: asyncio.run(_aiohttp_post(url, io.BytesIO(b"abcdef"))),
    ],
    ids=[
        "httpx generator",
        "httpx async generator",
        "httpx bytes",
        "requests generator",
        "requests bytes",
        "urllib bytes",
        "urllib buffer",
        "urllib generator",
        "aiohttp bytes",
        "aiohttp generator",
        "aiohttp file",
    ],
)
def test_what_was_sent_is_counted_and_sent_once(calls: Collected, url: str, post: Any) -> None:
    """A body that is produced while it is sent is teed; the server gets it once, as it was."""
    assert post(f"{url}/echo") == b"got abcdef"
    assert told(calls.only)["http.request.body.size"] == 6


@pytest.mark.parametrize("client", ["httpx", "requests", "aiohttp"])
def test_a_form_with_a_file_is_counted_as_it_was_sent(calls: Collected, url: str, client: str) -> None:
    """Multipart: each client writes it in a way of its own."""

    def form() -> aiohttp.FormData:
        data = aiohttp.FormData()
        data.add_field("file", io.BytesIO(b"abcdef"), filename="a.txt")
        return data

    answer = {
        "httpx": lambda: httpx.post(f"{url}/echo", files={"file": ("a.txt", io.BytesIO(b"abcdef"))}).content,
        "requests": lambda: (
            requests.post(f"{url}/echo", files={"file": ("a.txt", io.BytesIO(b"abcdef"))}, timeout=5).content
        ),
        "aiohttp": lambda: asyncio.run(_aiohttp_post(f"{url}/echo", form())),
    }[client]()
    assert b"abcdef" in answer
    assert told(calls.only)["http.request.body.size"] == len(answer) - len(b"got ")


def test_a_stream_left_early_is_abandoned_with_what_was_read(calls: Collected, url: str) -> None:
    with httpx.stream("GET", f"{url}/chunked") as response:
        next(response.iter_raw())
    call = calls.only
    assert call.result is Result.ABANDONED and call.facts["vedette.end.reason"] == "close"
    assert call.wire is not None and call.wire.response.head.startswith(PIECES[0])


def test_a_response_never_read_and_dropped_ends_when_it_is_collected(calls: Collected, url: str) -> None:
    client = httpx.Client()
    response = client.send(client.build_request("GET", f"{url}/chunked"), stream=True)
    network = response.stream
    del response, network
    gc.collect()
    assert calls.only.facts["vedette.end.reason"] in ("collected", "close")
    client.close()


def test_a_loaded_response_of_a_mock_transport_is_whole(calls: Collected) -> None:
    """Its stream is never iterated, so a tee alone would never close."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text="made up"))
    with httpx.Client(transport=transport) as client:
        assert client.get("http://nowhere.example/").text == "made up"
    call = calls.only
    assert call.facts["vedette.in_process"] is True
    assert call.wire is not None and call.wire.response.head == b"made up"


def test_a_head_and_an_empty_answer_leave_no_tee_open(calls: Collected, url: str) -> None:
    requests.head(f"{url}/nothing", timeout=5)
    assert requests.get(f"{url}/nothing", timeout=5).status_code == 204
    assert [call.result for call in calls][-1] is Result.OK


def test_a_large_body_keeps_head_and_tail_and_counts_the_rest(calls: Collected, url: str) -> None:
    """What lies between is digested, so that the record can still be held against the real thing."""
    size = 3 * 1024 * 1024
    body = io.BytesIO(b"x" * size)
    assert len(httpx.post(f"{url}/echo", content=body.getvalue()).content) == size + 4
    call = calls.only
    assert call.wire is not None
    kept = call.wire.response
    assert (kept.size, len(kept.tail), len(kept.head) + len(kept.tail)) == (size + 4, 64 * 1024, 1024 * 1024)
    assert len(kept.sha256) == 64


def test_errors_of_urllib_are_those_of_urllib(calls: Collected, url: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{url}/missing")
    caught.value.close()
    assert read(calls.only).facts["error.type"] == "404"


def test_a_status_that_a_client_raises_for_is_an_error_though_nobody_read_its_body(calls: Collected, url: str) -> None:
    async def get() -> None:
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            with pytest.raises(aiohttp.ClientResponseError):
                await session.get(f"{url}/missing")

    asyncio.run(get())
    call = read(calls.only)
    assert (call.result, call.facts["error.type"]) == (Result.ERROR, "404")
