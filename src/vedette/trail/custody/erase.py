"""One erasure from end to end: what it would take, and carrying it out with a sealed record before and one after.

Guarantee: whoever verifies later reads `content-erased` for exactly what was destroyed, with who and why; what a legal
hold covers stays. Copies that a collector took are out of reach here, but for sealed ones: their key is destroyed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vedette.event import Event, Fact, Phase
from vedette.trail.custody import erasure
from vedette.trail.custody.copies import delete_copies
from vedette.trail.custody.holds import Holds
from vedette.trail.custody.seals import Seal, Seals
from vedette.trail.files import finding
from vedette.trail.files.finding import Envelope, Spot
from vedette.trail.files.identities import OURS, Keys
from vedette.trail.format.spans import Spans
from vedette.trail.sources.address import NONE
from vedette.trail.sources.request import Unreachable
from vedette.trail.writing import lifecycle
from vedette.trail.writing.log import Trail

PASSES = 3
"""A live writer may put a record on disk anew that its disk had lost: looked for again, so often at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose content is to go; all that is given must hold. Names are as records have them, that is pseudonyms.

    `record` is (stream, n), `field` one of its fields; `before` is wall-clock ns, 0 = no bound.
    """

    users: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    record: tuple[str, int] | None = None
    field: str = ""
    before: int = 0

    def takes(self, envelope: Envelope) -> bool:
        who = envelope.get("w", {})
        return (
            (not self.users or who.get("user") in self.users)
            and (not self.sessions or who.get("session") in self.sessions)
            and (self.record is None or (envelope["s"], envelope["n"]) == self.record)
            and (not self.before or int(envelope["t"]) < self.before)
        )

    def takes_key(self, seal: Seal, used: int) -> bool:
        """Whether all that was sealed with a key is wanted. `used`: until when it was used, at most."""
        return (
            self.record is None
            and (not self.users or seal.user in self.users)
            and (not self.sessions or seal.session in self.sessions)
            and (not self.before or used < self.before)
        )

    @property
    def subject(self) -> str:
        """In a few words, for the record."""
        told = [f"user {each}" for each in sorted(self.users)[:1]]
        told += [f"session {each}" for each in sorted(self.sessions)[:1]]
        told += [f"record {self.record[0]}-{self.record[1]}"] if self.record else []
        return " ".join([*told, f"before {self.before}"] if self.before else told)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure would take: content frames, keys of sealed content, parked copies; `held` stays."""

    wanted: Wanted
    spots: list[Spot]
    held: list[Spot]
    seals: list[Seal]
    parked: list[Path]

    def __bool__(self) -> bool:
        """Whether there is anything to do; what is nobody's goes along, and is no reason."""
        return bool(self.seals) or any(spot.envelope for spot in self.spots)

    @property
    def told(self) -> list[Spot]:
        """What the erasure is a record of: all but leftovers of writes and erasures that were cut off."""
        return [spot for spot in self.spots if not spot.loose]

    @property
    def records(self) -> int:
        return len({(spot.stream, spot.n) for spot in self.told})


def plan(trail: Path, wanted: Wanted, keys: Keys = OURS) -> Plan:
    """Look, and change nothing. Raises `Locked`, `BadHolds`."""
    holds = Holds(trail)
    found = finding.find(trail, wanted.takes, wanted.field, keys)
    spots: list[Spot] = []
    held: list[Spot] = []
    for spot in found:
        (held if not spot.loose and holds.of(spot.envelope) else spots).append(spot)
    seals = Seals(trail)
    going = [seal for seal in seals if wanted.takes_key(seal, seals.used_ns(seal)) and not holds.of(seal.about)]
    return Plan(wanted, spots, held, going, erasure.parked(trail, spots))


@dataclass(frozen=True, slots=True)
class Done:
    """What was destroyed: content fields, and documents at the backend; `trouble` is why those could not be."""

    fields: int
    copies: int = 0
    trouble: str = ""


def carry_out(
    first: Plan, trail: Trail, who: str, why: str, backend: str = "", headers: Mapping[str, str] = NONE
) -> Done:
    """Destroy what was planned, and tell of it in `trail`. Who and why are redacted text.

    `backend` is where copies went, as for `vedette verify --from`, and is asked with `headers`; "" = none is known.
    """
    with erasure.upkeep(trail.folder):
        intents = [(event, trail.append(event)) for event in _events(first, who, why)]
        trail.seal()  # what is told of an erasure counts once it is signed
        seals = Seals(trail.folder)
        for seal in first.seals:
            seals.destroy(seal)
        for path in first.parked:
            erasure.shred(path)
        done = _copies(first, backend, headers, _destroyed(first, trail.folder))
        for event, ack in intents:
            facts = {**event.facts, "vedette.erasure.copies": done.copies}
            trail.append(replace(event, phase=Phase.OUTCOME, of=ack.n, facts=facts))
    return done


def _copies(first: Plan, backend: str, headers: Mapping[str, str], done: int) -> Done:
    fields = {(spot.stream, spot.n, spot.field) for spot in first.told}
    if not backend or not fields:
        return Done(done)
    try:
        return Done(done, delete_copies(backend, fields, headers))
    except Unreachable as error:
        return Done(done, trouble=str(error))


def _destroyed(first: Plan, folder: Path) -> int:
    """Only what was told of goes: a record that came since then is not among it."""
    told = {(spot.stream, spot.n) for spot in first.told}
    done, spots = 0, first.spots
    for _ in range(PASSES):
        done += erasure.destroy(spots)
        found = finding.find(folder, lambda envelope: (envelope["s"], envelope["n"]) in told, first.wanted.field)
        spots = [spot for spot in found if spot.loose or (spot.stream, spot.n) in told]
        if not spots:
            break
    return done


def _events(going: Plan, who: str, why: str) -> Iterator[Event]:
    """One event for each stream, more where its runs do not fit in one; one at least."""
    streams = sorted({spot.stream for spot in going.told})
    field: dict[str, Fact] = {"vedette.erasure.field": going.wanted.field} if going.wanted.field else {}
    for stream in streams:
        for runs in Spans((spot.n, spot.n) for spot in going.told if spot.stream == stream).texts():
            yield _event(going, who, why, {"vedette.erasure.stream": stream, "vedette.erasure.runs": runs, **field})
    if not streams:
        yield _event(going, who, why, {})


def _event(going: Plan, who: str, why: str, which: dict[str, Fact]) -> Event:
    facts: dict[str, Fact] = {
        "vedette.erasure.subject": going.wanted.subject,
        "vedette.erasure.keys": len(going.seals),
        "vedette.who": who,
        "vedette.why": why,
    }
    return replace(lifecycle.record("erasure", {**facts, **which}), phase=Phase.INTENT)
