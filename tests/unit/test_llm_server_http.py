"""The stand-in of the tests, below the model: redirects, credentials, sizes, silence, proxies, TLS, and the log."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.llm_server import CASES, LlmServer
from tests.standin.authority import authority
from tests.standin.encodings import ENCODINGS

from vedette.cli.standin import text

ASK: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
CHAT = "/v1/chat/completions"
KEY = "sk-" + "c4n4ry" * 4


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        yield running


@pytest.fixture
def client(server: LlmServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=5) as connected:
        yield connected


def address(server: LlmServer) -> tuple[str, int]:
    """Where to connect."""
    return "127.0.0.1", int(server.url.rpartition(":")[2])


def wire(server: LlmServer, cases: str, method: str = "POST", stream: bool = True) -> bytes:
    """All bytes of the answer to a request on a raw socket, until the server closes."""
    body = json.dumps({**ASK, "stream": stream}).encode()
    head = f"{method} /x/{cases}{CHAT} HTTP/1.1\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    received = bytearray()
    with socket.create_connection(address(server), timeout=5) as raw:
        raw.sendall(head.encode() + body)
        while data := raw.recv(1 << 16):
            received += data
    return bytes(received)


def chunks(answer: bytes) -> list[bytes]:
    """The chunks of a chunked answer, in order, without the last, empty one."""
    rest, found = answer.partition(b"\r\n\r\n")[2], []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        found.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]
    return found[:-1]


def test_writes_are_cut_where_the_case_says(server: LlmServer) -> None:
    """Each write is a chunk: one byte, or cut inside every multi-byte character and every CRLF."""
    assert {len(chunk) for chunk in chunks(wire(server, "one-byte"))} == {1}
    inside = chunks(wire(server, "multibyte,split-utf8"))
    assert len(inside) == 1 + 9  # ü and ß have one continuation byte, 北 and 京 two, the sun three
    assert all(chunk[0] & 0xC0 == 0x80 for chunk in inside[1:])
    crlf = chunks(wire(server, "sse-crlf,split-crlf"))
    assert all(before.endswith(b"\r") and after.startswith(b"\n") for before, after in pairwise(crlf))


def test_shapes_on_the_wire(server: LlmServer) -> None:
    """BOM, several data lines, comments, pings, line ends, and the marks at the end, as bytes."""
    assert chunks(wire(server, "sse-bom"))[0].startswith(b"\xef\xbb\xbfdata: ")
    assert b'data: {\ndata:  "id"' in chunks(wire(server, "sse-lines"))[0]
    comments, pings = (b"".join(chunks(wire(server, f"sse-{between}"))) for between in ("comments", "ping"))
    assert comments.startswith(b": ping\n\n: OPENROUTER PROCESSING\n\ndata: ")
    assert pings.startswith(b'event: ping\ndata: {"type":"ping"}\n\ndata: ')
    assert b"\n" not in b"".join(chunks(wire(server, "sse-cr")))
    assert b"".join(chunks(wire(server, "sse-no-done,sse-no-final-blank"))).endswith(b"}")
    assert b"".join(chunks(wire(server, "sse-done-twice"))).endswith(b"data: [DONE]\n\n" * 2)
    assert wire(server, "trailers").rpartition(b"0\r\n")[2].startswith(b"x-digest: ")
    assert wire(server, "http10").startswith(b"HTTP/1.0 200 OK\r\ncontent-type")


def test_each_event_is_flushed_through_its_encoder(server: LlmServer) -> None:
    """What has arrived can be decoded before the end."""
    parts, decoder = chunks(wire(server, "gzip")), zlib.decompressobj(31)
    assert decoder.decompress(parts[0]).endswith(b"\n\n")
    assert b"".join(map(decoder.decompress, parts[1:])).endswith(b"data: [DONE]\n\n")


def test_encodings_that_lie(client: httpx.Client) -> None:
    """A plain body under a gzip label, gzip under deflate, a body without its tail, a bomb of one to a thousand."""
    for case in ("gzip-mislabelled", "deflate-mislabelled"):
        with pytest.raises(httpx.DecodingError):
            client.post(CHAT, json=ASK, headers={"x-standin": case})
    with client.stream("POST", CHAT, json=ASK, headers={"x-standin": "gzip-truncated"}) as cut:
        shortened = b"".join(cut.iter_raw())
    with pytest.raises(EOFError):
        gzip.decompress(shortened)
    with client.stream("POST", CHAT, json=ASK, headers={"x-standin": "bomb;size=4000000"}) as bomb:
        packed = b"".join(bomb.iter_raw())
    assert (len(gzip.decompress(packed)) > 4_000_000, len(packed) < 5_000) == (True, True)


@pytest.mark.skipif("zstd" not in ENCODINGS, reason="no zstandard")
def test_zstandard(client: httpx.Client) -> None:
    """httpx decodes it when the library is there, plain and streamed."""
    zstd = {"x-standin": "text,zstd"}
    assert client.post(CHAT, json=ASK, headers=zstd).json()["choices"][0]["message"]["content"] == "All is well."
    assert client.post(CHAT, json={**ASK, "stream": True}, headers=zstd).text.endswith("data: [DONE]\n\n")


def test_bodies_that_are_not_there(client: httpx.Client, server: LlmServer) -> None:
    """204, 304 and HEAD end with their headers, and the connection goes on."""
    assert [client.get(server.at(f"status-{code}")).content for code in (204, 304)] == [b"", b""]
    assert client.head("/weather?city=Rome").headers["content-length"] == str(
        len(client.get("/weather?city=Rome").content)
    )
    assert wire(server, "text", method="HEAD").endswith(b"chunked\r\n\r\n")


def test_huge_bodies_have_the_size_asked_for(client: httpx.Client, server: LlmServer) -> None:
    """Bytes, one long line, many events."""
    with client.stream("GET", server.at("huge;size=3000001")) as response:
        assert sum(map(len, response.iter_raw())) == 3_000_001
    line = client.post(CHAT, json=ASK, headers={"x-standin": "huge-json;size=200000"})
    events = client.post(CHAT, json={**ASK, "stream": True}, headers={"x-standin": "many-events;count=500"})
    assert len(line.json()["choices"][0]["message"]["content"]) == 200_000
    assert events.text.count('"content":" word"') == 499


@pytest.mark.parametrize("status, method", [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
def test_redirects(client: httpx.Client, server: LlmServer, status: int, method: str) -> None:
    """Two hops, then the straight path; the method is kept or not, as the status has it."""
    final = client.post(server.at(f"redirect-{status};times=2", path="/echo"), content=b"x", follow_redirects=True)
    assert [hop.status_code for hop in final.history] == [status, status]
    assert [request.path for request in server.requests][-1] == "/echo"
    assert final.json()["method"] == method


def test_a_redirect_loop(client: httpx.Client, server: LlmServer) -> None:
    """There is no way out."""
    with pytest.raises(httpx.TooManyRedirects):
        client.get(server.at("redirect-loop"), follow_redirects=True)


def test_a_redirect_to_another_host() -> None:
    """The body is sent again to the other server; what became of the credential is there to see."""
    with LlmServer() as other, LlmServer(elsewhere=other.url) as server:
        final = httpx.post(
            server.at("redirect-cross"),
            json=ASK,
            headers={"authorization": KEY},
            follow_redirects=True,
        )
    assert (final.status_code, [request.path for request in other.requests]) == (404, ["/v1"])
    assert (other.requests[0].body, "authorization" in other.requests[0].headers) == (server.requests[0].body, False)


def test_authentication(client: httpx.Client, server: LlmServer) -> None:
    """The key is echoed in the error; a digest round is two requests; 403 is 403."""
    told = client.post(server.at("auth-echo"), headers={"authorization": KEY})
    digest = client.get(server.at("auth-digest", path="/weather?city=Oslo"), auth=httpx.DigestAuth("me", "secret"))
    assert (told.status_code, KEY in told.json()["error"]["message"]) == (401, True)
    assert (digest.status_code, digest.json()["city"], len(server.requests)) == (200, "Oslo", 3)
    assert client.get(server.at("auth-403")).status_code == 403


@pytest.mark.parametrize("case, arrives", [("stall-before", 0), ("stall-headers", 0), ("stall;after=2", 2)])
def test_silence(server: LlmServer, case: str, arrives: int) -> None:
    """Nothing, headers, or some events: then not a byte, until the client gives up."""
    arrived = 0
    streaming = httpx.stream("POST", server.at(case, path=CHAT), json={**ASK, "stream": True}, timeout=0.2)
    with pytest.raises(httpx.ReadTimeout), streaming as response:
        assert case != "stall-before"
        for piece in response.iter_text():
            arrived += piece.count("data: ")
    assert arrived == arrives


def test_waiting_for_requests(server: LlmServer) -> None:
    """A test waits for what it expects, and is told how many came when they do not."""
    later = threading.Thread(target=httpx.get, args=(f"{server.url}/weather?city=Rome",))
    later.start()
    assert [request.query for request in server.wait(1)] == [{"city": "Rome"}]
    later.join()
    with pytest.raises(TimeoutError, match="1 of 2 requests"):
        server.wait(2, timeout=0.01)


def test_a_proxy_and_its_tunnel(server: LlmServer) -> None:
    """Plain HTTP is answered in the origin's stead; CONNECT leads to another server, with TLS inside."""
    with httpx.Client(proxy=server.url) as client:
        assert client.get("http://agent.example/echo").json()["path"] == "/echo"
    assert server.requests[0].target == "http://agent.example/echo"


def test_tls_through_a_tunnel(server: LlmServer, tmp_path: Path) -> None:
    """The proxy sees only the CONNECT; the origin speaks TLS under a certificate of our own."""
    trusted = authority(tmp_path)
    context = ssl.create_default_context(cafile=str(trusted.certificate))
    tunnelled = httpx.Client(proxy=server.url, verify=context)
    with LlmServer([text("Through.")], tls=trusted.server) as origin, tunnelled as client:
        reply = client.post(f"{origin.url}{CHAT}", json=ASK).json()
    assert reply["choices"][0]["message"]["content"] == "Through."
    assert [request.method for request in server.requests] == ["CONNECT"]
    assert [request.path for request in origin.requests] == [CHAT]


def test_a_unix_socket(tmp_path: Path) -> None:
    """The same server without a port."""
    path = tmp_path / "standin.sock"
    with LlmServer(unix=path), httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
        assert client.get("http://standin/weather?city=Rome").json()["city"] == "Rome"


def test_an_unknown_case_is_a_loud_mistake() -> None:
    """The client is cut off and the `with` block raises, naming the case."""
    with pytest.raises(RuntimeError) as raised, LlmServer() as server, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(server.at("no-such-case"))
    assert "no-such-case" in str(raised.value.__cause__)


def test_no_case_breaks_the_server(server: LlmServer) -> None:
    """Each case alone, plain and streamed, on a raw socket: whatever it does, the server has no fault of its own."""
    small = {"huge": "huge;size=10", "huge-json": "huge-json;size=10", "many-events": "many-events;count=10"}
    small |= {"bomb": "bomb;size=1000", "silence": "silence;seconds=0"}
    for case in sorted(CASES):
        for stream in (False, True):
            connection = http.client.HTTPConnection(*address(server), timeout=0.2)
            body = json.dumps({**ASK, "stream": stream})
            try:
                connection.request("POST", f"/x/{small.get(case, case)}{CHAT}", body)
                connection.getresponse().read()
            except (OSError, http.client.HTTPException):
                assert case.split("-")[0] in {"stall", "reset", "retry", "fin", "length"}
            finally:
                connection.close()
    assert len(server.wait(2 * len(CASES))) == 2 * len(CASES)
