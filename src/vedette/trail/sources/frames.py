"""Frames of one stream, as bodies: in file order, stepping over damage, so that one bad sector costs one record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vedette.trail.files.identities import Keys
from vedette.trail.files.rest import opened
from vedette.trail.format import spool
from vedette.trail.format.canonical import Unreadable, parse
from vedette.trail.format.content import bodies
from vedette.trail.format.envelope import commitment

SEARCHED = 2**30
"""So many bytes are checked at most in search of the next frame of a damaged file: about a second."""

_FRAME_LIKE = re.compile(rb"(?=[\x01-\x04][\x00-\x03]\x00\x00)", re.DOTALL)
_TYPE_AT = 8


class Frames:
    """File by file. `due` is the number of the record that comes next.

    `corrupt` holds the numbers that were due where something is damaged and more follows; `torn`: nothing follows.
    `is_empty`: no body came of any file.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._at = 0
        self.stream = ""
        self.due = 0
        self.corrupt: list[int] = []
        self.torn = False
        self.is_empty = True
        self._contents: list[bytes] = []

    def bodies(self, path: Path, *, last: bool) -> Iterator[str]:
        """What one file holds. Raises `OSError`."""
        data = path.read_bytes()
        if last and not data[: spool.HEADER_SIZE].strip(b"\x00"):
            return  # its maker died before it wrote anything into it
        self._head(data)
        self._at = spool.HEADER_SIZE
        while self._at < len(data):
            for frame in opened(self._scan(data), path, self._keys):
                for body in self._frame(frame):
                    self.is_empty = False
                    yield body
            if not data[self._at :].strip(b"\x00"):
                return
            self._at = _resume(data, self._at) or len(data)
            self._damaged(last and self._at == len(data))

    def _scan(self, data: bytes) -> Iterator[spool.Frame]:
        for frame in spool.scan(data, self._at):
            self._at = frame.end
            yield frame

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
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if length > len(data) - at:
            continue  # no frame, and nothing that would be checked
        budget -= length
        if budget < 0:
            return 0
        if spool.frame_at(data, at) is not None:
            return at
    return 0
