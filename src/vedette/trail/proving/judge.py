"""Brings the streams together: what the host log attests, what is gone by rule, which streams are missing, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vedette.trail.hosting.anchors.anchor import Seen
from vedette.trail.proving import bounds
from vedette.trail.proving.attested import Attested, HeadSeen, Trim, proven
from vedette.trail.proving.evidence import Erasure, Evidence
from vedette.trail.proving.hosted import Hosted
from vedette.trail.proving.known import Known
from vedette.trail.proving.verdicts import GRADES, HostReport, StreamReport, Verdict, plain, span
from vedette.trail.proving.weighed import Weighed

STALE_NS = 600 * 10**9
"""What is so much newer than the newest anchor is no longer vouched for in time."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known from outside of what is verified: keys, the answers of trusted anchors, heads seen elsewhere.

    `minimum` anchors must agree. `window`: only a part of the trail was read; what lies outside is not missing.
    """

    host_keys: Mapping[str, bytes]
    seen: Sequence[Seen] = ()
    minimum: int = 1
    against: Sequence[HeadSeen] = ()
    window: bool = False


class Judge:
    """All streams. What is only content, without any record or checkpoint, is of no stream."""

    def __init__(self, streams: Mapping[str, Evidence], known: Known, outside: Outside) -> None:
        found = [each for each in streams.values() if each.leaves.seen or each.heads or each.not_canonical]
        self._known = known
        self._outside = outside
        self._hosts = [
            Hosted(each, known, outside.host_keys, outside.seen, window=outside.window)
            for each in found
            if each.heads.of_host
        ]
        self._attested = self._all_attested()
        weighed = self._weighed([each for each in found if not each.heads.of_host])
        self._streams = sorted(weighed, key=lambda each: (each.trail, each.ordinal is None, each.ordinal, each.stream))

    def _all_attested(self) -> dict[str, Attested]:
        found: dict[str, Attested] = {}
        for host in self._hosts:
            proven(host.evidence.told, host.vouches, found)
        for head in self._outside.against:
            found.setdefault(head.stream, Attested()).bound(head)
        return found

    def _weighed(self, evidence: Iterable[Evidence]) -> list[Weighed]:
        """Twice where a record of a stream says what was deleted: it must be proven first. A stream may tell of itself,
        since its checkpoints stay when its records go."""
        first = [self._weigh(each, self._trims(self._hosts, each.stream)) for each in evidence]
        return [self._again(each, first) for each in first]

    def _again(self, weighed: Weighed, others: Sequence[Weighed]) -> Weighed:
        trims = self._trims(others, weighed.stream)
        return self._weigh(weighed.evidence, [*self._trims(self._hosts, weighed.stream), *trims]) if trims else weighed

    def _weigh(self, evidence: Evidence, trims: Sequence[Trim]) -> Weighed:
        attested = self._attested.get(evidence.stream, Attested())
        for trim in trims:
            if trim.left is not None:
                attested = replace(attested, heads={**attested.heads, trim.left.index: trim.left})
        return Weighed(evidence, self._known, self._outside.host_keys, attested, trims, window=self._outside.window)

    @staticmethod
    def _trims(tellers: Iterable[Weighed], stream: str) -> list[Trim]:
        return [
            trim
            for teller in tellers
            for trim in teller.evidence.told.trims
            if trim.stream == stream and teller.vouches(trim.by)
        ]

    # What came out.

    def of(self, stream: str) -> Weighed | None:
        """One stream, or host log, as it was weighed."""
        return next((each for each in [*self._hosts, *self._streams] if each.stream == stream), None)

    def heads(self) -> list[HeadSeen]:
        """The newest proven head of each stream: what another copy of the trail must hold as well."""
        newest = [(each, each.proven_head) for each in self._streams]
        return [HeadSeen(one.stream, one.ordinal, head.size, head.root) for one, head in newest if head is not None]

    def reports(self) -> tuple[StreamReport, ...]:
        return tuple(self._report(each) for each in self._streams)

    def hosts(self) -> tuple[HostReport, ...]:
        return tuple(each.host_report() for each in self._hosts)

    def _report(self, weighed: Weighed) -> StreamReport:
        anchors = self._anchors(weighed.trail)
        times = {each.hash: each.time for each in anchors}
        named = {n: statement for n, statement in weighed.evidence.told.anchors.items() if weighed.vouches(n)}
        attested = self._attested.get(weighed.stream, Attested())
        high = bounds.uppers(attested.marks, anchors)
        windows = bounds.windows(weighed.proof.sealed, bounds.lowers(named, times), high)
        return replace(weighed.report(), windows=tuple(windows))

    def _anchors(self, trail: str) -> list[Seen]:
        return [seen for host in self._hosts if host.trail == trail for seen in host.anchors]

    def verdicts(self) -> tuple[Verdict, ...]:
        """The worst first, then as they lie in the trail."""
        every: list[Weighed] = [*self._hosts, *self._streams]
        place = {each.stream: at for at, each in enumerate(every)}
        erased = list(self._erased())
        found = [verdict for each in every for verdict in each.verdicts(erased)]
        found += self._of_all()
        return tuple(sorted(found, key=lambda v: (-GRADES[v.name], place.get(v.stream, -1), v.name, v.at, v.detail)))

    def _erased(self) -> Iterator[Erasure]:
        """An erasure counts once the record that tells of it is itself proven."""
        for each in [*self._hosts, *self._streams]:
            yield from (one for one in each.evidence.erasures if each.vouches(one.by))

    def _of_all(self) -> Iterator[Verdict]:
        if not self._streams and not self._hosts:
            return
        yield from self._of_anchors()
        for ordinal in sorted(self._known.unborn - self._trimmed_ordinals()):
            yield Verdict("stream-not-closed", detail=f"ordinal {ordinal}", at=ordinal)
        if self._known.ephemeral:
            yield Verdict("ephemeral")
        if self._known.weak_disk or any(each.evidence.weak_disk for each in self._streams):
            yield Verdict("weak-disk")
        if not self._outside.window:
            yield from self._missing_streams()
            yield from self._attested_streams()
        trails = {each.trail for each in [*self._hosts, *self._streams] if each.trail and each.host_key is None}
        yield from (Verdict("host-key-unpinned", detail=plain(trail)) for trail in sorted(trails))

    def _of_anchors(self) -> Iterator[Verdict]:
        """Who vouches for it, and whether they still do."""
        trails = {each.trail for each in [*self._hosts, *self._streams]}
        anchors = {trail: self._anchors(trail) for trail in trails}
        if any(len({seen.name for seen in found}) < self._outside.minimum for found in anchors.values()):
            yield Verdict("unanchored")
        elif any(self._is_stale(trail, found) for trail, found in anchors.items()):
            yield Verdict("anchor-stale")

    def _is_stale(self, trail: str, anchors: Iterable[Seen]) -> bool:
        newest = max((seen.time for seen in anchors), default=0)
        logs = [each for each in [*self._hosts, *self._streams] if each.trail == trail and each.proof.proven]
        written = max((each.evidence.leaves.time(each.proof.proven[-1][1]) for each in logs), default=0)
        return bool(newest) and written - newest > STALE_NS

    def _attested_streams(self) -> Iterator[Verdict]:
        """Streams that the host log has seen, and that are not here."""
        here = {each.stream for each in [*self._streams, *self._hosts]}
        gone = {trim.stream: trim for trim in self._whole_trims()}
        logs = {each.note.origin.split("/")[-2] for each in self._outside.seen}
        for stream in sorted((self._attested.keys() | logs) - here - gone.keys()):
            yield Verdict("anchored-stream-missing", plain(stream))
        for stream, trim in sorted(gone.items()):
            if stream not in here:
                yield Verdict("trimmed", plain(stream), span(0, trim.last))

    def _whole_trims(self) -> Iterator[Trim]:
        """Proven records that whole streams were deleted by rule."""
        for teller in [*self._hosts, *self._streams]:
            told = teller.evidence.told.trims
            yield from (trim for trim in told if trim.left is None and teller.vouches(trim.by))

    def _trimmed_ordinals(self) -> set[int]:
        return {trim.ordinal for trim in self._whole_trims() if trim.ordinal is not None}

    def _missing_streams(self) -> Iterator[Verdict]:
        """Ordinals have no holes. Of several trails in one source, the verdict names the one it is about."""
        trails: dict[str, set[int]] = {}
        for each in self._streams:
            if each.ordinal is not None:
                trails.setdefault(each.trail, set()).add(each.ordinal)
        for trail, ordinals in trails.items():
            about = "" if len(trails) == 1 else f"{plain(trail)} "
            there = ordinals | {n for n in self._known.unborn | self._trimmed_ordinals() if n < max(ordinals)}
            for first, last in _holes(sorted(there)):
                yield Verdict("missing-stream", detail=f"{about}{span(first, last)}", at=first)


def _holes(ordinals: Iterable[int]) -> Iterator[tuple[int, int]]:
    expected = 0
    for ordinal in ordinals:
        if ordinal > expected:
            yield expected, ordinal - 1
        expected = ordinal + 1
