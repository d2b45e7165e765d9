"""The client tests: each file runs on the oldest and the newest version of its SDK (`make matrix`)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.clients.records import Recorder, Told


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path)


def pytest_assertrepr_compare(op: str, left: Any, right: Any) -> list[str] | None:
    """Of two records that differ, only what differs: the trail's word against the test's."""
    if op != "==" or not (isinstance(left, Told) and isinstance(right, Told)):
        return None
    told, expected = _flat(asdict(left)), _flat(asdict(right))
    names = [name for name in sorted(told | expected) if told.get(name) != expected.get(name)]
    return ["records differ", *(f"{name}: {told.get(name)!r} != {expected.get(name)!r}" for name in names)]


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    groups = ("facts", "content", "actor")
    inner = {f"{group} {name}": value for group in groups for name, value in record.pop(group).items()}
    return record | inner
