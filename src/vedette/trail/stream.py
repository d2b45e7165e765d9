"""One stream: the chain and the tree over its records, and the segments that hold them. One a process start.

Not thread-safe: `log.Trail` holds the lock. A record is content frames, then its envelope, in one write: an envelope
that exists has its content.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vedette.event import Event
from vedette.trail import envelope as env
from vedette.trail import folder as place
from vedette.trail.checkpoint import Keys, checkpoint_line
from vedette.trail.merkle import Frontier, leaf_hash
from vedette.trail.segment import SegmentFile
from vedette.trail.spool import CHECKPOINT, CONTENT, ENVELOPE, HEADER_SIZE, Header, encode_frame

EVERY = 1024

Content = tuple[bytes, dict[str, list[Any]]]
"""Content frames, and for each field its commitment and size."""


def committed(content: Mapping[str, str], *, keep: bool) -> Content:
    """Salt, commit and frame each field; without `keep` the commitment stands alone (`VEDETTE_CONTENT=none`)."""
    frames, commitments = b"", {}
    for field, text in content.items():
        payload = env.content_payload(field, text)
        size = len(payload) - 17 - len(field)
        if size > env.MAX_CONTENT:
            commitments[field] = ["", size]  # shed: larger than a trail keeps of one field
            continue
        frames += encode_frame(CONTENT, payload) if keep else b""
        commitments[field] = [env.commitment(payload), size]
    return frames, commitments


class Stream:
    """A stream from its birth on. `n` is the number of records, `last` the leaf hash of the newest."""

    def __init__(self, trail: Path, identity: place.Identity, *, keep_content: bool) -> None:
        self.ordinal, self.path = place.allocate(trail)
        self._lock = place.lock_stream(self.path)
        raw = os.urandom(16)
        self.id = raw.hex()
        self._raw = raw
        self._keep = keep_content
        self._keys = Keys(identity.stream_name(self.id), identity.host, self.ordinal)
        self._tree = Frontier()
        self._born = time.monotonic_ns()
        self._head = {"v": 1, "s": self.id}
        self.last = env.genesis(raw)
        self.n = 0
        self.sealed = 0
        self.unsealed_since = 0.0
        self._number = 0
        self.segment = self._open()

    def _open(self) -> SegmentFile:
        header = Header(self._raw, self.ordinal, self._number, self.n, time.time_ns(), self.last)
        return SegmentFile(self.path / f"{self._number:06d}.seg", header)

    def write(self, event: Event, content: Content) -> int:
        """Append one record and return its number. An `OSError` leaves everything as it was."""
        data, record = self._framed(event, content)
        if self.segment.full(len(data)):
            self._roll()
            data, record = self._framed(event, content)
        self.segment.write(data)
        leaf = leaf_hash(record)
        self._tree.add(leaf)
        self.last = leaf
        self.n += 1
        if self.sealed == self.n - 1:
            self.unsealed_since = time.monotonic()
        if self.n - self.sealed >= EVERY:
            self.checkpoint()
        return self.n - 1

    def _framed(self, event: Event, content: Content) -> tuple[bytes, bytes]:
        head = {
            **self._head,
            "n": self.n,
            "p": env.b64u(self.last),
            "t": str(time.time_ns()),
            "m": str(time.monotonic_ns() - self._born),
        }
        frames, commitments = content
        record = env.sealed(env.build(event, head, commitments))
        if len(record) > env.AIM:
            facts, text = env.overflow(event.facts)
            more, also = committed({"facts": text}, keep=self._keep)
            envelope = env.build(event, head, {**commitments, **also})
            envelope["a"] = facts
            frames, record = frames + more, env.sealed(envelope)
        return frames + encode_frame(ENVELOPE, record), record

    def checkpoint(self, *, last: bool = False) -> None:
        """Sign what there is. The key that signed is dropped."""
        if self.n == self.sealed and not last:
            return
        self.segment.write(encode_frame(CHECKPOINT, self._signed(last=last)))
        self.sealed = self.n

    def _signed(self, *, last: bool) -> bytes:
        index = self._keys.index
        return checkpoint_line(self.id, index, self._keys.sign(self.n, self._tree.root(), last=last), self._tree.peaks)

    def _roll(self) -> None:
        """A checkpoint ends the old segment and, repeated, begins the new one: every file can be verified alone."""
        frame = encode_frame(CHECKPOINT, self._signed(last=False))
        if not self.segment.poisoned:
            self.segment.write(frame)
        self.segment.close()
        self._number += 1
        self.segment = self._open()
        self.segment.write(frame)
        self.sealed = self.n

    def close(self) -> None:
        """The last checkpoint announces no key: the stream is closed."""
        self.checkpoint(last=True)
        self.segment.close()
        os.close(self._lock)

    def abandon(self) -> None:
        """In a forked child: the stream is the parent's. With its lock open here, a dead parent's would seem held."""
        self.segment.abandon()
        os.close(self._lock)

    @property
    def size(self) -> int:
        """Bytes of the current segment that hold something."""
        return max(self.segment.offset - HEADER_SIZE, 0)
