"""Files of lines: one, or a folder or a glob of them (rotation leaves many), plain or gzip, by name.

Order does not matter to the verifier; which files there are does: what is not named is missing.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from vedette.trail.format.spool import MAGIC
from vedette.trail.proving.known import Source
from vedette.trail.sources.lines import Lines
from vedette.trail.sources.request import Unreachable

_GZIP = b"\x1f\x8b"


class Files(Source):
    """All files of `paths`, one after the other."""

    def __init__(self, paths: Sequence[str], *, splunk: bool = False) -> None:
        super().__init__()
        self._files = [file for path in paths for file in _files(path)]
        self._splunk = splunk
        self._where = ""
        self.total = sum(file.stat().st_size for file in self._files)

    def where(self) -> str:
        return self._where

    def __iter__(self) -> Iterator[str]:
        for path in self._files:
            before = self.done
            with path.open("rb") as file:
                yield from self._file(path, file, before)
            self.done = before + path.stat().st_size

    def _file(self, path: Path, file: io.BufferedReader, before: int) -> Iterator[str]:
        begin = file.peek(len(MAGIC))
        if begin.startswith(MAGIC):
            raise Unreachable(f"{path}: a segment of a trail; name the trail's folder")
        lines = Lines(_unpacked(file, begin), splunk=self._splunk, name=path.name)
        lines.known = self.known
        told = file.tell if file.seekable() else lambda: 0
        try:
            for body in lines:
                self._where, self.index = lines.where(), lines.index
                self.done = before + told()
                yield body
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self._where = lines.where()
            self.complain("the gzip file is damaged from here on")


def _files(path: str) -> list[Path]:
    """Raises `Unreachable` if nothing is there. A pipe is a file too, where it is named itself."""
    one = Path(path)
    found = [one] if one.exists() else sorted(one.parent.glob(one.name))
    files = [each for place in found for each in (_inside(place) if place.is_dir() else [place])]
    if not files:
        raise Unreachable(f"{path}: {os.strerror(2) if not found else 'no file in it'}")
    return files


def _inside(folder: Path) -> list[Path]:
    """All files below a folder, as a bucket is copied; what is hidden is no export."""
    found = (each for each in sorted(folder.rglob("*")) if each.is_file())
    return [each for each in found if not any(part.startswith(".") for part in each.relative_to(folder).parts)]


def _unpacked(file: io.BufferedReader, begin: bytes) -> IO[bytes]:
    """A gzip file is told by its first two bytes, whatever it is called."""
    if not begin.startswith(_GZIP):
        return file
    return io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=file)))
