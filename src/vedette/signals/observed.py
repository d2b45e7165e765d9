"""What is asked for when metrics are collected, rather than told by Events: our own state of health."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from vedette.guard import guard

Read = Callable[[], float | Mapping[str, float]]
"""A number, or one for each value of the instrument's dimension. Called on the thread that collects."""

OBSERVED: Mapping[str, tuple[str, str, str]] = {
    "vedette.queue.length": ("up_down_counter", "{event}", ""),
    "vedette.trail.format.size": ("up_down_counter", "By", ""),
    "vedette.ship.unacknowledged": ("up_down_counter", "{event}", ""),
    "vedette.ship.lag": ("gauge", "s", ""),
    "vedette.faults": ("counter", "{fault}", "vedette.room"),
    "vedette.withheld": ("counter", "{item}", "vedette.signal"),
}
"""Name -> sort of instrument, unit, and its dimension ("" = none)."""

_readers: dict[str, Read] = {}
"""Who is asked now. One a process, because the SDK keeps an instrument's first callback for good: a second
`vedette.start()` could not put its own in the place of one that asks a line that has ended.
"""


def observe(meter: Meter, name: str, read: Read) -> None:
    """Ask `read` whenever `name`, one of `OBSERVED`, is collected. `KeyError` for any other name."""
    sort, unit, dimension = OBSERVED[name]
    _readers[name] = read

    def ask(_: CallbackOptions) -> Iterable[Observation]:
        with guard("signals.observe"):
            return _observations(_readers[name](), dimension)
        return []

    getattr(meter, f"create_observable_{sort}")(name, [ask], unit=unit)


def _observations(found: float | Mapping[str, float], dimension: str) -> list[Observation]:
    if isinstance(found, Mapping):
        return [Observation(value, {dimension: key}) for key, value in found.items()]
    return [Observation(found)]
