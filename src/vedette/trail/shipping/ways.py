"""How a shipper goes about it: what differs between a thread of the host's process and `vedette ship`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vedette.trail.shipping.records import OLDEST
from vedette.trail.sources.request import Window

Ask = Callable[[str, Window], Iterable[str]]
"""Bodies of a stream (32 hex) that a backend holds, those of a window at least. `Unreachable` if it cannot say."""


@dataclass(frozen=True, slots=True)
class Ways:
    """`live`: streams are shipped whose writer lives. `oldest` seconds back a record may be dated.

    `fresh` writes a heartbeat and names the folder of its stream; None = no stream is its own.
    `pressed`: the trail fills up, so nothing lingers.
    `ask` is the backend's own word, before what was acknowledged may be let go.
    """

    live: bool = False
    oldest: float = OLDEST
    fresh: Callable[[], str | None] = lambda: None
    pressed: Callable[[], bool] = lambda: False
    ask: Ask | None = None


THREAD = Ways()
