"""Sends one message to a collector. Light to import: the libraries under it come with the first message.

A client that cannot be built (grpcio missing, a certificate that cannot be read) is tried again with the next message.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Protocol

from vedette import late
from vedette.trail.shipping.answer import NO_CLIENT, Answer
from vedette.trail.shipping.item import Item
from vedette.trail.shipping.target import Target

Send = Callable[[Sequence[Item]], Answer]
"""Delivers log records of one stream and says what was answered; raises nothing for what a network or a server does."""

_CLIENTS = {"grpc": "vedette.trail.shipping.over_grpc", "http/protobuf": "vedette.trail.shipping.over_http"}


class _Client(Protocol):
    def send(self, message: bytes) -> Answer: ...
    def close(self) -> None: ...


class Transport:
    """A connection to `target` over its protocol. Not thread-safe."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._client: _Client | None = None
        self._pid = 0

    def send(self, message: bytes) -> Answer:
        """Post an encoded `ExportLogsServiceRequest`."""
        try:
            client = self._connected()
        except ImportError:
            return Answer(NO_CLIENT, message="OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs `pip install vedette[otlp-grpc]`")
        except OSError as error:
            return Answer(NO_CLIENT, message=str(error))
        return client.send(message)

    def _connected(self) -> _Client:
        """The client of this process: a forked child must not speak on its parent's connection."""
        if self._client is None or self._pid != os.getpid():
            made: _Client = late.module(_CLIENTS[self._target.protocol]).Client(self._target)
            self._client, self._pid = made, os.getpid()
        return self._client

    def close(self) -> None:
        if self._client is not None and self._pid == os.getpid():
            self._client.close()
        self._client = None
