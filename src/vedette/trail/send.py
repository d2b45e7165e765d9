"""Sends to a collector. Light to import: the client, and the libraries under it, come with the first request."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from typing import Protocol

from vedette.trail.answer import NO_CLIENT, Answer
from vedette.trail.item import Item
from vedette.trail.target import Target

Value = str | bool | int | float | Sequence[str]
"""What a resource attribute may be."""

_CLIENTS = {"grpc": "vedette.trail.over_grpc", "http/protobuf": "vedette.trail.over_http"}


class Send(Protocol):
    """Delivers log records under a resource within `timeout` seconds (None: its own), and says what was answered."""

    def __call__(self, items: Sequence[Item], resource: Mapping[str, Value], timeout: float | None) -> Answer: ...

    def close(self) -> None: ...


class _Client(Protocol):
    def post(self, items: Sequence[Item], resource: Mapping[str, Value], timeout: float) -> Answer: ...
    def close(self) -> None: ...


class Sender:
    """A `Send` over the protocol of `target`. Never raises for what a network or a server does. Not thread-safe."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._client: _Client | None = None
        self._pid = 0

    def __call__(self, items: Sequence[Item], resource: Mapping[str, Value], timeout: float | None = None) -> Answer:
        try:
            client = self._connected()
        except ImportError:
            return Answer(NO_CLIENT, message="OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs `pip install vedette[otlp-grpc]`")
        except OSError as error:  # a certificate file that cannot be read
            return Answer(NO_CLIENT, message=str(error))
        own = self.target.timeout
        return client.post(items, resource, own if timeout is None else min(own, timeout))

    def _connected(self) -> _Client:
        """The client of this process: a forked child must not speak on its parent's connection."""
        if self._client is None or self._pid != os.getpid():
            made: _Client = importlib.import_module(_CLIENTS[self.target.protocol]).Client(self.target)
            self._client, self._pid = made, os.getpid()
        return self._client

    def close(self) -> None:
        if self._client is not None and self._pid == os.getpid():
            self._client.close()
        self._client = None
