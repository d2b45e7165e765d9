"""The shipper's place in the process: started with the first record where a collector is configured."""

from __future__ import annotations

import os
from typing import Any

from vedette import late, locks
from vedette.config import Settings
from vedette.guard import guard
from vedette.redact import Redactor
from vedette.runtime.resource import resource
from vedette.trail import Trail
from vedette.trail.shipping.target import target
from vedette.trail.writing.room import Limits


class Shipping:
    """Owns the shipper. With no endpoint configured, or `VEDETTE_SHIP` other than thread, it does nothing at all."""

    def __init__(self, settings: Settings, redactor: Redactor) -> None:
        self._target = target(os.environ) if settings.ship != "off" else None
        self._settings = settings
        self._redactor = redactor
        self._shipment: Any = None
        self._starting = locks.lock()
        self._resource: dict[str, Any] | None = None
        os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        if self._shipment is not None:
            self._shipment.forked()
        self._shipment = None

    @property
    def limits(self) -> Limits:
        """What the trail may take. With a collector, only its word, or that of its backend, lets records go.

        Where a daemon ships, its collector need not be known here.
        """
        settings = self._settings
        word = "reconciled" if settings.reconcile else "acked"
        shipped = settings.ship == "daemon" or self._target is not None
        return Limits(settings.trail_max, settings.on_full, word if shipped else None, settings.sync)

    def resource(self) -> dict[str, Any]:
        """The resource of this process, redacted."""
        if self._resource is None:
            self._resource = {str(name): self._redactor.own(value, name) for name, value in resource().items()}
        return self._resource

    def attach(self, trail: Trail) -> None:
        """Be woken by each append; the first one starts the shipper."""
        if self._target is None or self._settings.ship != "thread":
            return

        def wake() -> None:
            if self._shipment is None:
                with guard("ship.start"):
                    self._start(trail)
            if self._shipment is not None:
                self._shipment.shipper.wake()

        trail.wake = wake

    def _start(self, trail: Trail) -> None:
        """Late on purpose: a process that ships nothing has no shipper to import (law 7)."""
        if not self._starting.acquire(blocking=False):
            return  # a signal handler in the middle of this, or another thread
        try:
            if self._shipment is None:
                made = late.module("vedette.runtime.shipper").Shipment
                self._shipment = made(self._settings, self._redactor, trail, self._target, self.resource)
        finally:
            self._starting.release()

    @property
    def unacknowledged(self) -> int:
        """Records that no collector has acknowledged yet."""
        return self._shipment.shipper.unacknowledged if self._shipment else 0

    @property
    def lag(self) -> float:
        """Age of the oldest of them, in seconds."""
        return self._shipment.shipper.lag if self._shipment else 0.0

    def drain(self, timeout: float) -> bool:
        return self._shipment is None or bool(self._shipment.shipper.drain(timeout))

    def stop(self, timeout: float) -> bool:
        return self._shipment is None or bool(self._shipment.stop(timeout))
