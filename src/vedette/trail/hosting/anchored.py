"""What the keeper last knew of its anchors, in a small file: for the streams, which name the newest, and for people."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from vedette.trail.files.folder import make, replace
from vedette.trail.files.sharing import modes


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest statement of an anchor: what a stream's `anchor` record names. `at` is our wall clock, ns."""

    kind: str
    name: str
    hash: str
    size: int
    at: int


@dataclass(slots=True)
class State:
    """What is known of a trail's anchors, for its streams and `vedette status`. `failing` maps name to reason."""

    newest: Newest | None = None
    failing: dict[str, str] = field(default_factory=dict)


def remember(host: Path, state: State) -> None:
    """Write it down in the host log's folder. `OSError` as it comes."""
    make(host / "anchors", modes(host)[0])
    replace(host / "anchors" / "state.json", json.dumps(asdict(state)).encode())


def state(host: Path) -> State:
    """What the keeper last wrote down of its anchors in the host log's folder."""
    try:
        found = json.loads((host / "anchors" / "state.json").read_bytes())
        newest = Newest(**found["newest"]) if found["newest"] else None
        return State(newest, {str(name): str(reason) for name, reason in found["failing"].items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return State()
