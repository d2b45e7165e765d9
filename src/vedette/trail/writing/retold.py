"""What must not be forgotten when records go: that others went by rule. It is told once more, by whoever trims.

Without it, content that was erased, and records that were trimmed, would count as missing once the record that tells of
them is trimmed itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from vedette.event import Event, Fact
from vedette.trail.files.follow import frames
from vedette.trail.files.identities import OURS, Keys
from vedette.trail.files.rest import Locked, opened
from vedette.trail.format.spool import ENVELOPE, HEADER_SIZE
from vedette.trail.writing import lifecycle

_PHASES = ("erasure", "trim")
_FIRST = "vedette.told.first"


def retold(segments: Iterable[Path], keys: Keys = OURS) -> Iterator[Event]:
    """The erasures and trims that the records of these segments tell of; of segments that no key opens, nothing.

    What was announced and then told of as done is told once.
    """
    found: list[dict[str, Any]] = []
    for path in segments:
        with suppress(Locked):
            found += _telling(path, keys)
    answered = {envelope.get("of") for envelope in found}
    yield from (_event(envelope) for envelope in found if envelope["n"] not in answered)


def _telling(path: Path, keys: Keys) -> Iterator[dict[str, Any]]:
    for frame in opened(frames(path, HEADER_SIZE, final=True), path, keys):
        if frame.type == ENVELOPE and b'"k":"lifecycle"' in frame.payload:
            envelope = json.loads(frame.payload)
            if envelope.get("a", {}).get("vedette.lifecycle.phase") in _PHASES:
                yield envelope


def _event(envelope: Mapping[str, Any]) -> Event:
    """The same facts, and where they were told first."""
    facts: dict[str, Fact] = {_FIRST: f"{envelope['s']}-{envelope['n']}", **envelope["a"]}
    return lifecycle.record(str(facts["vedette.lifecycle.phase"]), facts)
