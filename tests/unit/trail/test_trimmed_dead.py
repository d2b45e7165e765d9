"""What a killed process left is let go as all else is, and its gap is no damage: sealed or not to its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.trail.test_keeping import keeper

from vedette.event import Event, Kind
from vedette.trail import Trail
from vedette.trail.format.spool import segment_files, stream_folders
from vedette.trail.proving.verdicts import Grade
from vedette.trail.proving.verify import verify
from vedette.trail.sources import segments
from vedette.trail.writing import trim


def _opened(folder: Path) -> Trail:
    return Trail(folder, birth=lambda: Event(kind=Kind.LIFECYCLE, name="birth"))


def _killed(folder: Path, unsealed: int) -> None:
    child = os.fork()
    if not child:
        trail = _opened(folder)
        for i in range(5):
            trail.append(Event(kind=Kind.TOOL, name=f"t{i}", content={"input": "x"}))
        trail.seal()
        for i in range(unsealed):
            trail.append(Event(kind=Kind.TOOL, name=f"u{i}"))
        os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.parametrize("kept", [False, True], ids=["no keeper", "sealed by the keeper"])
@pytest.mark.parametrize("unsealed", [0, 3])
def test_a_killed_stream_that_is_let_go_is_trimmed(tmp_path: Path, unsealed: int, kept: bool) -> None:
    _killed(tmp_path, unsealed)
    (dead,) = stream_folders(tmp_path)
    if kept:
        keeper(tmp_path).stop()
    trail = _opened(tmp_path)

    def tell(what: Event) -> None:
        trail.append(what)
        trail.seal()

    assert trim.let_go(segment_files(dead)[-1], tell, "a test") > 0
    trail.close("stop")
    report = verify(segments(tmp_path))
    assert [str(each) for each in report.verdicts if each.grade >= Grade.BROKEN] == []
    assert [each.detail for each in report.verdicts if each.name == "trimmed"] == [f"1-{5 + (unsealed if kept else 0)}"]
