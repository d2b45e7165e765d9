"""Our own state of health, asked for whenever a reader collects."""

import pytest
from tests.unit.signals.measured import Measured, points_of

from vedette import guard
from vedette.config import load
from vedette.signals.metrics import Metrics
from vedette.signals.observed import OBSERVED


def test_our_own_health_is_asked_for_at_collection(measured: Measured) -> None:
    """Numbers and numbers by dimension, as they are when the reader comes; faults are our guard's."""
    measured.metrics.observe("vedette.queue.length", lambda: 3)
    measured.metrics.observe("vedette.ship.lag", lambda: 0.5)
    measured.metrics.observe("vedette.withheld", lambda: {"span": 2, "log": 1})
    guard.report("detect.x", ValueError())
    found = measured.collected()
    assert {name: (found[name].unit, points_of(found[name])) for name in found} == {
        "vedette.queue.length": ("{event}", [({}, 3)]),
        "vedette.ship.lag": ("s", [({}, 0.5)]),
        "vedette.withheld": ("{item}", [({"vedette.signal": "span"}, 2), ({"vedette.signal": "log"}, 1)]),
        "vedette.faults": ("{fault}", [({"vedette.room": "detect.x"}, 1)]),
    }
    with pytest.raises(KeyError):
        measured.metrics.observe("vedette.made.up", lambda: 1)


def test_a_second_start_is_asked_in_place_of_the_first(measured: Measured) -> None:
    """The SDK keeps the first callback of an instrument for good; after a restart it asks the line that runs now."""
    measured.metrics.observe("vedette.queue.length", lambda: 1)
    again = Metrics(load({})[0], measured.provider)
    again.observe("vedette.queue.length", lambda: 2)
    assert points_of(measured.collected()["vedette.queue.length"]) == [({}, 2)]


def test_one_that_cannot_answer_silences_no_other(measured: Measured) -> None:
    """A reading that fails is a fault of ours: counted, and the rest is collected."""
    guard.loud(False)

    def fails() -> float:
        raise OSError

    measured.metrics.observe("vedette.trail.format.size", fails)
    measured.metrics.observe("vedette.queue.length", lambda: 4)
    found = measured.collected()
    assert "vedette.trail.format.size" not in found
    assert points_of(found["vedette.queue.length"]) == [({}, 4)]
    assert guard.faults() == {"signals.observe": 1}


def test_what_is_observed_has_an_instrument_of_the_sdk(measured: Measured) -> None:
    """Every row of the table can be made and asked."""
    for name, (_, _, dimension) in OBSERVED.items():
        measured.metrics.observe(name, lambda by=dimension: {"x": 1} if by else 1)  # type: ignore[misc]  # a default binds
    assert OBSERVED.keys() <= measured.collected().keys()
