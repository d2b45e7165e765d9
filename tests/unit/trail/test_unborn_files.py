"""A process that dies before it wrote the header of a file: no damage, nothing in the way of what else there is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.sound import streams
from tests.torture.collector import FileCollector, undelivered

from vedette.event import Event, Kind
from vedette.signals.logs import project
from vedette.trail import Trail
from vedette.trail.proving.verdicts import Grade
from vedette.trail.proving.verify import verify
from vedette.trail.shipping.ship import Shipper
from vedette.trail.sources import segments


def _dead(folder: Path) -> None:
    """A stream of a process that was killed."""
    child = os.fork()
    if not child:
        trail = Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"))
        for i in range(5):
            trail.append(Event(kind=Kind.TOOL, name=f"t{i}", content={"input": "x"}))
        os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.parametrize("data", [b"", bytes(2**20)], ids=["empty", "reserved"])
@pytest.mark.parametrize("name", ["00000000/000001.seg", "00000001/000000.seg"])
def test_a_file_without_its_header_is_no_damage(tmp_path: Path, data: bytes, name: str) -> None:
    """It verifies, is delivered, and the next process goes on beside it."""
    trail = tmp_path / "trail"
    _dead(trail)
    file = trail / "streams" / name
    file.parent.mkdir(exist_ok=True)
    (file.parent / "lock").touch()
    file.write_bytes(data)
    _dead(trail)
    assert all(each.grade < Grade.BROKEN for each in verify(segments(trail)).verdicts)
    assert [len(each.records) for each in streams(trail) if each.records] == [6, 6]
    collector = FileCollector(tmp_path / "collected")
    shipper = Shipper(trail, collector.send, project)
    assert shipper.drain(20)
    shipper.stop(1)
    collector.close()
    assert undelivered(collector.bodies(), list(segments(trail))) == 0
