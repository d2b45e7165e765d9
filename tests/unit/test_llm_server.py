"""The stand-in of the tests: real clients understand what it says, and each misbehaviour is on the wire as named."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anthropic
import httpx
import openai
import pytest

from tests.llm_server import CASES, LlmServer
from tests.standin.authority import authority
from tests.standin.encodings import ENCODINGS
from tests.standin.turns import MULTIBYTE, SEPARATED
from vedette.cli.standin import text

ASK = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
STREAM = {**ASK, "stream": True}
CHAT = "/v1/chat/completions"


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        yield running


@pytest.fixture
def client(server: LlmServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=5) as connected:
        yield connected


def ask(client: httpx.Client, cases: str, body: object = ASK) -> httpx.Response:
    return client.post(CHAT, json=body, headers={"x-standin": cases})


def wire(server: LlmServer, cases: str, body: object = STREAM) -> bytes:
    """All bytes the server sends, until it closes or falls silent for 0.3 s."""
    payload = json.dumps(body).encode()
    head = f"POST /x/{cases}{CHAT} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(payload)}\r\nconnection: close\r\n\r\n"
    received = bytearray()
    with socket.create_connection(urlsplit(server.url).netloc.split(":")) as raw:  # type: ignore[arg-type]
        raw.settimeout(5)
        raw.sendall(head.encode() + payload)
        while data := raw.recv(1 << 16):
            received += data
    return bytes(received)


def chunks(answer: bytes) -> list[bytes]:
    """The chunks of a chunked answer, in order, without the last, empty one."""
    rest = answer.partition(b"\r\n\r\n")[2]
    found = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        found.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]
    return found[:-1]


def data(answer: bytes) -> list[Any]:
    """The JSON of each event of a chunked answer in plain framing."""
    events = b"".join(chunks(answer)).split(b"\n\n")
    found = (event.partition(b"data: ")[2] for event in events)
    return [json.loads(payload) for payload in found if payload.startswith(b"{")]
