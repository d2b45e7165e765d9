"""Where urllib3-future stands in for urllib3: niquests is seen, and requests too (its own tests run there as well)."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import pytest
from dirty_equals import IsPartialDict
from tests.collected import Collected
from tests.loopback import PIECES, serving

from vedette.capture.reading import Reader
from vedette.event import Result

niquests = pytest.importorskip("niquests", reason="replaces urllib3; runs in its own environment: make matrix")
urllib3 = pytest.importorskip("urllib3")

WHOLE = b"".join(PIECES)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as base:
        yield base


def _sync(url: str, **options: Any) -> bytes:
    with niquests.Session() as session:
        return bytes(session.get(url, **options).content)


def _later(url: str) -> bytes:
    async def main() -> bytes:
        async with niquests.AsyncSession() as session:
            return bytes((await session.get(url)).content)

    return asyncio.run(main())


def _pool(url: str) -> bytes:
    with urllib3.PoolManager() as pool:
        return bytes(pool.request("GET", url).data)


@pytest.mark.parametrize("get", [_sync, _later, _pool])
def test_a_get_is_one_exchange_with_its_peer_and_its_body(calls: Collected, url: str, get: Any) -> None:
    assert get(f"{url}/chunked") == WHOLE
    call = calls.only
    assert call.source.startswith("urllib3")
    facts = Reader().read(call)[-1].facts
    host, port = url.removeprefix("http://").split(":")
    assert call.result is Result.OK
    assert facts == IsPartialDict(
        {
            "http.request.method": "GET",
            "http.response.status_code": 200,
            "http.response.body.size": len(WHOLE),
            "network.peer.address": host,
            "network.peer.port": int(port),
            "network.protocol.version": "1.1",
            "url.full": f"{url}/chunked",
            "vedette.http.response.body": WHOLE.decode(),
        }
    )


def test_redirect_hops_are_exchanges(calls: Collected, url: str) -> None:
    assert _sync(f"{url}/redirect") == b"ok"
    assert [call.facts["http.response.status_code"] for call in calls] == [302, 200]


def test_a_stream_left_early_is_abandoned_with_what_was_read(calls: Collected, url: str) -> None:
    with niquests.Session() as session:
        response = session.get(f"{url}/chunked", stream=True)
        assert next(response.iter_content(5)) == WHOLE[:5]
        response.close()
        del response
    gc.collect()
    call = calls.only
    assert call.result is Result.ABANDONED
    assert call.wire is not None and call.wire.response.head.startswith(WHOLE[:5])


def test_a_refused_connection_is_an_exchange_that_failed(calls: Collected) -> None:
    with pytest.raises(niquests.ConnectionError):
        _sync("http://127.0.0.1:9/nobody")
    assert calls.only.result is Result.ERROR
