"""2xx is not durability: asks the backend itself whether it holds what was acknowledged, before the trail lets it go.

Guarantee: the place `reconciled` of a stream lies behind closed segments only, and of each the backend has shown every
body, byte for byte. What it does not hold is sent again. A backend that cannot be asked changes nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from vedette.trail.files.follow import more
from vedette.trail.files.keeper import writer_is_dead
from vedette.trail.format.spool import HEADER_SIZE, BadSegment, Header, segment_files, stream_folders
from vedette.trail.shipping import place as places
from vedette.trail.shipping.backlog import Backlog
from vedette.trail.shipping.item import Project
from vedette.trail.shipping.place import Place
from vedette.trail.shipping.ways import Ask
from vedette.trail.sources.request import Unreachable, Window

EVERY = 600.0
NAME = "reconciled"

logger = logging.getLogger("vedette")

Again = tuple[Path, int, int]
"""A stream's folder, the segment to send again, and the number of its first record."""


class Reconciler:
    """One trail directory and one backend. Not thread-safe. Asks every ten minutes, while there is news."""

    def __init__(self, trail: Path, project: Project, ask: Ask) -> None:
        self._trail = trail
        self._project = project
        self._ask = ask
        self._due = 0.0

    def look(self) -> Iterator[Again]:
        """Compare what is due; what must be sent again."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + EVERY
        for folder in stream_folders(self._trail):
            try:
                yield from self._stream(folder)
            except Unreachable as error:
                logger.warning("vedette: VEDETTE_RECONCILE: %s", error)
                return

    def _stream(self, folder: Path) -> Iterator[Again]:
        """Up to the first segment of which something is missing. Of a dead stream the last segment is closed too."""
        done, acked = places.load(folder, NAME), places.load(folder)
        files = segment_files(folder)
        ended = writer_is_dead(folder) and not more(folder, acked.segment, acked.offset)
        end = len(files) if ended else sum(int(path.stem) < acked.segment for path in files[:-1])
        due = [] if done == acked else [path for path in files[:end] if int(path.stem) >= done.segment]
        if not due:
            return
        backlog = Backlog(folder, self._project, dead=True)
        held = self._held(backlog.stream, due[0])
        for path in due:
            if not {_digest(item.body) for item in backlog.items(int(path.stem))} <= held:
                yield folder, int(path.stem), _first(path)
                return
            after = files[files.index(path) + 1 :]
            place = Place(int(after[0].stem), HEADER_SIZE, _first(after[0]), acked.time) if after else acked
            places.save(folder, place, NAME)

    def _held(self, stream: str, since: Path) -> set[bytes]:
        """What the backend shows of a stream, 32 bytes a body. Shipped times never lie before the segment began."""
        try:
            created = _header(since).created
        except BadSegment:
            created = 0
        return {_digest(body) for body in self._ask(stream, Window(since_ns=created))}


def _digest(body: str) -> bytes:
    return sha256(body.encode("utf-8", "surrogatepass")).digest()


def _header(path: Path) -> Header:
    with path.open("rb") as file:
        return Header.unpack(file.read(HEADER_SIZE))


def _first(path: Path) -> int:
    try:
        return _header(path).first
    except BadSegment:
        return 0
