"""2xx is not durability: the backend is asked, what it lost is sent again, and only then may it go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.spooled import Spooled

from vedette.signals.logs import project
from vedette.trail.shipping import place as places
from vedette.trail.shipping import reconcile
from vedette.trail.shipping.answer import Answer
from vedette.trail.shipping.item import Item
from vedette.trail.shipping.ship import Shipper
from vedette.trail.shipping.ways import Ways
from vedette.trail.sources import Unreachable, Window
from vedette.trail.writing import trim


class Backend:
    """Acknowledges everything; forgets what it is told to forget."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.asked: list[tuple[str, Window]] = []
        self.reachable = True

    def send(self, items: Sequence[Item]) -> Answer:
        self.bodies += [item.body for item in items]
        return Answer("200")

    def ask(self, stream: str, window: Window) -> Iterator[str]:
        if not self.reachable:
            raise Unreachable("nobody there")
        self.asked.append((stream, window))
        return iter(list(self.bodies))

    def forget(self, word: str) -> None:
        self.bodies = [body for body in self.bodies if word not in body]


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def stream(tmp_path: Path) -> Spooled:
    """Three segments of a dead stream."""
    stream = Spooled(tmp_path)
    stream.birth()
    for i in range(15):
        stream.record(content={"input": f"word {i}"}, a={"gen_ai.tool.name": f"t{i}."})
        if i in (4, 9):
            stream.checkpoint()
            stream.roll()
    stream.die()
    return stream


def shipper(stream: Spooled, backend: Backend) -> Shipper:
    return Shipper(stream.folder.parent.parent, backend.send, project, ways=Ways(ask=backend.ask))


def reconciled(stream: Spooled) -> int:
    return places.load(stream.folder, reconcile.NAME).segment


def test_what_the_backend_holds_is_reconciled(
    stream: Spooled, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a dead stream all segments; the window begins where the first of them was made; it is asked once."""
    monkeypatch.setattr(reconcile, "EVERY", 0.0)
    ships = shipper(stream, backend)
    assert ships.drain(10)
    for _ in range(2):
        ships._reconcile()
    assert places.load(stream.folder, reconcile.NAME) == places.load(stream.folder)
    ((asked, window),) = backend.asked
    assert asked == stream.id and window.since_ns > 0


@pytest.mark.parametrize("lost", ['"t6."', "word 7", '"y":"checkpoint"'])
def test_what_it_lost_is_sent_again(
    stream: Spooled, backend: Backend, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """A record, a content, a checkpoint: from the beginning of its segment on, and nothing more."""
    monkeypatch.setattr(reconcile, "EVERY", 0.0)
    ships = shipper(stream, backend)
    assert ships.drain(10)
    whole = list(backend.bodies)
    backend.forget(lost)
    ships._reconcile()
    assert reconciled(stream) < 2
    assert ships.drain(10)
    assert set(backend.bodies) == set(whole)
    ships._reconcile()
    assert reconciled(stream) == 2


def test_nothing_goes_before_the_backend_has_shown_it(stream: Spooled, backend: Backend) -> None:
    """Acknowledged is not enough where a source is set."""
    trail = stream.folder.parent.parent
    ships = shipper(stream, backend)
    assert ships.drain(10)
    ships.stop(1)
    assert trim.candidates(trail, reconcile.NAME) == []
    assert len(trim.candidates(trail, "acked")) == 3
    ships._reconcile()
    assert [path.stem for path in trim.candidates(trail, reconcile.NAME)] == ["000000", "000001", "000002"]


def test_a_backend_that_cannot_be_asked_changes_nothing(
    stream: Spooled, backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said, and asked again later."""
    ships = shipper(stream, backend)
    assert ships.drain(10)
    backend.reachable = False
    ships._reconcile()
    assert reconciled(stream) == 0
    assert "VEDETTE_RECONCILE: nobody there" in caplog.text


def test_what_was_parked_is_not_asked_for(stream: Spooled, backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies in `rejected/`, and the trail says so."""
    real = backend.send
    bad = '"t6."'
    monkeypatch.setattr(
        backend, "send", lambda items: Answer("400") if any(bad in each.body for each in items) else real(items)
    )
    ships = shipper(stream, backend)
    assert ships.drain(10)
    assert len(stream.rejected) == 1
    ships._reconcile()
    assert reconciled(stream) == 2
