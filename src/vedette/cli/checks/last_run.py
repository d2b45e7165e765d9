"""What the newest process said of itself in its coverage records: seams missed and why, faults, bad settings."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from vedette.cli.checks import Check
from vedette.cli.glance import Glance, glance
from vedette.trail.files import reading
from vedette.trail.files.rest import Locked
from vedette.trail.format.spool import stream_folders

NAME = "last run"


def told(trail: Path) -> Iterator[Check]:
    """Nothing at all where nothing was recorded yet, or where no key opens the record."""
    with suppress(Locked):
        yield from _told(trail)


def _told(trail: Path) -> Iterator[Check]:
    for folder in reversed(stream_folders(trail)):
        records = [each for each in map(glance, reading.stream(folder)) if each.kind == "lifecycle"]
        covered = [each for each in records if each.fact("vedette.lifecycle.phase") == "coverage"]
        if covered:
            yield from _checks(records, covered)
            return


def _checks(records: list[Glance], covered: list[Glance]) -> Iterator[Check]:
    seams: dict[str, dict[str, Any]] = {}
    for record in covered:
        state = _json(record, "vedette.coverage")
        seams |= {str(each.get("target")): each for each in _list(state.get("seams")) if isinstance(each, dict)}
        for problem in _list(_json(record, "vedette.settings").get("problems")):
            yield Check(NAME, "warn", str(problem))
    yield _summary(records[0], seams)
    for target, seam in seams.items():
        if seam.get("state") == "missed":
            yield Check(NAME, "warn", f"{target} was not woven: {seam.get('reason', 'no reason told')}")
    for name in _list(_last(covered, "blind")):
        yield Check(NAME, "warn", _blind(str(name)))
    for room, count in _mapping(_last(covered, "faults")).items():
        yield Check(NAME, "warn", f"{count} internal fault(s) in {room}")


def _summary(first: Glance, seams: dict[str, dict[str, Any]]) -> Check:
    woven = sum(seam.get("state") == "woven" for seam in seams.values())
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(first.began_ns // 10**9))
    program = first.fact("process.executable.name") or "a process"
    return Check(NAME, "ok", f"{program} at {when}: {woven} seam{'s' if woven != 1 else ''} woven")


def _blind(name: str) -> str:
    """As `runtime.coverage.blind` names it."""
    if name.startswith("span of "):
        return f"a {name} was there before ours and could not be adopted: an operation may show twice"
    return f"{name} was in use; what it does cannot be seen from Python"


def _last(covered: list[Glance], name: str) -> object:
    """The newest record that has this to tell."""
    states = (_json(record, "vedette.coverage") for record in reversed(covered))
    return next((state[name] for state in states if name in state), None)


def _json(record: Glance, name: str) -> dict[str, Any]:
    try:
        return _mapping(json.loads(record.content.get(name, "{}")))
    except ValueError:
        return {}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
