"""Reads a stream from its files and insists on every promise of the format; written from the format, not the code."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from vedette.trail.format.checkpoint import verifies
from vedette.trail.format.merkle import Frontier
from vedette.trail.format.spool import (
    CHECKPOINT,
    CONTENT,
    ENVELOPE,
    HEADER_SIZE,
    read_segment,
    segment_files,
    stream_folders,
)


@dataclass
class Sound:
    """A stream that was found whole: records in order, each with its content; notes; `sealed` records are signed."""

    id: str = ""
    ordinal: int = -1
    records: list[dict[str, Any]] = field(default_factory=list)
    content: list[dict[str, str]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    sealed: int = 0
    closed: bool = False
    tails: list[str] = field(default_factory=list)

    @property
    def phases(self) -> list[str]:
        """The lifecycle records' phases, in order."""
        return [each["a"]["vedette.lifecycle.phase"] for each in self.records if each["k"] == "lifecycle"]


def sound(stream: Path) -> Sound:
    """The stream in `stream`. An AssertionError says what is not as promised."""
    found = Sound()
    tree, last, known, key = Frontier(), "", {}, b""
    for path in _begun(segment_files(stream)):
        segment = read_segment(path)
        found.id, found.ordinal = segment.header.stream.hex(), segment.header.ordinal
        found.tails.append(segment.tail)
        last = last or _b64u(sha256(b"vedette trail 1\n" + segment.header.stream).digest())
        payloads: list[bytes] = []
        for frame in segment.frames:
            if frame.type == CONTENT:
                payloads.append(frame.payload)
            elif frame.type == ENVELOPE:
                envelope = json.loads(frame.payload)
                if envelope["n"] in known:  # written again after a failed sync: the same bytes
                    assert known[envelope["n"]] == frame.payload
                else:
                    assert (envelope["n"], envelope["p"], envelope["s"]) == (tree.size, last, found.id)
                    known[tree.size] = frame.payload
                    leaf = sha256(b"\x00" + frame.payload).digest()
                    tree.add(leaf)
                    last = _b64u(leaf)
                    found.records.append(envelope)
                    found.content.append(_content(envelope, payloads))
                payloads = []
            elif frame.type == CHECKPOINT:
                line = json.loads(frame.payload)
                if line not in found.notes:
                    assert line["i"] == len(found.notes) and not found.closed
                    key = _checked(line, tree, key)
                    found.notes.append(line)
                    found.sealed, found.closed = tree.size, not key
    return found


def _begun(files: list[Path]) -> list[Path]:
    """But the last one, if its maker died before it wrote the header."""
    unborn = files and not files[-1].read_bytes()[:HEADER_SIZE].strip(b"\x00")
    return files[:-1] if unborn else files


def _content(envelope: dict[str, Any], payloads: list[bytes]) -> dict[str, str]:
    content = {}
    for payload in payloads:
        name, _, body = payload[16:].partition(b"\x00")
        assert envelope["c"][name.decode()] == [_b64u(sha256(b"\x10" + payload).digest()), len(body)]
        content[name.decode()] = body.decode()
    return content


def _checked(line: dict[str, Any], tree: Frontier, key: bytes) -> bytes:
    """Check a note against the records before it; the key that must sign the next one, b"" for none."""
    body, _, signatures = line["note"].partition("\n\n")
    _, size, root, *extensions = body.split("\n")
    said = dict(each.split(" ", 1) for each in extensions)
    key = key or base64.b64decode(said["key"])
    assert (int(size), base64.b64decode(root)) == (tree.size, tree.root())
    assert line["f"] == [_b64u(peak) for peak in tree.peaks]
    blob = base64.b64decode(signatures.splitlines()[0].split(" ")[2])
    assert verifies(key, blob[4:], (body + "\n").encode())
    return base64.b64decode(said.get("next", ""))


def streams(trail: Path) -> list[Sound]:
    """All streams of a trail, by ordinal."""
    return [sound(each) for each in stream_folders(trail)]


def _b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
