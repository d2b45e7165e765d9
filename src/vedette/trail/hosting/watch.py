"""What the keeper sees of one stream: its signed heads as they come, and what a dead process left behind the last one.

It reads segment files only, so it may run under another user. A head is taken when the stream's own key signed it, as
far as the keeper has followed the keys; nothing is believed because it lies in a file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from vedette.trail.files.follow import Group, groups, header
from vedette.trail.files.keeper import writer_is_dead
from vedette.trail.format.envelope import b64u
from vedette.trail.format.merkle import grown, leaf_hash, root_of
from vedette.trail.format.notes import BadNote, Checkpoint, parse_checkpoint
from vedette.trail.format.spool import CHECKPOINT, HEADER_SIZE, segment_files


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head of a stream; `next` is the key it announces, base64, or "" where the stream is closed."""

    stream: str
    ordinal: int
    index: int
    size: int
    root: bytes
    next: str


@dataclass(frozen=True, slots=True)
class Remains:
    """What a dead process left: `size` records with `root`, then `torn` bytes that are no frame, with their hash."""

    stream: str
    ordinal: int
    size: int
    root: bytes
    torn: int
    torn_hash: str


class Watch:
    """One stream, followed from its beginning, or from its last segment if it was met before.

    `known` is the index of the newest head that was told of; -1 = none was.
    """

    def __init__(self, folder: Path, known: int = -1) -> None:
        self.folder = folder
        self.ordinal = int(folder.name)
        self.stream = ""
        self._known = known
        files = segment_files(folder) if known >= 0 else []
        self._segment = int(files[-1].stem) if files else 0
        self._end = HEADER_SIZE
        self._size = 0
        self._peaks: tuple[bytes, ...] = ()
        self._head: Head | None = None
        self._key: bytes | None = None

    @property
    def closed(self) -> bool:
        return self._head is not None and not self._head.next

    @property
    def dead(self) -> bool:
        """Whether its process has ended. A folder without a segment may still be waiting for its writer."""
        return bool(segment_files(self.folder)) and writer_is_dead(self.folder)

    def news(self) -> list[Head]:
        """The first head, if it was not told yet, and the newest."""
        found = header(self.folder)
        if found is None:
            return []
        self.stream = found.stream.hex()
        heads = [
            head for group in groups(self.folder, self._segment, self._end, dead=False) if (head := self._take(group))
        ]
        return heads if len(heads) < 3 else [*(heads[:1] if heads[0].index == 0 else ()), heads[-1]]

    def _take(self, group: Group) -> Head | None:
        self._segment, self._end = group.segment, group.end
        if group.type == CHECKPOINT:
            return self._checkpoint(group.payload)
        self._peaks = grown(self._size, self._peaks, leaf_hash(group.payload))
        self._size += 1
        return None

    def _checkpoint(self, line: bytes) -> Head | None:
        """None for one that was seen before (a segment begins with it again), or that is not signed as it must be."""
        try:
            found = parse_checkpoint(json.loads(line))
        except (BadNote, ValueError, AttributeError):
            return None
        if not found.sound or not self._is_signed(found) or found.peaks is None:
            return None
        self._size, self._peaks, self._key = found.note.size, found.peaks, found.note.key("next")
        head = Head(
            self.stream,
            self.ordinal,
            found.index,
            found.note.size,
            found.note.root,
            found.note.extensions.get("next", ""),
        )
        new, self._head = head != self._head and head.index > self._known, head
        return head if new else None

    def _is_signed(self, found: Checkpoint) -> bool:
        if self._head is not None and found.index <= self._head.index:
            return found.index == self._head.index and found.note.root == self._head.root
        key = found.note.key("key") if found.index == 0 else self._key
        return key is None or found.note.signed_by(found.note.origin, key)

    def remains(self) -> Remains:
        """Of a dead stream: all that lies whole in its files, and its torn tail."""
        self.news()
        torn = self._tail()
        return Remains(
            self.stream, self.ordinal, self._size, root_of(self._peaks), len(torn), b64u(sha256(torn).digest())
        )

    def _tail(self) -> bytes:
        last = segment_files(self.folder)[-1]
        with last.open("rb") as file:
            file.seek(self._end if int(last.stem) == self._segment else HEADER_SIZE)
            return file.read().rstrip(b"\x00")
