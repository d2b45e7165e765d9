"""Lets closed segments go, oldest first, so that a trail stays below its cap.

Guarantee: before a segment is deleted, a `trim` record says which records go and from which checkpoint what is left can
be proven, and that record is sealed and on disk. A segment that a collector has not acknowledged is never a candidate
where one is configured. Numbers of streams are not given again: a folder that is emptied keeps its mark.
Known sad path: a process that dies between record and deletion leaves files that are said to be gone; they still prove.
"""

from __future__ import annotations

import base64
import fcntl
import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vedette.event import Event, Fact
from vedette.trail import lifecycle
from vedette.trail import place as places
from vedette.trail.envelope import b64u
from vedette.trail.folder import GONE, sync_folder
from vedette.trail.follow import groups, more, size
from vedette.trail.holds import BadHolds, Holds
from vedette.trail.keeper import writer_is_dead
from vedette.trail.notes import BadNote, parse_checkpoint
from vedette.trail.rest import Locked
from vedette.trail.spool import CHECKPOINT, HEADER_SIZE, BadSegment, Header, segment_files, stream_folders


@contextmanager
def alone(trail: Path) -> Iterator[bool]:
    """Whether this is the one process that trims now."""
    descriptor = os.open(trail / "trim.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def candidates(trail: Path, acknowledged: str | None) -> list[Path]:
    """Closed segments that may go, the oldest first.

    `acknowledged` names the place that a collector's word is kept in: `acked`, or `reconciled` where a source is asked.
    None = there is no collector, and the trail itself is the archive. A legal hold beats the cap.
    """
    found: list[tuple[int, Path]] = []
    try:
        held = Holds(trail)
    except BadHolds:
        return []
    for folder in stream_folders(trail):
        files = segment_files(folder)
        closed = files if writer_is_dead(folder) else files[:-1]
        free = closed if acknowledged is None else _acknowledged(folder, closed, acknowledged)
        for path in itertools.takewhile(lambda each: not held.covers(each), free):
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found)]


def _acknowledged(folder: Path, closed: list[Path], name: str) -> list[Path]:
    place = places.load(folder, name)
    wholly = bool(closed) and not more(folder, place.segment, place.offset)
    return [path for path in closed if int(path.stem) < place.segment or (wholly and int(path.stem) == place.segment)]


def let_go(path: Path, tell: Callable[[Event], object], reason: str) -> int:
    """Delete a segment and those before it in its stream; bytes that came free.

    `tell` puts the `trim` record on disk, sealed, or raises. Nothing is deleted where what is left could not be proven,
    because damage lies at the cut.
    """
    folder = path.parent
    files = segment_files(folder)
    gone = [each for each in files if each.name <= path.name]
    rest = files[len(gone) :]
    try:
        begin = _header(gone[0])
        end = _header(rest[0]).first if rest else size(folder)
        left = _left(folder, rest[0], end) if rest else {"vedette.ordinal": begin.ordinal}
    except (BadSegment, BadNote, IndexError):
        return 0
    tell(lifecycle.trim(begin.stream.hex(), 0, max(end - 1, 0), reason, left))  # from 0: older trim records go as well
    if not rest:
        (folder / GONE).touch(0o600)
    freed = sum(_unlinked(each) for each in gone)
    sync_folder(folder)
    return freed


def _unlinked(path: Path) -> int:
    freed = path.stat().st_blocks * 512
    path.unlink()
    return freed


def _header(path: Path) -> Header:
    with path.open("rb") as file:
        return Header.unpack(file.read(HEADER_SIZE))


def _left(folder: Path, path: Path, end: int) -> dict[str, Fact]:
    """The checkpoint that the segment `path` begins with: what is left can be proven from it.

    Raises `BadNote` where there is none of that size. A segment that no key at hand opens tells its size alone.
    """
    try:
        first = next(groups(folder, int(path.stem), HEADER_SIZE, dead=True), None)
    except Locked:
        return {"vedette.head.size": end}
    if first is None or first.type != CHECKPOINT:
        raise BadNote("the segment does not begin with a checkpoint")
    try:
        checkpoint = parse_checkpoint(json.loads(first.payload))
    except ValueError:
        raise BadNote("not a checkpoint") from None
    if checkpoint.note.size != end:
        raise BadNote("the checkpoint is not of the cut")
    following = checkpoint.note.key("next")
    named = {"vedette.head.next": base64.b64encode(following).decode()} if following else {}
    root = b64u(checkpoint.note.root)
    return {"vedette.head.size": end, "vedette.head.index": checkpoint.index, "vedette.head.root": root, **named}
