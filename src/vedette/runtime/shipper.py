"""The shipper of this process, put together. Imported where a collector is configured, and with the first record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vedette.config import Settings
from vedette.guard import guard
from vedette.redact import Redactor
from vedette.runtime.coverage import lifecycle
from vedette.runtime.delivery import Delivery
from vedette.runtime.stage import off_stage
from vedette.signals.logs import project
from vedette.trail import Trail
from vedette.trail.shipping.carrier import Parked
from vedette.trail.shipping.ship import Shipper
from vedette.trail.shipping.target import Target
from vedette.trail.shipping.ways import Ask, Ways
from vedette.trail.sources.address import open_source
from vedette.trail.sources.request import Window


class Shipment:
    """A shipper and its connection: started when made, ended by `stop`."""

    def __init__(
        self,
        settings: Settings,
        redactor: Redactor,
        trail: Trail,
        target: Target,
        resource: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._redactor = redactor
        self._trail = trail
        self._delivery = Delivery(target, resource)
        ways = Ways(
            oldest=settings.ship_max_age,
            fresh=self._fresh,
            pressed=lambda: trail.filling,
            ask=asking(settings),
        )
        self.shipper = Shipper(settings.trail, self._delivery.send, project, self._own, parked=self._parked, ways=ways)
        self.shipper.start(off_stage)

    def _own(self) -> str | None:
        return None if self._trail.ordinal is None else f"{self._trail.ordinal:08d}"

    def _parked(self, record: Parked) -> None:
        with guard("ship.parked"):
            rejected = lifecycle("rejected", reason=f"{record.uid} {record.status}")
            self._trail.append(self._redactor.event(rejected))

    def _fresh(self) -> str | None:
        with guard("ship.fresh"):
            self._trail.beat()
        return self._own()

    def forked(self) -> None:
        """A child must not speak on its parent's connection."""
        self._delivery.forked()

    def stop(self, timeout: float) -> bool:
        done = self.shipper.stop(timeout)
        self._delivery.close()
        return done


def asking(settings: Settings) -> Ask | None:
    """How the backend of VEDETTE_RECONCILE is asked for what it holds of a stream; None = it is not."""
    if not settings.reconcile:
        return None

    def ask(stream: str, window: Window) -> Iterable[str]:
        return open_source(settings.reconcile, window, stream, headers=settings.from_headers)

    return ask
