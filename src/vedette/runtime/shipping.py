"""The shipper's place in the process: started with the first record where a collector is configured."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
from collections.abc import Sequence
from typing import Any

from vedette.config import Settings
from vedette.guard import guard
from vedette.redact import Redactor
from vedette.runtime.coverage import lifecycle
from vedette.runtime.resource import resource
from vedette.runtime.stage import off_stage
from vedette.signals.logs import project
from vedette.trail import Trail
from vedette.trail.answer import Answer
from vedette.trail.carrier import Parked
from vedette.trail.item import Item
from vedette.trail.ship import Shipper
from vedette.trail.target import target


class Shipping:
    """Owns the shipper. With no endpoint configured, or `VEDETTE_SHIP=off`, it does nothing at all."""

    def __init__(self, settings: Settings, redactor: Redactor) -> None:
        self._target = target(os.environ) if settings.ship == "thread" else None
        self._settings = settings
        self._redactor = redactor
        self._shipper: Shipper | None = None
        self._transport: Any = None
        self._resource: dict[str, Any] | None = None
        os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        self._shipper = None
        self._transport = None

    def resource(self) -> dict[str, Any]:
        """The resource of this process, redacted."""
        if self._resource is None:
            self._resource = {str(name): self._redactor.value(value, name) for name, value in resource().items()}
        return self._resource

    def attach(self, trail: Trail) -> None:
        """Be woken by each append; the first one starts the shipper."""
        if self._target is None:
            return

        def wake() -> None:
            if self._shipper is None:
                with guard("ship.start"):
                    self._start(trail)
            if self._shipper is not None:
                self._shipper.wake()

        trail.wake = wake

    def _start(self, trail: Trail) -> None:
        def own() -> str | None:
            return None if trail.ordinal is None else f"{trail.ordinal:08d}"

        def parked(record: Parked) -> None:
            with guard("ship.parked"):
                trail.append(self._redactor.event(lifecycle("rejected", reason=f"{record.uid} {record.status}")))

        self._shipper = Shipper(self._settings.trail, self._send, project, own, parked=parked)
        self._shipper.start(off_stage)

    def _send(self, items: Sequence[Item]) -> Answer:
        """Late on purpose: protobuf, requests or grpc are imported by the shipper's thread, with the first batch."""
        otlp = importlib.import_module("vedette.trail.otlp")
        if self._transport is None and self._target is not None:
            self._transport = otlp.connect(self._target)
        message = otlp.request(items, self.resource(), importlib.metadata.version("vedette"))
        answer: Answer = self._transport.send(message)
        return answer

    @property
    def unacknowledged(self) -> int:
        """Records that no collector has acknowledged yet."""
        return self._shipper.unacknowledged if self._shipper else 0

    @property
    def lag(self) -> float:
        """Age of the oldest of them, in seconds."""
        return self._shipper.lag if self._shipper else 0.0

    def drain(self, timeout: float) -> bool:
        return self._shipper is None or self._shipper.drain(timeout)

    def stop(self, timeout: float) -> bool:
        done = self._shipper is None or self._shipper.stop(timeout)
        if self._transport is not None:
            with guard("ship.close"):
                self._transport.close()
            self._transport = None
        return done
