"""The shipper's place in the process: started with the first record where a collector is configured."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from vedette.config import Settings
from vedette.guard import guard
from vedette.redact import Redactor
from vedette.runtime.coverage import lifecycle
from vedette.runtime.delivery import Delivery
from vedette.runtime.resource import resource
from vedette.runtime.stage import off_stage
from vedette.signals.logs import project
from vedette.trail import Trail
from vedette.trail.shipping.carrier import Parked
from vedette.trail.shipping.ship import Shipper
from vedette.trail.shipping.target import target
from vedette.trail.shipping.ways import Ask, Ways
from vedette.trail.sources.address import open_source
from vedette.trail.sources.request import Window
from vedette.trail.writing.room import Limits


class Shipping:
    """Owns the shipper. With no endpoint configured, or `VEDETTE_SHIP` other than thread, it does nothing at all."""

    def __init__(self, settings: Settings, redactor: Redactor) -> None:
        self._target = target(os.environ) if settings.ship != "off" else None
        self._settings = settings
        self._redactor = redactor
        self._shipper: Shipper | None = None
        self._delivery = Delivery(self._target, self.resource) if self._target and settings.ship == "thread" else None
        self._resource: dict[str, Any] | None = None
        os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        self._shipper = None
        if self._delivery is not None:
            self._delivery.forked()

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
        if self._delivery is None:
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

        def fresh() -> str | None:
            with guard("ship.fresh"):
                trail.beat()
            return own()

        assert self._delivery is not None  # noqa: S101 - `attach` returned before without one
        ways = Ways(
            oldest=self._settings.ship_max_age,
            fresh=fresh,
            pressed=lambda: trail.filling,
            ask=asking(self._settings),
        )
        self._shipper = Shipper(self._settings.trail, self._delivery.send, project, own, parked=parked, ways=ways)
        self._shipper.start(off_stage)

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
        if self._delivery is not None:
            self._delivery.close()
        return done


def asking(settings: Settings) -> Ask | None:
    """How the backend of VEDETTE_RECONCILE is asked for what it holds of a stream; None = it is not."""
    if not settings.reconcile:
        return None

    def ask(stream: str, window: Window) -> Iterable[str]:
        return open_source(settings.reconcile, window, stream, headers=settings.from_headers)

    return ask
