"""`VEDETTE_ON_FULL=refuse`: no act without a record. And `stop`, with nobody to ship to."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from tests.trails import names

import vedette
from vedette import guard, runtime
from vedette.trail.proving import verify as verifier
from vedette.trail.sources import segments
from vedette.trail.writing import segment


def _full(trail: Path) -> None:
    """The cap is reached, as by another process."""
    room = _line().trail._writer.room
    room._base = room.most
    room._weigh()


def _line() -> Any:
    running = runtime.running()
    assert running is not None
    return running.line


@pytest.fixture
def refusing(tmp_path: Path) -> Path:
    vedette.start(trail=tmp_path / "trail", on_full="refuse", sync_timeout=0.3)
    vedette.note.user_input("hello")
    runtime.flush(5)
    return tmp_path / "trail"


done: list[str] = []


@vedette.tool
def delete(what: str) -> str:
    """A tool with an effect."""
    done.append(what)
    return "gone"


@vedette.tool
async def delete_async(what: str) -> str:
    """The same, on a loop."""
    done.append(what)
    return "gone"


def test_a_tool_is_refused_before_its_effect(refusing: Path) -> None:
    """Both shapes; the host's own exception, and the next call finds everything as it was."""
    done.clear()
    guard.loud(False)
    _full(refusing)
    with pytest.raises(vedette.AuditUnavailable, match="VEDETTE_TRAIL_MAX"):
        delete("a")
    with pytest.raises(vedette.AuditUnavailable):
        asyncio.run(delete_async("b"))
    assert done == []
    _line().trail._writer.room.count(0)
    assert delete("c") == "gone"
    runtime.flush(5)
    told = [name for name in names(refusing) if name[0] == "tool"]
    acts = [phase for _, phase, _ in told if phase != "single"]  # single: denied, told once there was room
    assert acts == ["intent", "outcome"]


def test_a_disk_that_is_too_slow_refuses_as_well(refusing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The intent is not on disk within VEDETTE_SYNC_TIMEOUT: the call is denied, and `sync-late` is found."""
    done.clear()
    real = segment._datasync
    monkeypatch.setattr(segment, "_datasync", lambda descriptor: (time.sleep(1.0), real(descriptor)))
    with pytest.raises(vedette.AuditUnavailable, match=r"within 0\.3 s"):
        delete("a")
    assert done == []
    monkeypatch.setattr(segment, "_datasync", real)
    runtime.flush(5)
    assert delete("b") == "gone"
    vedette.stop()
    told = names(refusing)
    assert ("finding", "single", "sync-late") in told
    assert [phase for kind, phase, _ in told if kind == "tool"] == ["intent", "outcome", "intent", "outcome"]


def test_the_end_comes_within_two_seconds_with_the_collector_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A black hole that accepts and never answers: `stop` returns, and everything lies on disk, sealed."""
    with socket.create_server(("127.0.0.1", 0)) as hole:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{hole.getsockname()[1]}")
        vedette.start(trail=tmp_path / "trail")
        for i in range(200):
            vedette.note.user_input(f"word {i}")
        begin = time.monotonic()
        vedette.stop()
        assert time.monotonic() - begin < 2.5
    inputs = [name for name in names(tmp_path / "trail") if name[0] == "input"]
    assert len(inputs) == 200
    report = verifier.verify(segments(tmp_path / "trail"))
    assert report.exit_code == 0, report.verdicts
