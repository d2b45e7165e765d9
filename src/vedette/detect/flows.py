"""Where data came from and where it may go: what rules of lineage remember (detection.md 2.2, 3, 4).

In this process's memory, bounded: 64 sources with 200,000 fingerprints, 4,096 destinations of each sort; the oldest go
first. Counted in Events, not in time: whether a place was known before the data was read is what matters.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vedette.event import Destination

COMMON = 2
"""Shingles that two texts must share: one may be a phrase that everybody uses."""
_MOST_SOURCES, _MOST_SHINGLES, _MOST_PLACES = 64, 200_000, 4_096


class Source(NamedTuple):
    """A result from which redaction took something, by its Event's id, and what gave it."""

    id: str
    name: str
    order: int
    shingles: frozenset[int]


class Places:
    """Destinations by digest, each with when it was first noted."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, int] = OrderedDict()

    def add(self, digests: Iterable[str], order: int) -> None:
        for each in digests:
            if each:
                self._known.setdefault(each, order)
                self._known.move_to_end(each)
        while len(self._known) > _MOST_PLACES:
            self._known.popitem(last=False)

    def __contains__(self, digest: str) -> bool:
        return digest in self._known

    def since(self, digest: str, order: int) -> bool:
        """Whether it was noted by then."""
        return self._known.get(digest, order + 1) <= order


class Flows:
    """`named` by the user, `structured` (it stood alone in a field), `planted` in prose of a result, or `used`."""

    def __init__(self) -> None:
        self.order = 0
        self.named, self.structured, self.planted, self.ordered, self.used = (Places() for _ in range(5))
        self._sources: deque[Source] = deque(maxlen=_MOST_SOURCES)

    def keep(self, id_: str, name: str, shingles: frozenset[int]) -> None:
        self._sources.append(Source(id_, name, self.order, shingles))
        while sum(len(each.shingles) for each in self._sources) > _MOST_SHINGLES and len(self._sources) > 1:
            self._sources.popleft()

    def sources(self, sent: frozenset[int]) -> Iterator[Source]:
        """The results of which something is found again in what is sent."""
        for source in self._sources:
            if not source.shingles.isdisjoint(sent) and len(source.shingles & sent) >= COMMON:
                yield source

    def is_expected(self, place: str, source: Source) -> bool:
        """Whether it was the user's wish, or a place that the data's own fields name, or one used when it was read.

        A place that a text told the agent to use is not expected because a field of the same text names it.
        """
        if place in self.named or self.used.since(place, source.order):
            return True
        return place in self.structured and place not in self.ordered

    def note_read(self, read: Iterable[Destination]) -> None:
        for each in read:
            if each.whole:
                self.structured.add(places(each), self.order)
                continue
            self.planted.add(places(each), self.order)
            if each.instruction:
                self.ordered.add(places(each), self.order)


def places(destination: Destination) -> tuple[str, ...]:
    """A web address counts as its host, a mail address and an account as themselves."""
    return (destination.host,) if destination.kind == "url" else (destination.digest,)
