"""A stream of text, redacted as it comes: however it is cut, what comes out is what the whole would have become.

Guarantee. Bytes are let out once nothing that may follow can change what becomes of them: those before the hold-back
(the widest window of any rule), before every value that is still open, and at a place that no run without a blank or a
quote crosses. The end of the stream is the end of the text. JSON is kept until its end, because it takes a parser.

Sad paths. A text without a blank or a quote, a value that does not end, or JSON of more than `MOST` bytes is withheld,
from where it began to where the stream goes on. A copy of a value that stands before the value was known has been let
out.
"""

from __future__ import annotations

import re
from dataclasses import replace

from vedette.event import Label
from vedette.redact import strings
from vedette.redact.memory import Onward
from vedette.redact.scanners.contract import Busy, TooDense
from vedette.redact.texts import MAX_TEXT, Cut, Texts, applied
from vedette.redact.walk import Walk

MOST = MAX_TEXT
_STEP = 1024
"""New bytes that are worth another look at what is held."""

_PLACE = re.compile(rb"[\s\"'<>]")
"""Behind such a byte the stream may be cut: no URL, no run of base64 and no mark of ours holds one."""

_JSON = re.compile(rb"\s*[{\[]")
_SWALLOW = 16 * 1024 + 64


class StreamRedactor:
    """One stream. `feed` gives what may be shown by now, `close` the rest; `labels` tell what was taken out so far."""

    def __init__(self, texts: Texts, path: str = "") -> None:
        self._onward = Onward(texts.memory) if not isinstance(texts.memory, Onward) else texts.memory
        self._texts = replace(texts, memory=self._onward)
        self._path = path
        self._reach = texts.finder().reach + 600
        self._before = b""
        self._held = bytearray()
        self._looked = 0
        self._document: bool | None = None
        self._position = 0
        self.labels: list[Label] = []
        self.withheld = 0

    def feed(self, chunk: str) -> str:
        return self.feed_bytes(chunk.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def close(self) -> str:
        return self.close_bytes().decode("utf-8", "surrogatepass")

    def feed_bytes(self, chunk: bytes) -> bytes:
        """The same on bytes; what comes out ends at a whole character."""
        self._held += chunk
        if self._document is None and not self._held.isspace() and self._held:
            self._document = _JSON.match(self._held) is not None
        if len(self._held) > MOST:
            return self._over()
        if self._document is not False or len(self._held) - self._looked < _STEP:
            return b""
        self._looked = len(self._held)
        return self._let_out(final=False)

    def close_bytes(self) -> bytes:
        out = self._whole() if self._document else self._let_out(final=True)
        self._onward.close()
        return out

    def _whole(self) -> bytes:
        """JSON to its end: judged as any other string."""
        data = bytes(self._held)
        self._held.clear()

        def inside(value: object) -> object:
            walk = Walk(self._texts, strings.LEVELS - 1)
            walked = walk.value(value, "", self._path)
            self.labels += walk.labels
            return walked

        try:
            text, taken = strings.of(self._texts, data, inside)
        except (Busy, TooDense) as error:
            self.withheld += 1
            return self._texts.withheld(self._texts.why(error), data).encode()
        self.labels += [each.at(self._path) for each in taken]
        return data if text is None else text.encode("utf-8", "surrogatepass")

    def _over(self) -> bytes:
        """Too much of one piece: JSON goes on as text; text that cannot be let out is withheld."""
        if self._document:
            self._document = False
        out = self._let_out(final=False)
        if len(self._held) <= MOST:
            return out
        held = bytes(self._held)
        self._advance(len(held))
        self.withheld += 1
        return out + self._texts.withheld("size", held).encode()

    def _let_out(self, *, final: bool) -> bytes:
        data = self._before + bytes(self._held)
        start = len(self._before)
        self._onward.offset = self._position - start
        try:
            cuts, _ = self._texts.cuts(data)
        except (Busy, TooDense) as error:
            self.withheld += 1
            self._advance(len(self._held))
            return self._texts.withheld(self._texts.why(error), data[start:]).encode()
        end = len(data) if final else self._safe(data, start, cuts)
        self._onward.settle(self._position + end - start)
        mine = [cut for cut in cuts if start <= cut.start and cut.end <= end]
        self.labels += [each.taken.at(self._path) for each in mine]
        shifted = [cut._replace(start=cut.start - start, end=cut.end - start) for cut in mine]
        out = applied(data[start:end], shifted)
        self._advance(end - start)
        return out

    def _advance(self, count: int) -> None:
        self._before = (self._before + bytes(self._held[:count]))[-self._reach :]
        del self._held[:count]
        self._looked = len(self._held)
        self._position += count

    def _safe(self, data: bytes, start: int, cuts: list[Cut]) -> int:
        """The last place where the stream may be cut; `start` if there is none."""
        end = len(data) - self._reach
        for cut in reversed(cuts):
            if cut.start < end < cut.end or (cut.start < end and self._is_open(data, cut)):
                end = cut.start
        places = [match.end() for match in _PLACE.finditer(data, start, max(end, start))]
        for place in reversed(places):
            if not any(cut.start < place < cut.end for cut in cuts):
                return place
        return start

    def _is_open(self, data: bytes, cut: Cut) -> bool:
        """Whether what follows may make it longer: it reaches the end, or it has an end that was not seen yet."""
        if cut.end >= len(data):
            return True
        return cut.start + _SWALLOW > len(data) and self._texts.finder().is_open_ended(cut.taken.rule)
