"""Lines: bodies one a line, OTLP-JSON exports (the Collector's file exporter), Splunk exports, mixed as they come.

Bodies may be JSON strings, exports in arrays or over many lines. It never stops at a line that it cannot read: it tells
its number and goes on.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from vedette.trail.proving.known import Source
from vedette.trail.sources import exports
from vedette.trail.sources.documents import documents

MAX_LINE = 64 * 1024 * 1024
MAX_FIELD = 2 * 1024 * 1024
_QUOTED = ('"', "[")
_SPLUNK = ('{"preview":', '{"result":', '{"_raw":')


class Lines(Source):
    """One file, or a pipe, of bytes. `splunk`: it may be CSV, with a column `_raw`. `name`: what it is called."""

    def __init__(self, file: IO[bytes], *, splunk: bool = False, name: str = "") -> None:
        super().__init__()
        self._file = file
        self._name = f"{name} " if name else ""
        self._splunk = splunk
        self._number = 0

    def where(self) -> str:
        return f"{self._name}line {self._number}"

    def __iter__(self) -> Iterator[str]:
        texts = documents(self._texts(), MAX_LINE)
        for text in texts:
            if self._splunk and self._number == 1 and not text.startswith("{"):
                yield from self._rows(text, texts)
            else:
                yield from self._line(text)

    def _texts(self) -> Iterator[str]:
        """The lines that are text and not too long. Counts the bytes read, so that progress can be told."""
        while line := self._file.readline(MAX_LINE):
            self._number += 1
            self.done += len(line)
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                self.complain("longer than 64 MiB")
                self._skip()
                continue
            try:
                yield line.rstrip(b"\r\n").decode("utf-8-sig" if self._number == 1 else "utf-8")
            except UnicodeDecodeError:
                self.complain("not UTF-8")

    def _skip(self) -> None:
        while (rest := self._file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
            pass

    def _line(self, text: str) -> Iterator[str]:
        if text.startswith(_QUOTED) or '"resourceLogs"' in text:
            yield from self._entries(text, exports.otlp_json)
        elif self._splunk or text.startswith(_SPLUNK):
            yield from self._entries(text, exports.splunk_json)
        elif text:
            yield text

    def _entries(self, text: str, read: Callable[[str], list[exports.Entry]]) -> Iterator[str]:
        try:
            entries = read(text)
        except exports.NotAnExport as error:
            self.complain(str(error))
            return
        yield from self._bodies(entries)

    def _bodies(self, entries: Iterable[exports.Entry]) -> Iterator[str]:
        for body, self.index in entries:
            if body is None:
                self.complain("a log record without a text body")
            else:
                yield body
        self.index = None

    def _rows(self, head: str, texts: Iterator[str]) -> Iterator[str]:
        """CSV: the names are in its first line. A body never holds a line feed, so a row is a line."""
        csv.field_size_limit(MAX_FIELD)
        names = next(csv.reader([head]), [])
        for text in texts:
            try:
                row = dict(zip(names, next(csv.reader([text]), []), strict=False))
            except csv.Error:
                self.complain("not a row of CSV")
                continue
            yield from self._bodies([exports.splunk_row(row)])
