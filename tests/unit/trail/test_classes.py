"""What is forced to disk, and when (`VEDETTE_SYNC`); a disk that is late is told of, once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.sound import sound

from vedette.event import Event, Kind, Phase
from vedette.trail import Trail
from vedette.trail.format.spool import stream_folders
from vedette.trail.writing import segment
from vedette.trail.writing.classes import Classes
from vedette.trail.writing.room import Limits


def event(kind: Kind, phase: Phase = Phase.SINGLE) -> Event:
    return Event(kind=kind, name=kind.value, phase=phase)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Trail]]:
    trails: list[Trail] = []

    def make(*sync: str, timeout: float = 2.0) -> Trail:
        limits = Limits(sync=sync) if sync else Limits()
        folder = tmp_path / f"trail{len(trails)}"
        trails.append(Trail(folder, birth=lambda: event(Kind.LIFECYCLE), limits=limits, sync_timeout=timeout))
        trails[-1].append(event(Kind.INPUT))
        return trails[-1]

    yield make
    for each in trails:
        each.close("stop")


@pytest.mark.parametrize(
    ("names", "intents", "records"),
    [
        ((), {"tool", "process", "change", "auth", "finding"}, {"auth", "finding", "change"}),
        (("tool",), {"tool"}, set()),
        (("exchange", "input", "nonsense"), {"exchange", "input"}, {"input"}),
        (("off",), set(), set()),
        (("off", "tool"), set(), set()),
    ],
)
def test_the_list(names: tuple[str, ...], intents: set[str], records: set[str]) -> None:
    """Kinds with intents are forced by these, others by the record; `off` wins over all."""
    classes = Classes(names) if names else Classes()
    assert {kind.value for kind in Kind if classes.forces_intent(kind)} == intents
    assert {kind.value for kind in classes.records} == records


def test_all_is_everything_but_our_own_life() -> None:
    """Lifecycle records are forced by nobody but the close."""
    classes = Classes(("all",))
    assert {kind for kind in Kind if not classes.forces_intent(kind)} == {Kind.LIFECYCLE}


@pytest.mark.parametrize("kind", [Kind.AUTH, Kind.FINDING, Kind.CHANGE])
def test_a_forced_record_is_on_disk_when_append_returns(
    made: Callable[..., Trail], monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    """`fdatasync` has come after its write; an ordinary record does not wait for it."""
    trail = made()
    synced: list[int] = []
    real = segment._datasync

    def watched(descriptor: int) -> None:
        n = trail._writer.size
        real(descriptor)
        synced.append(n)

    monkeypatch.setattr(segment, "_datasync", watched)
    ack = trail.append(event(kind))
    assert max(synced) > ack.n


def test_off_never_syncs(made: Callable[..., Trail], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits is answered at once, and the disk is left alone."""
    trail = made("off")
    called: list[int] = []
    monkeypatch.setattr(segment, "_datasync", called.append)
    assert trail.wait(trail.append(event(Kind.TOOL), sync=True))
    trail.append(event(Kind.AUTH))
    assert called == []


def test_a_late_disk_is_found_once_until_it_is_in_time_again(
    made: Callable[..., Trail], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host goes on; one `sync-late` a spell."""
    trail = made(timeout=0.1)
    trail.seal()
    hang = threading.Event()
    real = segment._datasync
    monkeypatch.setattr(segment, "_datasync", lambda descriptor: (hang.wait(20), real(descriptor)))
    begin = time.monotonic()
    for _ in range(3):
        assert not trail.wait(trail.append(event(Kind.TOOL), sync=True))
    assert time.monotonic() - begin < 5
    hang.set()
    trail.seal()
    (folder,) = stream_folders(trail.folder)
    assert [each["e"] for each in sound(folder).records if each["k"] == "finding"] == ["sync-late"]
