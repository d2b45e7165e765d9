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
from vedette.trail import lifecycle
from vedette.trail.follow import frames
from vedette.trail.identities import OURS, Keys
from vedette.trail.rest import Locked, opened
from vedette.trail.spool import ENVELOPE, HEADER_SIZE

_PHASES = ("erasure", "trim")
_FIRST = "vedette.told.first"


def retold(segments: Iterable[Path], keys: Keys = OURS) -> Iterator[Event]:
    """The erasures and trims that the records of these segments tell of, each once; of locked ones nothing is known."""
    told: set[str] = set()
    for path in segments:
        with suppress(Locked):
            for envelope in _lifecycle(path, keys):
                event = _event(envelope)
                about = json.dumps(
                    {name: value for name, value in event.facts.items() if name != _FIRST}, sort_keys=True
                )
                if about not in told:
                    told.add(about)
                    yield event


def _lifecycle(path: Path, keys: Keys) -> Iterator[dict[str, Any]]:
    for frame in opened(frames(path, HEADER_SIZE, final=True), path, keys):
        if frame.type == ENVELOPE and b'"k":"lifecycle"' in frame.payload:
            envelope = json.loads(frame.payload)
            if envelope.get("a", {}).get("vedette.lifecycle.phase") in _PHASES:
                yield envelope


def _event(envelope: Mapping[str, Any]) -> Event:
    """The same facts, and where they were told first."""
    facts: dict[str, Fact] = {_FIRST: f"{envelope['s']}-{envelope['n']}", **envelope["a"]}
    return lifecycle.record(str(facts["vedette.lifecycle.phase"]), facts)
