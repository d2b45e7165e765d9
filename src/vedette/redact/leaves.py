"""The texts of a structure, laid side by side for one scan, and the way of each cut back to its text."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from vedette.redact import strings
from vedette.redact.boxes import Box
from vedette.redact.scanners.contract import Busy, TooDense
from vedette.redact.texts import Cut, Taken, Texts
from vedette.redact.verdicts import CLEAN, Verdict, Verdicts

_APART = '"\n\0\n'
"""Ends any value: with less than a line feed on either side of the NUL, rules see the neighbour (redaction.md 7)."""

_PIECES = 5
_NAME, _VALUE = 1, 3

Note = Callable[[Taken, Box, Any], None]
Inside = Callable[[Any, Box, Any], Any]


class Leaves:
    """`note` is told of each value taken, `inside` walks what a string of JSON holds."""

    def __init__(self, texts: Texts, note: Note, inside: Inside | None, verdicts: Verdicts | None) -> None:
        self._texts = texts
        self._verdicts = verdicts
        self._note = note
        self._inside = inside
        self._pieces: list[str] = []
        self._places: list[tuple[Box, Any]] = []
        self._forms: list[int] = []
        self._known: list[tuple[Box, Any, str, str, Verdict]] = []
        self._changed = False
        self.withheld = 0

    def add(self, box: Box, at: Any, name: str, value: str) -> None:
        """A text that stands at `at` in `box`, under `name`."""
        if self._verdicts is not None and (verdict := self._verdicts.of(name, value)) is not None:
            self._known.append((box, at, name, value, verdict))
            return
        if "=" in value and "&" in value and " " not in value:
            self._forms.append(len(self._places))
        self._pieces += ('"', name, '": "', value, _APART)
        self._places.append((box, at))

    def scan(self) -> bool:
        """Judge all, put the changed ones into their boxes; whether there were any."""
        if self._places:
            self._scan()
        if self._known:
            self._recall()
        return self._changed

    def _scan(self) -> None:
        joined = "".join(self._pieces)
        data = joined.encode("utf-8", "surrogatepass")
        try:
            cuts, parse = self._texts.cuts(data)
        except (Busy, TooDense):
            self._all_alone()
            return
        if cuts or parse or self._forms:
            self._deal(data, len(data) == len(joined), cuts, parse)
        else:
            self._keep_clean(range(len(self._places)))

    def _recall(self) -> None:
        """Texts that came before, unless something was found just now that may stand in them: then all are judged."""
        known, self._known = self._known, []
        if self._verdicts is not None and self._verdicts.stamp[1] is self._texts.memory.state:
            for box, at, _, _, verdict in known:
                if verdict.text is not None:
                    self._put(box, at, verdict.text, verdict.taken)
            return
        self._verdicts = None
        self._pieces, self._places, self._forms = [], [], []
        for box, at, name, value, _ in known:
            self.add(box, at, name, value)
        self._scan()

    def _deal(self, data: bytes, is_ascii: bool, cuts: list[Cut], parse: bool) -> None:
        """Give each text its cuts; a text whose cuts cross its border is judged again by itself."""
        starts = self._starts(is_ascii)
        dealt: dict[int, list[Cut]] = defaultdict(list)
        alone, keys = set(self._forms), set[int]()
        for cut in cuts:
            piece = bisect_right(starts, cut.start) - 1
            leaf, part = divmod(piece, _PIECES)
            if part == _VALUE and cut.end <= starts[piece + 1]:
                at = starts[piece]
                dealt[leaf].append(cut._replace(start=cut.start - at, end=cut.end - at))
            else:
                last = (bisect_right(starts, cut.end - 1) - 1) // _PIECES
                alone.update(range(leaf, last + 1))
                keys.update(range(leaf, last + 1))
        for leaf in range(len(self._places)) if parse else dealt:
            if leaf not in alone:
                self._change(leaf, self._bytes(leaf), dealt[leaf], parse)
        if not parse:
            self._keep_clean(leaf for leaf in range(len(self._places)) if leaf not in alone and leaf not in dealt)
        for leaf in alone:
            self._alone(leaf)
        for leaf in keys:
            self._rename(leaf)

    def _starts(self, is_ascii: bool) -> list[int]:
        """Where each piece begins, and where the last one ends."""
        starts, at = [0], 0
        for piece in self._pieces:
            at += len(piece) if is_ascii else len(piece.encode("utf-8", "surrogatepass"))
            starts.append(at)
        return starts

    def _bytes(self, leaf: int, part: int = _VALUE) -> bytes:
        return self._pieces[leaf * _PIECES + part].encode("utf-8", "surrogatepass")

    def _change(self, leaf: int, data: bytes, cuts: list[Cut], parse: bool) -> None:
        if not cuts and not parse:
            return
        text, taken = strings.redacted(data, cuts, parse, self._inside_of(leaf))
        if self._set(leaf, text, taken) and taken and self._verdicts is not None:
            self._verdicts.add(*self._key(leaf), Verdict(text, tuple(taken)))

    def _inside_of(self, leaf: int) -> strings.Inside | None:
        inside, (box, at) = self._inside, self._places[leaf]
        return None if inside is None else lambda value: inside(value, box, at)

    def _set(self, leaf: int, text: str, taken: Sequence[Taken]) -> bool:
        """Put a text in the place of another; whether it is another."""
        if text == self._pieces[leaf * _PIECES + _VALUE]:
            return False
        self._put(*self._places[leaf], text, taken)
        return True

    def _put(self, box: Box, at: Any, text: str, taken: Sequence[Taken]) -> None:
        box.copy[at] = text
        self._changed = True
        for each in taken:
            self._note(each, box, at)

    def _key(self, leaf: int) -> tuple[str, str]:
        at = leaf * _PIECES
        return self._pieces[at + _NAME], self._pieces[at + _VALUE]

    def _keep_clean(self, leaves: Iterable[int]) -> None:
        """These hold nothing, and need no second look."""
        if self._verdicts is not None:
            for leaf in leaves:
                self._verdicts.add(*self._key(leaf), CLEAN)

    def _alone(self, leaf: int) -> None:
        data = self._bytes(leaf)
        try:
            text, taken = strings.of(self._texts, data, self._inside_of(leaf), form=leaf in self._forms)
        except (Busy, TooDense) as error:
            self.withheld += 1
            text, taken = self._texts.withheld(self._texts.why(error), data), []
        if text is not None:
            self._set(leaf, text, taken)

    def _all_alone(self) -> None:
        for leaf in range(len(self._places)):
            self._alone(leaf)
            self._rename(leaf)

    def _rename(self, leaf: int) -> None:
        """A name may be a secret as well; the item keeps its place among its neighbours."""
        box, at = self._places[leaf]
        if not isinstance(at, str) or not isinstance(box.copy, dict) or at not in box.copy:
            return
        text, taken = strings.of(self._texts, at.encode("utf-8", "surrogatepass"), None)
        if text is None:
            return
        items = [(text if name == at else name, value) for name, value in box.copy.items()]
        box.copy.clear()
        box.copy.update(items)
        self._changed = True
        for each in taken:
            self._note(each, box, text)
