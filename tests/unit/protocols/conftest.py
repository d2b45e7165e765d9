"""One exchange, as a tap would have kept it, handed to the readers."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from vedette.capture import protocols
from vedette.capture.protocols.exchange import request_side, response_side
from vedette.event import Body, Wire

HOSTS = {"anthropic": "https://api.anthropic.com", "openai": "https://api.openai.com"}


def body_of(value: Any) -> Body:
    """Bytes as they are, everything else as JSON."""
    if isinstance(value, Body):
        return value
    content = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return Body(content, b"", len(content))


def wire_of(url: str, request: Any, response: Any, **given: Any) -> Wire:
    """`url` may be a path of OpenAI's, or of Anthropic's if it ends in `/messages`."""
    host = HOSTS["anthropic" if url.endswith("/messages") else "openai"] if url.startswith("/") else ""
    told = {"method": "POST", "status": 200, "request": body_of(request), "response": body_of(response), **given}
    return Wire(url=host + url, **told)


def as_read(wire: Wire) -> protocols.Reading | None:
    return protocols.read(wire, request_side(wire), response_side(wire))


@pytest.fixture(scope="session")
def reading() -> Callable[..., protocols.Reading | None]:
    """The Reading of an exchange that is told by its URL, its two bodies and fields of the wire."""

    def read(url: str, request: Any, response: Any = b"", **given: Any) -> protocols.Reading | None:
        return as_read(wire_of(url, request, response, **given))

    return read


@pytest.fixture(scope="session")
def told(reading: Callable[..., protocols.Reading | None]) -> Callable[..., dict[str, Any]]:
    """The same as plain data, without what says nothing."""

    def read(*args: Any, **given: Any) -> dict[str, Any]:
        found = reading(*args, **given)
        assert found is not None
        return {name: value for name, value in dataclasses.asdict(found).items() if value}

    return read


@pytest.fixture(scope="session")
def events() -> Callable[..., bytes]:
    """Server-sent events of these objects; `named`: each with its type as the event's name."""

    def make(*objects: Any, named: bool = False, end: bytes = b"") -> bytes:
        lines = [f"event: {each['type']}\n" if named else "" for each in objects]
        datas = [f"data: {json.dumps(each, ensure_ascii=False)}\n\n" for each in objects]
        return "".join(name + data for name, data in zip(lines, datas, strict=True)).encode() + end

    return make
