"""However a server frames, encodes or cuts what it says: each client's tap and the readers make one record of it.

The reading of each case is held against that of the plain answer; the host's bytes against those of the bare client.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import re
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import httpx
import pytest
import requests
from tests.collected import Collected
from tests.llm_server import LlmServer

from vedette.capture import hub, weave
from vedette.capture.reading import Reader
from vedette.event import Call, Result

LIBRARIES: list[Any] = [httpx]
try:
    import httpx2

    LIBRARIES.append(httpx2)
except ImportError:  # Python 3.10: httpx2 needs 3.11
    pass

ASKED = {
    "model": "gpt-4o",
    "messages": [{"role": "user", "content": "How is it in Zürich?"}],
    "stream": True,
    "stream_options": {"include_usage": True},
}
BODY = json.dumps(ASKED).encode()
HEADERS = {"content-type": "application/json", "accept-encoding": "gzip, deflate"}

FRAMED = "sse-bom sse-comments sse-cr sse-crlf sse-done-twice sse-fields sse-no-done sse-no-space sse-ping".split()
CUT = "one-byte split-crlf split-utf8 chunked trailers http10".split()
ENCODED = "gzip deflate".split()
SAME = [*FRAMED, *CUT, *ENCODED, "gzip,sse-crlf,one-byte", "deflate,split-utf8,sse-comments"]
BROKEN = "fin reset length-long stall-headers".split()


@pytest.fixture(scope="module")
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        yield running


@pytest.fixture(scope="module")
def woven() -> Iterator[Collected]:
    """All seams, woven once for the many cases here."""
    collected = Collected()
    weave.weave()
    yield collected
    weave.unweave()


@pytest.fixture
def heard(woven: Collected) -> Iterator[Collected]:
    woven.clear()
    yield woven
    hub.connect(None)


def _urllib(url: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, BODY, HEADERS), timeout=1) as response:
        return bytes(response.read())


def _requests(url: str) -> bytes:
    with requests.post(url, BODY, headers=HEADERS, stream=True, timeout=1) as response:
        return b"".join(response.iter_content(7))


def _httpx(library: Any) -> Callable[[str], bytes]:
    def post(url: str) -> bytes:
        with library.stream("POST", url, content=BODY, headers=HEADERS, timeout=1) as response:
            return b"".join(response.iter_bytes())

    return post


def _httpx_later(library: Any) -> Callable[[str], bytes]:
    async def post(url: str) -> bytes:
        async with (
            library.AsyncClient(timeout=1) as client,
            client.stream("POST", url, content=BODY, headers=HEADERS) as response,
        ):
            return b"".join([piece async for piece in response.aiter_bytes()])

    return lambda url: asyncio.run(post(url))


def _aiohttp(url: str) -> bytes:
    async def post() -> bytes:
        timeout = aiohttp.ClientTimeout(total=1)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=BODY, headers=HEADERS) as response,
        ):
            return b"".join([piece async for piece in response.content.iter_any()])

    return asyncio.run(post())


CLIENTS: dict[str, Callable[[str], bytes]] = {"urllib": _urllib, "requests": _requests, "aiohttp": _aiohttp}
for each in LIBRARIES:
    CLIENTS |= {each.__name__: _httpx(each), f"{each.__name__} async": _httpx_later(each)}


def outcome(client: str, url: str) -> Any:
    """What the host gets, or what it is told."""
    try:
        return CLIENTS[client](url)
    except Exception as error:
        return type(error)


def unnumbered(body: bytes) -> bytes:
    """Without the server's count of its answers; urllib leaves it to its caller to decompress."""
    known = {b"\x1f\x8b": lambda: gzip.decompress(body), b"\x78\x9c": lambda: zlib.decompress(body)}
    return re.sub(rb"chatcmpl-\d+", b"", known.get(body[:2], lambda: body)())


def said(call: Call) -> dict[str, Any]:
    """What is read of the model call, without what differs from one to the next."""
    told = Reader().read(call)[-1].facts
    changing = ("gen_ai.response.id", "gen_ai.response.time_to_first_chunk")
    return {name: value for name, value in told.items() if name.startswith("gen_ai.") and name not in changing}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("case", SAME)
def test_one_reading_and_the_bytes_of_the_bare_client(
    heard: Collected, server: LlmServer, client: str, case: str
) -> None:
    place = "/v1/chat/completions"
    hub.connect(None)
    bare = outcome(client, server.at(case, place))
    hub.connect(heard)
    plain, cased = outcome(client, server.url + place), outcome(client, server.at(case, place))
    assert isinstance(plain, bytes)
    assert unnumbered(cased) == unnumbered(bare)
    first, second = heard
    assert said(second) == said(first)
    assert (first.result, second.result) == (Result.OK, Result.OK)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_answer_is_an_error_and_the_hosts_own(
    heard: Collected, server: LlmServer, client: str, case: str
) -> None:
    hub.connect(None)
    bare = outcome(client, server.at(case, "/v1/chat/completions"))
    hub.connect(heard)
    assert outcome(client, server.at(case, "/v1/chat/completions")) == bare
    gc.collect()
    call = heard.only
    assert call.result in (Result.ERROR, Result.CANCELLED)
    assert "error.type" in call.facts
    assert said(call)["gen_ai.request.model"] == "gpt-4o"
