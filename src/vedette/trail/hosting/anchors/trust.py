"""Which anchors a verifier believes, and what they have seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vedette.trail.format.notes import BadNote, parse_note
from vedette.trail.hosting.anchors import anchor
from vedette.trail.hosting.anchors.anchor import Anchor, Failed, NotProven, Seen, Statement


@dataclass(slots=True)
class Trust:
    """The anchors of a verifier, of which `minimum` must agree. `complaints` tell why statements proved nothing."""

    anchors: Sequence[Anchor] = ()
    minimum: int = 1
    complaints: list[str] = field(default_factory=list)

    def check(self, statement: Statement) -> Seen | None:
        """What a statement from a log proves; None where no trusted anchor said it."""
        for each in self.anchors:
            if (each.kind, each.name) == (statement.kind, statement.name):
                try:
                    time = each.time(statement)
                    return None if time is None else _seen(statement, time)
                except (NotProven, BadNote) as error:
                    self._complain(str(error))
        return None

    def kept(self, trail: str) -> Iterator[Seen]:
        """What lies with the anchors themselves. Raises `Failed`."""
        for each in self.anchors:
            for statement, time in each.kept(trail):
                try:
                    yield _seen(statement, time)
                except BadNote as error:
                    self._complain(f"{each.name}: {error}")

    def all_kept(self, trails: Sequence[str]) -> list[Seen]:
        """What lies with the anchors themselves of all these trails. One that is away is complained of."""
        found: list[Seen] = []
        for trail in trails if self.anchors else ():
            try:
                found += self.kept(trail)
            except Failed as error:
                self._complain(str(error))
        return found

    def _complain(self, reason: str) -> None:
        if reason not in self.complaints and len(self.complaints) < 20:
            self.complaints.append(reason)


def _seen(statement: Statement, time: int) -> Seen:
    return Seen(statement.kind, statement.name, parse_note(statement.note), time, statement.hash)


def trust(entries: Sequence[str], minimum: int = 1) -> Trust:
    """The trust that entries of `VEDETTE_ANCHORS` give. Raises `BadAnchor`."""
    return Trust([anchor(each) for each in entries], max(minimum, 1))
