"""Carries log records to the collector: the message by the classes of `opentelemetry-proto`, over either protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vedette import late
from vedette.guard import guard
from vedette.trail.shipping.answer import Answer
from vedette.trail.shipping.item import Item, Value
from vedette.trail.shipping.target import Target
from vedette.versions import version


class Delivery:
    """One connection to one collector. `resource` is that of this process, for records that are its own."""

    def __init__(self, target: Target, resource: Callable[[], Mapping[str, Value]]) -> None:
        self._target = target
        self._resource = resource
        self._transport: Any = None

    def send(self, items: Sequence[Item]) -> Answer:
        """Late on purpose: protobuf, requests or grpc are imported by the shipper's thread, with the first batch."""
        otlp = late.module("vedette.trail.shipping.otlp")
        if self._transport is None:
            self._transport = otlp.connect(self._target)
        message = otlp.request(items, self._resource(), version("vedette"))
        answer: Answer = self._transport.send(message)
        return answer

    def forked(self) -> None:
        """A child must not speak on its parent's connection."""
        self._transport = None

    def close(self) -> None:
        if self._transport is not None:
            with guard("ship.close"):
                self._transport.close()
            self._transport = None
