"""The shipped stand-in as a server: what it answers by itself, what it logs, and that it leaves nothing behind."""

from __future__ import annotations

import gc
import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.cli.standin import StandIn, dialect
from vedette.cli.standin.model import answer
from vedette.cli.standin.turn import Offer, Prompt

HELLO: Any = [{"role": "user", "content": "Hello there"}]


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def address(server: StandIn) -> tuple[str, int]:
    """Where to connect."""
    return "127.0.0.1", int(server.url.rpartition(":")[2])


def started() -> float:
    """How many seconds a server takes to start."""
    begun = time.perf_counter()
    with StandIn():
        return time.perf_counter() - begun


def test_arguments_follow_the_schema() -> None:
    """Quoted texts first, then capitalised words; numbers from the prompt; enums, lists and objects by their schema."""
    schema = {
        "properties": {
            "title": {"type": "string"},
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "unit": {"enum": ["celsius", "kelvin"]},
            "notify": {"type": "boolean"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "at": {"type": "object", "properties": {"hour": {"type": "number"}}},
        }
    }
    turn = answer(Prompt(model="m", said='Plan "a walk" in Oslo for 3 days', offers=(Offer("plan", schema),)))
    assert turn.calls[0].arguments == {
        "title": "a walk",
        "city": "Oslo",
        "days": 3,
        "unit": "celsius",
        "notify": True,
        "tags": ["a walk"],
        "at": {"hour": 3.0},
    }


@given(words=st.text(), size=st.integers(0, 40))
def test_streamed_pieces_join_to_the_whole(words: str, size: int) -> None:
    """However a text or the arguments of a tool are cut for streaming, nothing is lost or added."""
    assert "".join(dialect.words(words)) == words
    assert "".join(dialect.pieces(words[:size])) == words[:size]


def test_plain_endpoints(server: StandIn) -> None:
    """Weather is steady, echo tells the request back, and elsewhere nobody lives."""
    with urllib.request.urlopen(f"{server.url}/weather?city=Paris") as reply:
        weather = json.load(reply)
    with urllib.request.urlopen(f"{server.url}/weather?city=Paris") as reply:
        assert json.load(reply) == weather
    with urllib.request.urlopen(f"{server.url}/echo?a=1", data=b"body") as reply:
        told = json.load(reply)
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{server.url}/nowhere")
    missing.value.close()
    assert sorted(weather) == ["city", "sky", "temperature_c"]
    assert (told["method"], told["path"], told["query"], told["body"]) == ("POST", "/echo", {"a": "1"}, "body")
    assert missing.value.code == 404


def test_azure_paths_and_unreadable_bodies(server: StandIn) -> None:
    """The deployment is the model when the body names none; what is not JSON is the client's fault."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    path = "/openai/deployments/mine/chat/completions?api-version=1"
    connection.request("POST", path, json.dumps({"messages": HELLO}))
    reply = json.load(connection.getresponse())
    connection.request("POST", path, "not json")
    refused = connection.getresponse()
    assert (reply["model"], refused.status, b"Cannot read" in refused.read()) == ("mine", 400, True)
    connection.close()


def test_every_received_byte_is_logged(server: StandIn) -> None:
    """Pipelined requests, a chunked one with a trailer, and one that is cut short, each with its own bytes."""
    plain = b"POST /echo HTTP/1.1\r\nhost: x\r\nX-A: 1\r\nx-a: 2\r\ncontent-length: 2\r\n\r\nhi"
    chunked = b"POST /echo HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3;e=1\r\nabc\r\n1\r\nd\r\n0\r\nt: 1\r\n\r\n"
    cut = b"POST /echo HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc"
    received = b""
    with socket.create_connection(address(server), timeout=5) as raw:
        raw.sendall(plain + chunked + cut)
        raw.shutdown(socket.SHUT_WR)
        while data := raw.recv(65536):
            received += data
    assert [request.raw for request in server.requests] == [plain, chunked, cut]
    assert [request.body for request in server.requests] == [b"hi", b"abcd", b""]
    assert [request.complete for request in server.requests] == [True, True, False]
    assert server.requests[0].headers["x-a"] == "1, 2"
    assert received.count(b"HTTP/1.1 200 OK") == 2


def test_expect_continue_and_old_clients(server: StandIn) -> None:
    """A body is called for before it is sent; an HTTP/1.0 client gets a stream that ends with the connection."""
    with socket.create_connection(address(server), timeout=5) as raw:
        raw.sendall(b"POST /echo HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        assert raw.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"hi")
        assert raw.recv(65536).startswith(b"HTTP/1.1 200 OK")
    body = json.dumps({"messages": HELLO, "stream": True}).encode()
    received = b""
    with socket.create_connection(address(server), timeout=5) as raw:
        raw.sendall(b"POST /v1/chat/completions HTTP/1.0\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        while data := raw.recv(65536):
            received += data
    assert received.startswith(b"HTTP/1.0 200 OK") and received.endswith(b"\n\ndata: [DONE]\n\n")
    assert b"chunked" not in received


def test_closing_leaves_nothing(recwarn: pytest.WarningsRecorder) -> None:
    """With a client idle and another in the middle of its request: no thread, no socket, no warning."""
    threads, files = threading.active_count(), len(list(Path("/dev/fd").iterdir()))
    with StandIn() as server:
        idle, halfway = socket.create_connection(address(server)), socket.create_connection(address(server))
        halfway.sendall(b"POST /echo HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc")
        urllib.request.urlopen(f"{server.url}/weather?city=Rome").close()
    idle.close()
    halfway.close()
    gc.collect()
    assert (threading.active_count(), len(list(Path("/dev/fd").iterdir()))) == (threads, files)
    assert [str(warning.message) for warning in recwarn] == []


def test_starting_is_quick() -> None:
    """Under 50 ms, the best of three: the machine may be busy, the server may not."""
    assert min(started() for _ in range(3)) < 0.05


def test_as_a_process_it_says_where_it_is_and_ends_on_a_signal() -> None:
    """`python -m vedette.cli.standin` prints its base URL, serves, and ends with code 0 on SIGTERM."""
    command = [sys.executable, "-W", "error", "-m", "vedette.cli.standin", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/weather?city=Oslo", timeout=5) as reply:
            city = json.load(reply)["city"]
        process.send_signal(signal.SIGTERM)
        assert (city, process.wait(timeout=5)) == ("Oslo", 0)
