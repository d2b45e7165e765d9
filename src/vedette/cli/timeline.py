"""The record for people: one line an operation, below it what was said; nested as the operations were.

    15:29:27.507  model    chat gpt-5 · 127.0.0.1            18.2 ms  31 → 6 tokens
                           → What is the weather in Paris? Answer to [email:2becc5].
                           ← weather(city="Paris")
                           ■ redacted 1 email

No line is wider than the terminal, and nothing but printable characters comes out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from vedette.cli import line
from vedette.cli.glance import Glance
from vedette.cli.paint import Paint
from vedette.cli.said import IN, WHY, said
from vedette.cli.tally import Tally, counted
from vedette.cli.text import brief, fit, plain
from vedette.cli.tree import Depths, answered, ordered

_ACTORS = ("user", "session", "agent", "run")
_LEAST = 60
"""Columns below which lines are no longer made narrower."""

_FAR = 8
"""So many widths of a text are looked at: spaces and tokens shrink."""


class Timeline:
    """Turns records into lines. It learns from all records, told or not, which process a stream belongs to."""

    def __init__(self, paint: Paint, *, width: int) -> None:
        self._paint = paint
        self._width = max(width, _LEAST)
        self._depths = Depths()
        self._programs: dict[str, str] = {}
        self._place: tuple[str, ...] = ()

    def learn(self, record: Glance) -> None:
        """Take note of a birth, for the heading of its process."""
        if record.kind == "lifecycle" and record.fact("vedette.lifecycle.phase") == "birth":
            program = record.fact("process.executable.name") or record.fact("service.name")
            self._programs[record.stream] = f"{program} ({record.fact('vedette.pid')})"

    def whole(self, records: Iterable[Glance], *, intents: bool = False) -> Iterator[str]:
        """All lines, in order of the operations' beginning, and closing lines that count them.

        An intent is told by its outcome, unless `intents` is set; one without an outcome stands for itself.
        """
        known = list(records)
        done = answered(known)
        tally = Tally()
        for depth, record in ordered(known if intents else (each for each in known if not _is_done(each, done))):
            under_way = record.phase == "intent" and not _is_done(record, done)
            if record.phase != "intent" or under_way:
                tally.add(record)
            yield from self._lines(record, depth, under_way=under_way)
        if self._place:
            yield ""
        yield from (self._paint("bold", fit(plain(each), self._width)) for each in tally.lines())

    def follow(self, record: Glance, *, told: bool = True) -> Iterator[str]:
        """The lines of a record that has just come; of one that is not to be told, only its place is kept in mind."""
        depth = self._depths.of(record)
        if told:
            yield from self._lines(record, depth)

    def _lines(self, record: Glance, depth: int, *, under_way: bool = False) -> Iterator[str]:
        yield from self._heading(record)
        columns = line.columns(self._width, depth)
        yield line.main(record, columns, self._paint, under_way=under_way)
        margin = " " * columns.details
        address = line.address(record, columns)
        for mark, text in [(IN, address), *said(record)] if address else said(record):
            told = fit(brief(plain(text[: _FAR * self._width])), self._width - columns.details - 2)
            yield f"{margin}{self._paint('red' if mark == WHY else 'dim', mark)} {self._paint.quoted(told, 'dim')}"
        if record.taken:
            told = fit(plain(f"redacted {counted(record.taken)}"), self._width - columns.details - 2)
            yield f"{margin}{self._paint('yellow', f'■ {told}')}"

    def _heading(self, record: Glance) -> Iterator[str]:
        """Whenever another process, day, user or session comes to word."""
        day = time.strftime("%d %b %Y", time.localtime(record.began_ns // 10**9))
        place = (record.stream, day, *record.who[:2])
        if place == self._place:
            return
        if self._place:
            yield ""
        self._place = place
        program = self._programs.get(record.stream) or f"stream {record.stream[:8]}"
        who = [f"{word} {_bare(name)}" for word, name in zip(_ACTORS, record.who, strict=True) if name]
        told = fit(plain(" · ".join([day, program, *who])), self._width)
        yield self._paint("bold", told)


def _bare(name: str) -> str:
    """A pseudonym as its first digits, which `--session` understands: `2becc5`."""
    return brief(name).removeprefix("[id:").removesuffix("]")


def _is_done(record: Glance, done: set[tuple[str, int]]) -> bool:
    return record.phase == "intent" and (record.stream, record.number) in done
