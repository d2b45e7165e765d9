"""Reads the host log back: where it ends, and, for anchors, its newest note and proofs that it has only grown.

Nothing of the log is kept in memory: each segment begins with a checkpoint, so any tree is grown from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from vedette.trail.files.follow import Group, frames, groups
from vedette.trail.format.envelope import b64u
from vedette.trail.format.merkle import Frontier, consistency, leaf_hash
from vedette.trail.format.notes import Checkpoint, parse_checkpoint
from vedette.trail.format.spool import CHECKPOINT, ENVELOPE, HEADER_SIZE, BadSegment, Header, segment_files


@dataclass(frozen=True, slots=True)
class Tip:
    """Where the log ends: `size` records, `leaf` of the last, `index` of the newest checkpoint.

    Whole frames end at `end` of the file `path`; `torn` bytes that are no frame follow, with their hash.
    """

    path: Path
    size: int
    leaf: bytes
    peaks: tuple[bytes, ...]
    index: int
    end: int
    torn: int
    torn_hash: str


def tip(folder: Path, raw: bytes) -> Tip | None:
    """None where there is no log yet. A file whose maker died before its first frame was whole is removed."""
    for path in reversed(segment_files(folder)):
        try:
            head = _header(path)
        except BadSegment:
            path.unlink()
            continue
        if not head.first or _begins(path):
            return _tip(path, head)
        path.unlink()
    return None


def _begins(path: Path) -> bool:
    """Whether a segment holds the checkpoint that it must begin with: without it, its tree is not known."""
    first = next(frames(path, HEADER_SIZE, final=False), None)
    return first is not None and first.type == CHECKPOINT


def _header(path: Path) -> Header:
    with path.open("rb") as file:
        return Header.unpack(file.read(HEADER_SIZE))


def _tip(path: Path, head: Header) -> Tip:
    tree, leaf, index, end = Frontier(), head.before, -1, HEADER_SIZE
    for group in groups(path.parent, head.segment, HEADER_SIZE, dead=False):
        end = group.end
        if group.type == CHECKPOINT:
            found = checkpoint(group)
            index, tree = found.index, Frontier(found.note.size, found.peaks or ())
        else:
            leaf = leaf_hash(group.payload)
            tree.add(leaf)
    with path.open("rb") as file:
        file.seek(end)
        torn = file.read().rstrip(b"\x00")
    return Tip(path, tree.size, leaf, tree.peaks, index, end, len(torn), b64u(sha256(torn).digest()))


def checkpoint(group: Group) -> Checkpoint:
    """A checkpoint of our own log."""
    return parse_checkpoint(json.loads(group.payload))


def told(folder: Path, segment: int = 0) -> Iterator[dict[str, Any]]:
    """The facts of all records of the log, from a segment on."""
    for group in groups(folder, segment, HEADER_SIZE, dead=False):
        if group.type == ENVELOPE:
            yield json.loads(group.payload).get("a", {})


class Growth:
    """The log as it was when it was last sealed: `note` over `size` records."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.checkpoint = self._newest()
        self.size = self.checkpoint.note.size

    def _newest(self) -> Checkpoint:
        last = segment_files(self._folder)[-1]
        found = [
            each for each in groups(self._folder, int(last.stem), HEADER_SIZE, dead=False) if each.type == CHECKPOINT
        ]
        return checkpoint(found[-1])

    @property
    def note(self) -> str:
        """The whole signed note, as witnesses and time stamp authorities are given it."""
        return self.checkpoint.note.whole

    def proof(self, old: int) -> list[bytes]:
        """That the log of `old` records, at most `size`, is the beginning of this one."""
        tree, later = self._tree(old)
        return consistency(old, tree.peaks, later)

    def root(self, size: int) -> bytes:
        """The root over the first `size` records, at most `self.size`."""
        return self._tree(size)[0].root()

    def _tree(self, size: int) -> tuple[Frontier, list[bytes]]:
        """The tree of the first `size` records, and the leaves behind them up to the newest checkpoint."""
        start = max(
            (head.segment for head in map(_header, segment_files(self._folder)) if head.first <= size), default=0
        )
        tree = Frontier()
        later: list[bytes] = []
        for group in groups(self._folder, start, HEADER_SIZE, dead=False):
            if group.type == CHECKPOINT:
                found = checkpoint(group)
                if not tree.size and found.note.size <= size:
                    tree = Frontier(found.note.size, found.peaks or ())
            elif tree.size < size:
                tree.add(leaf_hash(group.payload))
            elif tree.size + len(later) < self.size:
                later.append(leaf_hash(group.payload))
        return tree, later
