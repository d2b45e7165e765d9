"""The host log: what the keeper has seen of all streams of a trail, in the same format, signed by the host key.

Guarantee: a head in it, once sealed, bounds what can be cut off a stream unseen; what the host key signed can be
pinned, witnessed and time-stamped (`anchors`). It survives restarts: the log is one stream, whose id is the trail's,
and whoever keeps it next goes on in a new segment. Its torn tail is cut off, and told of. One keeper at a time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from vedette.event import Event, Fact
from vedette.names import SCHEMA
from vedette.trail.files.folder import Slot, make, sync_folder
from vedette.trail.files.sharing import modes
from vedette.trail.format import envelope as env
from vedette.trail.format.checkpoint import HostKey, Named, checkpoint_line
from vedette.trail.format.commit import committed
from vedette.trail.format.merkle import root_of
from vedette.trail.format.spool import CHECKPOINT, encode_frame, segment_files
from vedette.trail.hosting.growth import Growth, Tip, tip
from vedette.trail.hosting.watch import Head, Remains
from vedette.trail.writing import lifecycle
from vedette.trail.writing.stream import Start, Stream

ORDINAL = 0xFFFFFFFF
"""The host log's place in its segment headers: it is none of the streams."""


class HostLog:
    """The host log, open for writing. Not thread-safe. What it cannot write is an `OSError`, and changes nothing."""

    def __init__(self, folder: Path, trail_id: str, host: Named) -> None:
        make(folder, modes(folder.parent)[0])
        self.folder = folder
        self.trail_id = trail_id
        found = tip(folder, bytes.fromhex(trail_id))
        self._stream = Stream(Slot(ORDINAL, folder, -1), _start(trail_id, host, found), keep_content=True)
        if found is None:
            self._append("birth", _birth(trail_id))
        else:
            self._append("resume", _torn(trail_id, found))
        self.seal()

    def _append(self, phase: str, facts: Mapping[str, Fact], content: Mapping[str, str] | None = None) -> int:
        return self.append(lifecycle.record(phase, facts), content)

    def append(self, event: Event, content: Mapping[str, str] | None = None) -> int:
        """Write one record; its number."""
        return self._stream.write(event, committed(content or event.content, keep=True))

    def head(self, head: Head) -> None:
        facts = {**_of(head.stream, head.ordinal, head.size, head.root), "vedette.head.index": head.index}
        if head.next:
            facts["vedette.head.next"] = head.next
        self._append("head" if head.next else "closed", facts)

    def recovered(self, remains: Remains) -> None:
        facts = _of(remains.stream, remains.ordinal, remains.size, remains.root)
        torn: dict[str, Fact] = {"vedette.torn.bytes": remains.torn, "vedette.torn.sha256": remains.torn_hash}
        self._append("recovered", {**facts, **torn})

    def heartbeat(self, streams: int) -> None:
        self._append("heartbeat", {"vedette.keeper.streams": streams})

    def anchored(self, facts: Mapping[str, Fact], statement: str) -> None:
        """What an anchor answered: the statement travels with the log, and proves itself."""
        self._append("anchor", facts, {"vedette.anchor.statement": statement})

    @property
    def size(self) -> int:
        """How many records there are."""
        return self._stream.n

    @property
    def idle(self) -> float:
        """Seconds since the newest record."""
        return (time.monotonic_ns() - self._stream.newest) / 1e9

    def seal(self) -> None:
        """A checkpoint over all that is written, on disk."""
        self._stream.checkpoint()
        self._stream.segment.sync()
        self._stream.unsynced.clear()

    def grown(self) -> Growth:
        """What an anchor is shown of the log as it was last sealed."""
        return Growth(self.folder)

    def close(self) -> None:
        """Seal and let go. The log is not closed: the next keeper goes on with it."""
        self._stream.checkpoint()
        self._stream.pause()

    def abandon(self) -> None:
        """In a forked child: leave the files to the parent."""
        self._stream.abandon()


def _start(trail_id: str, host: Named, found: Tip | None) -> Start:
    """Go on behind what is there, under a new checkpoint over it."""
    raw = bytes.fromhex(trail_id)
    if found is None:
        return Start(raw, 0, env.genesis(raw), (), HostKey(host), b"", 0)
    os.truncate(found.path, found.end)
    sync_folder(found.path.parent)
    key = HostKey(host, found.index + 1)
    line = checkpoint_line(trail_id, key.index, key.sign(found.size, root_of(found.peaks)), found.peaks)
    number = int(segment_files(found.path.parent)[-1].stem) + 1
    return Start(raw, found.size, found.leaf, found.peaks, key.after(), encode_frame(CHECKPOINT, line), number)


def _birth(trail_id: str) -> dict[str, Fact]:
    return {"vedette.log": "host", "vedette.trail.id": trail_id, "vedette.schema": SCHEMA, "vedette.pid": os.getpid()}


def _torn(trail_id: str, found: Tip) -> dict[str, Fact]:
    facts = _of(trail_id, ORDINAL, found.size, root_of(found.peaks))
    return {**facts, "vedette.torn.bytes": found.torn, "vedette.torn.sha256": found.torn_hash}


def _of(stream: str, ordinal: int, size: int, root: bytes) -> dict[str, Fact]:
    return {
        "vedette.head.stream": stream,
        "vedette.ordinal": ordinal,
        "vedette.head.size": size,
        "vedette.head.root": env.b64u(root),
    }
