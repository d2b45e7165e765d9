"""Where bodies come from: the local trail, files, a pipe, and what backends keep. Each is a `Source`, one a file.

A source yields body strings verbatim, in any order and with repeats, and raises `Unreachable` when it cannot go on: a
part of a record must never pass for the whole of it.
"""

from pathlib import Path
from typing import IO

from vedette.trail.files.identities import OURS, Keys
from vedette.trail.sources.address import open_source
from vedette.trail.sources.lines import Lines
from vedette.trail.sources.request import Request, Unreachable, Window
from vedette.trail.sources.segments import Segments

__all__ = ["Request", "Unreachable", "Window", "lines", "open_source", "segments"]


def segments(folder: Path, keys: Keys = OURS, *, host_log: Path | None = None) -> Segments:
    """All of a trail's folder, and its host log where that lies elsewhere. Raises `OSError` while it is read, if a file
    cannot be, or no key opens it.
    """
    return Segments(folder, keys, host_log=host_log)


def lines(file: IO[bytes]) -> Lines:
    """Bodies one a line, and lines of OTLP-JSON or Splunk exports, mixed as they come."""
    return Lines(file)
