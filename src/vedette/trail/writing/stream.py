"""One stream: the chain and the tree over its records, and the segments that hold them. One a process start.

A record is content frames, then its envelope, then the checkpoint if one is due, in one `pwrite`: an envelope that
exists has its content. All that moves is one immutable `State`, exchanged by one assignment once the bytes are written:
neither a failed write nor a KeyboardInterrupt leaves a stream half way.

Not thread-safe: `log.Trail` holds the lock.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic_ns, time_ns
from typing import Any, NamedTuple
from zlib import crc32

from vedette.event import Event
from vedette.trail.files.folder import Slot, release
from vedette.trail.files.identities import Recipients
from vedette.trail.files.identity import Identity
from vedette.trail.format import envelope as env
from vedette.trail.format import size
from vedette.trail.format.checkpoint import Keys, Signing, checkpoint_line
from vedette.trail.format.commit import Content, committed
from vedette.trail.format.merkle import grown, leaf_hash, root_of
from vedette.trail.format.spool import CHECKPOINT, ENVELOPE, Header, encode_frame, pack_crc, pack_head
from vedette.trail.writing.segment import SegmentFile, Sizes, Usual
from vedette.trail.writing.unsynced import Unsynced

EVERY = 1024
ROOM = 4096
"""What a checkpoint takes at most: 0.7 KB, and 44 bytes for each doubling of the stream."""


class State(NamedTuple):
    """Where a stream stands. `leaf` is of record `n - 1`, or genesis; `note` the frame of the newest checkpoint."""

    n: int
    leaf: bytes
    peaks: tuple[bytes, ...]
    sealed: int
    keys: Signing
    note: bytes
    segment: SegmentFile
    end: int


_state = partial(tuple.__new__, State)
"""A `State` in a third of the time that its own call takes."""


class Start(NamedTuple):
    """Where a stream begins, or goes on: `segment` is made, and begins with `note` if there is one. `raw` is its id."""

    raw: bytes
    n: int
    leaf: bytes
    peaks: tuple[bytes, ...]
    keys: Signing
    note: bytes
    segment: int


def born(identity: Identity, ordinal: int) -> Start:
    """A new stream, with an id and keys of its own."""
    raw = os.urandom(16)
    keys = Keys.first(identity.stream_name(raw.hex()), identity.host, ordinal)
    return Start(raw, 0, env.genesis(raw), (), keys, b"", 0)


class Written(NamedTuple):
    """What a sync of `segment` makes durable: the first `n` records, and all writes before `mark`."""

    segment: SegmentFile
    n: int
    mark: int


class Stream:
    """A stream from its birth on. `id` is 32 hex digits; `newest` and `unsealed_since` are monotonic, in ns.

    `total` is how many bytes it has written, plain.
    """

    def __init__(
        self,
        slot: Slot,
        start: Start,
        *,
        keep_content: bool,
        rest: Recipients | None = None,
        sizes: Sizes | None = None,
    ) -> None:
        self._slot = slot
        self._raw = start.raw
        self.id = self._raw.hex()
        self._keep = keep_content
        self._rest = rest
        self._sizes = sizes or Usual()
        self.total = 0
        self._born = monotonic_ns()
        self._doubt: tuple[bytes, bytes, State] | None = None
        self.unsynced: Unsynced[State] = Unsynced()
        self.newest = self._born
        self.unsealed_since = 0
        header = Header(self._raw, slot.ordinal, start.segment, start.n, time_ns(), start.leaf)
        segment = SegmentFile(self._path(start.segment), header, self._sizes, rest)
        sealed = start.n if start.note else 0
        self._at = State(start.n, start.leaf, start.peaks, sealed, start.keys, b"", segment, segment.start)
        if start.note:
            self._commit(start.note, self._at._replace(note=start.note, end=segment.start + len(start.note)))

    def _path(self, number: int) -> Path:
        return self._slot.path / f"{number:06d}.seg"

    @property
    def ordinal(self) -> int:
        return self._slot.ordinal

    @property
    def n(self) -> int:
        """How many records there are."""
        return self._at.n

    @property
    def sealed(self) -> int:
        """How many of them are under a checkpoint."""
        return self._at.sealed

    @property
    def segment(self) -> SegmentFile:
        return self._at.segment

    def written(self) -> Written:
        return Written(self._at.segment, self._at.n, self.unsynced.mark())

    def write(self, event: Event, content: Content, *, seal: bool = False) -> int:
        """Append one record and return its number. An `OSError` leaves everything as it was."""
        if self._doubt is not None:
            self._settle()
        frames, commitments, mended = content
        now = self.newest = monotonic_ns()
        n, leaf, peaks, sealed, keys, note, segment, end = self._at
        envelope = env.build(event, (self.id, n, leaf, time_ns(), now - self._born), commitments)
        record = env.record(envelope, mended)
        if len(record) > size.AIM:
            record, more = self._smaller(envelope, mended)
            frames += more
        head = pack_head(len(record), ENVELOPE, 0, 0)
        data = b"".join((frames, pack_crc(crc32(record, crc32(head))), head, record))  # `encode_frame`, joined once
        if segment.full(end + len(data) + ROOM, now):
            self.roll()
            n, _, peaks, sealed, keys, note, segment, end = self._at
        leaf = leaf_hash(record)
        after = _state((n + 1, leaf, grown(n, peaks, leaf), sealed, keys, note, segment, end + len(data)))
        if n == sealed:
            self.unsealed_since = now
        if seal or n + 1 - sealed >= EVERY:
            after = self._checkpointed(after)
            data += after.note
        self._commit(data, after)
        return n

    def _smaller(self, envelope: dict[str, Any], mended: int) -> tuple[bytes, bytes]:
        """The leaf bytes with the facts moved out, and the content frame that holds them."""
        facts, text = size.split(envelope.get("a", {}))
        moved = committed({size.FIELD: text}, keep=self._keep)
        commitments = {**envelope.get("c", {}), **moved.commitments}
        record = env.record({**size.shortened(envelope), "a": facts, "c": commitments}, mended)
        if len(record) > size.HARD:
            raise ValueError(f"an envelope of {len(record)} bytes: hundreds of content fields cannot be one record")
        return record, moved.frames

    def _commit(self, data: bytes, after: State) -> None:
        """Write plain frames behind the last ones, and be in the state `after`; encryption moves its `end`."""
        _, _, _, _, _, _, segment, offset = self._at
        written = data
        if segment.cipher is not None:
            written = segment.cipher.seal(data)
            after = after._replace(end=offset + len(written))
        self._doubt = (data, written, after)
        segment.write(written, offset)
        self._accept(data, after)

    def _accept(self, data: bytes, after: State) -> None:
        self.unsynced.add(self._at, data)
        self.total += len(data)
        self._at = after
        self._doubt = None

    def _settle(self) -> None:
        """A KeyboardInterrupt may have come while the last write was under way: what is on disk counts."""
        if self._doubt is not None:
            data, written, after = self._doubt
            if self._at is not after and self._at.segment.holds(written, self._at.end):
                self._accept(data, after)
            self._doubt = None

    def _checkpointed(self, at: State, *, last: bool = False) -> State:
        """`at` with a checkpoint over it, as the frame `note` still to be written."""
        signed = at.keys.sign(at.n, root_of(at.peaks), last=last)
        frame = encode_frame(CHECKPOINT, checkpoint_line(self.id, at.keys.index, signed, at.peaks))
        return at._replace(sealed=at.n, keys=at.keys.after(), note=frame, end=at.end + len(frame))

    def checkpoint(self, *, last: bool = False) -> None:
        """Sign what there is. The key that signed is dropped."""
        self._settle()
        if self._at.segment.full(self._at.end, monotonic_ns()):
            self.roll()
        if self._at.n > self._at.sealed or last:
            after = self._checkpointed(self._at, last=last)
            self._commit(after.note, after)

    def roll(self) -> None:
        """Go on in a new segment. It begins with the newest checkpoint again: every file can be verified alone.

        After a lost one it begins at the first record that may not be on disk, and holds all of those again: the
        overlap is identical byte by byte.
        """
        self._seal_old()
        at = self._at
        first = self.unsynced.first or at
        again = first.note + self.unsynced.data()
        number = at.segment.number + 1
        self._path(number).unlink(missing_ok=True)  # left by a roll that was interrupted
        header = Header(self._raw, self.ordinal, number, first.n, time_ns(), first.leaf)
        segment = SegmentFile(self._path(number), header, self._sizes, self._rest)
        written = segment.cipher.seal(again) if segment.cipher else again
        try:
            segment.write(written, segment.start)
        except OSError:
            segment.remove()
            raise
        self._at = at._replace(segment=segment, end=segment.start + len(written))

    def _seal_old(self) -> None:
        old = self._at.segment
        if not (old.finished or old.lost) and self._at.n > self._at.sealed:
            after = self._checkpointed(self._at)
            self._commit(after.note, after)
        with suppress(OSError):  # lost: what it may not hold is written again
            old.finish(self._at.end)
        if old.finished:
            self.unsynced.clear()

    def close(self) -> None:
        """The last checkpoint announces no key: the stream is closed."""
        try:
            self.checkpoint(last=True)
            self._at.segment.finish(self._at.end)
        finally:
            self.abandon()

    def pause(self) -> None:
        """Leave the stream open for whoever goes on with it: what is written is on disk, and cut to its end."""
        try:
            self._at.segment.finish(self._at.end)
        finally:
            self.abandon()

    def discard(self) -> None:
        """Undo a birth that failed: the place can be taken again."""
        self._at.segment.remove()
        release(self._slot)

    def abandon(self) -> None:
        """Leave the files as they are; in a forked child they are the parent's.

        With the lock open in the child, a dead parent's stream would seem alive.
        """
        self._at.segment.abandon()
        release(self._slot)
