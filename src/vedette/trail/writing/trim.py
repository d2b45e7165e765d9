"""Lets the records of closed segments go, oldest first, so that a trail stays below its cap.

Guarantee: before records are deleted, a `trim` record says which go and from which checkpoint what is left can be
proven, and that record is sealed and on disk. The birth and all checkpoints stay for ever, some kilobytes a segment, so
the chain of keys is never broken. What a collector has not acknowledged is no candidate where one is configured, and
what is under a legal hold never is. What the records told of erasures and trims elsewhere is told again before they go.
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
from vedette.trail.custody.holds import BadHolds, Holds
from vedette.trail.files.folder import replace, sync_folder
from vedette.trail.files.follow import frames, groups, more, size
from vedette.trail.files.keeper import writer_is_dead
from vedette.trail.files.rest import Locked
from vedette.trail.format.envelope import b64u
from vedette.trail.format.notes import BadNote, parse_checkpoint
from vedette.trail.format.spool import (
    CHECKPOINT,
    CONTENT,
    ENVELOPE,
    HEADER_SIZE,
    KEY,
    BadSegment,
    Header,
    segment_files,
    stream_folders,
)
from vedette.trail.shipping import place as places
from vedette.trail.writing import lifecycle
from vedette.trail.writing.retold import retold


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
        closed = [each for each in (files if writer_is_dead(folder) else files[:-1]) if has_records(each)]
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
    """Delete the records of a segment, and of those before it in its stream; bytes that came free.

    `tell` puts the `trim` record on disk, sealed, or raises. Nothing is deleted where what is left could not be proven,
    because damage lies at the cut.
    """
    folder = path.parent
    files = segment_files(folder)
    gone = [each for each in files if each.name <= path.name]
    rest = files[len(gone) :]
    try:
        stream = _header(gone[0]).stream.hex()
        end = _header(rest[0]).first if rest else size(folder)
        left = _left(rest[0] if rest else gone[-1], end, last=not rest)
    except (BadSegment, BadNote, IndexError):
        return 0
    first = int(gone[0].stem == "000000")  # the birth stays
    if end <= first:
        return 0
    for event in retold(gone):
        tell(event)
    tell(lifecycle.trim(stream, first, end - 1, reason, left))
    freed = sum(map(_emptied, gone))
    sync_folder(folder)
    return freed


def has_records(path: Path) -> bool:
    """Whether a closed segment has not been let go yet. Reads the beginning of the file."""
    born = path.stem != "000000"
    for frame in frames(path, HEADER_SIZE, final=True):
        if frame.type in (ENVELOPE, CONTENT) and born:
            return True
        born |= frame.type == ENVELOPE
    return False


def _emptied(path: Path) -> int:
    """Put what stays of a segment in its place, whole or not at all; frames are kept as they are, encrypted or not."""
    before = path.stat()
    data = path.read_bytes()
    kept = [data[:HEADER_SIZE]]
    born = path.stem != "000000"
    for frame in frames(path, HEADER_SIZE, final=True):
        if not born or frame.type in (CHECKPOINT, KEY):
            kept.append(data[frame.offset : frame.end])
        born |= frame.type == ENVELOPE
    replace(path, b"".join(kept), before.st_mode & 0o777)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
    return (before.st_blocks - path.stat().st_blocks) * 512


def _header(path: Path) -> Header:
    with path.open("rb") as file:
        return Header.unpack(file.read(HEADER_SIZE))


def _left(path: Path, end: int, *, last: bool) -> dict[str, Fact]:
    """The checkpoint of size `end`, from which what is left can be proven: a segment's first, or the `last` there is.

    Raises `BadNote` where there is none; a dead stream whose end was never sealed may go without. A segment that no key
    at hand opens tells the size alone.
    """
    number = int(path.stem)
    try:
        notes = [each for each in groups(path.parent, number, HEADER_SIZE, dead=True) if each.type == CHECKPOINT]
        found = parse_checkpoint(json.loads(notes[-1 if last else 0].payload))
    except Locked:
        return {"vedette.head.size": end}
    except (ValueError, IndexError):
        raise BadNote("no checkpoint at the cut") from None
    if found.note.size != end:
        if last:
            return {"vedette.ordinal": int(path.parent.name)}
        raise BadNote("the checkpoint is not of the cut")
    following = found.note.key("next")
    named = {"vedette.head.next": base64.b64encode(following).decode()} if following else {}
    root = b64u(found.note.root)
    return {"vedette.head.size": end, "vedette.head.index": found.index, "vedette.head.root": root, **named}
