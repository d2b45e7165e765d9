"""Legal holds: content that nothing may delete, neither erasure nor retention nor the cap, until somebody lets it go.

`holds.json` of the trail's folder is what counts; that a hold was set or released, by whom and why, stands in the trail
as a record of its own. A file that cannot be read holds everything: what should be kept is not deleted on a guess.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from vedette.trail.files.folder import replace
from vedette.trail.files.follow import frames
from vedette.trail.files.identities import OURS, Keys
from vedette.trail.files.rest import opened
from vedette.trail.format.spool import ENVELOPE, HEADER_SIZE


class BadHolds(ValueError):
    """The file of holds cannot be read; nothing is deleted until it can."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What is held: all content of one user, session or stream, the other two empty. `at` is wall-clock ns, decimal.

    `user` and `session` are pseudonyms, as records have them.
    """

    id: str
    user: str
    session: str
    stream: str
    who: str
    why: str
    at: str

    @property
    def subject(self) -> str:
        found = (("user", self.user), ("session", self.session), ("stream", self.stream))
        return next(f"{name} {value}" for name, value in found if value)

    def covers(self, envelope: Mapping[str, Any]) -> bool:
        who = envelope.get("w", {})
        pairs = ((self.user, who.get("user")), (self.session, who.get("session")), (self.stream, envelope.get("s")))
        return any(mine and mine == theirs for mine, theirs in pairs)


class Holds:
    """The holds of one trail, as they are now. Raises `BadHolds`."""

    def __init__(self, trail: Path) -> None:
        self._path = trail / "holds.json"
        self._all = self._read()

    def _read(self) -> dict[str, Hold]:
        try:
            found = [Hold(**{each.name: str(one[each.name]) for each in fields(Hold)}) for one in self._stored()]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BadHolds(f"{self._path} cannot be read as holds: nothing is deleted until it can") from error
        return {hold.id: hold for hold in found}

    def _stored(self) -> Any:
        return json.loads(self._path.read_bytes()) if self._path.exists() else []

    def __iter__(self) -> Iterator[Hold]:
        return iter(self._all.values())

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, *, who: str, why: str, user: str = "", session: str = "", stream: str = "") -> Hold:
        """Hold one user, session or stream from now on."""
        hold = Hold(os.urandom(4).hex(), user, session, stream, who, why, str(time.time_ns()))
        self._write({**self._read(), hold.id: hold})
        return hold

    def release(self, hold: str) -> Hold:
        """Let go of the hold with this id. `KeyError` if there is none."""
        kept = self._read()
        released = kept.pop(hold)
        self._write(kept)
        return released

    def _write(self, holds: dict[str, Hold]) -> None:
        replace(self._path, json.dumps([asdict(each) for each in holds.values()], indent=1).encode())
        self._all = holds

    def of(self, envelope: Mapping[str, Any]) -> Hold | None:
        """A hold on the content of this record, if there is one."""
        return next((hold for hold in self if hold.covers(envelope)), None)

    def covers(self, segment: Path, keys: Keys = OURS) -> bool:
        """Whether a segment has a record that is held. Reads it only while there are holds; 100 ms for 16 MiB."""
        return bool(self) and any(self.of(envelope) for envelope in _envelopes(segment, keys))


def _envelopes(segment: Path, keys: Keys) -> Iterator[dict[str, Any]]:
    for frame in opened(frames(segment, HEADER_SIZE, final=True), segment, keys):
        if frame.type == ENVELOPE:
            yield json.loads(frame.payload)
