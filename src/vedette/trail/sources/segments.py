"""The segments of a local trail: frames in file order, stepping over damage, so that one bad sector costs one record.

Which damage is a torn tail, and which writers still live, stands in `known`.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vedette.trail import spool
from vedette.trail.canonical import Unreadable, parse
from vedette.trail.content import bodies
from vedette.trail.envelope import commitment
from vedette.trail.keeper import writer_is_dead
from vedette.trail.known import Source

SEARCHED = 2**30
"""So many bytes are checked at most in search of the next frame of a damaged file: about a second."""

_FRAME_LIKE = re.compile(rb"(?=[\x01-\x04][\x00-\x03]\x00\x00)", re.DOTALL)
_TYPE_AT = 8


class Segments(Source):
    """All streams of a trail's folder, and what only the folder tells. Raises `OSError` if a file cannot be read."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._path = folder
        self.known.ephemeral = folder.resolve().is_relative_to(Path(tempfile.gettempdir()).resolve())
        self.known.host_keys = _host_keys(folder)

    def where(self) -> str:
        return str(self._path.relative_to(self._folder))

    def __iter__(self) -> Iterator[str]:
        for stream in spool.stream_folders(self._folder):
            yield from self._stream(stream)

    def _stream(self, folder: Path) -> Iterator[str]:
        """The lock is asked before the files are read: a stream that is dead by then does not change any more."""
        files = spool.segment_files(folder)
        live = bool(files) and not writer_is_dead(folder)
        reader = _Reader()
        for path in files:
            self._path = path
            yield from reader.bodies(path.read_bytes(), last=path == files[-1])
        self._conclude(folder, reader, live=live)

    def _conclude(self, folder: Path, reader: _Reader, *, live: bool) -> None:
        known = self.known
        if not reader.stream:
            known.unborn.add(int(folder.name))
            return
        if live:
            known.live.add(reader.stream)
        elif reader.torn:
            known.torn.add(reader.stream)
        if reader.corrupt:
            known.corrupt[reader.stream] = reader.corrupt


def _host_keys(folder: Path) -> dict[str, str]:
    """The host's public key as the trail's own `trail.json` has it; none if that cannot be read."""
    try:
        about = json.loads((folder / "trail.json").read_text())
        return {f"{about['origin']}/{about['trail_id']}/host": str(about["host_key"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


class _Reader:
    """Frames of one stream, file by file, as bodies. `due` is the number of the record that comes next.

    `corrupt` holds the numbers that were due where something is damaged and more follows; `torn`: nothing follows.
    """

    def __init__(self) -> None:
        self.stream = ""
        self.due = 0
        self.corrupt: list[int] = []
        self.torn = False
        self._contents: list[bytes] = []

    def bodies(self, data: bytes, *, last: bool) -> Iterator[str]:
        self._head(data)
        at = spool.HEADER_SIZE
        while at < len(data):
            for frame in spool.scan(data, at):
                yield from self._frame(frame)
                at = frame.end
            if not data[at:].strip(b"\x00"):
                return
            at = _resume(data, at) or len(data)
            self._damaged(last and at == len(data))

    def _head(self, data: bytes) -> None:
        try:
            header = spool.Header.unpack(data)
        except spool.BadSegment:
            self._damaged(final=False)
            return
        self.stream = self.stream or header.stream.hex()
        self.due = self.due or header.first

    def _damaged(self, final: bool) -> None:
        if final:
            self.torn = True
        else:
            self.corrupt.append(self.due)

    def _frame(self, frame: spool.Frame) -> Iterator[str]:
        if frame.type == spool.CONTENT and not frame.flags & spool.ERASED:
            self._contents.append(frame.payload)
        elif frame.type == spool.CHECKPOINT:
            yield frame.payload.decode("utf-8", "replace")
        elif frame.type == spool.ENVELOPE:
            yield from self._record(frame.payload)

    def _record(self, payload: bytes) -> Iterator[str]:
        body = payload.decode("utf-8", "replace")
        contents, self._contents = self._contents, []
        self.due += 1
        if contents or not self.stream:
            yield from self._of_record(body, contents)
        yield body

    def _of_record(self, body: str, contents: list[bytes]) -> Iterator[str]:
        try:
            envelope = parse(body)[0]
            self.stream, n, committed = str(envelope["s"]), int(envelope["n"]), dict(envelope.get("c", {}))
        except (Unreadable, KeyError, ValueError, TypeError):
            return
        for name, payload in _belonging(contents, committed):
            text = payload[17 + len(name.encode()) :].decode("utf-8", "replace")
            yield from bodies(self.stream, n, name, payload[:16], text)


def _belonging(contents: list[bytes], committed: dict[str, Any]) -> list[tuple[str, bytes]]:
    """Which of the contents in front of an envelope are its own: others may be of a record that was lost."""
    named = [(payload[16:].partition(b"\x00")[0].decode("utf-8", "replace"), payload) for payload in contents]
    names = [name for name, _ in named]
    if len(set(names)) == len(names) and committed.keys() >= set(names):
        return named
    true = [each for each in named if [commitment(each[1])] == _first(committed.get(each[0]))]
    found = {name for name, _ in true}
    return true + [each for each in named if each[0] in committed.keys() - found]


def _first(pair: object) -> object:
    return pair[:1] if isinstance(pair, list) else None


def _resume(data: bytes, damaged: int) -> int:
    """Where the next frame that checks begins; 0 if there is none."""
    budget = SEARCHED
    for found in _FRAME_LIKE.finditer(data, damaged + _TYPE_AT + 1):
        at = found.start() - _TYPE_AT
        budget -= int.from_bytes(data[at + 4 : at + 8], "little")
        if budget < 0:
            return 0
        if spool.frame_at(data, at) is not None:
            return at
    return 0
