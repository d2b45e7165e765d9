"""Weighs the evidence of all streams: which verdicts follow, and how much of each stream is proven."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from vedette.trail.contents import Unmet
from vedette.trail.evidence import Erasure, Evidence
from vedette.trail.gone import Gone
from vedette.trail.heads import Chain
from vedette.trail.intervals import Proof, Prover
from vedette.trail.known import Known
from vedette.trail.verdicts import GRADES, StreamReport, Verdict, joined, plain, runs, span


class Weighed:
    """One stream, weighed."""

    def __init__(self, evidence: Evidence, known: Known, host_keys: Mapping[str, bytes]) -> None:
        evidence.leaves.finish()
        evidence.contents.finish()
        self.evidence = evidence
        self.stream = evidence.stream
        self.known = known
        self.trail = evidence.heads.prefix
        self.host_key = host_keys.get(f"{self.trail}/host", host_keys.get("*"))
        self.chain: Chain = evidence.heads.chain(self.host_key)
        self.proof: Proof = Prover(evidence.leaves).run(self.chain.heads)

    @property
    def ordinal(self) -> int | None:
        """The signed one; where no checkpoint 0 came, the one in the birth. A forged checkpoint 0 has none."""
        if self.chain.certified:
            text = self.chain.heads[0].options[0].note.extensions.get("ordinal", "")
            return int(text) if text.isdecimal() and len(text) < 10 else None
        return None if self.evidence.heads.first else self.evidence.ordinal

    @cached_property
    def missing(self) -> list[tuple[int, int]]:
        return joined(self.proof.missing)

    def is_missing(self, n: int) -> bool:
        return any(first <= n <= last for first, last in self.missing)

    def verdicts(self, erased: Iterable[Erasure]) -> Iterator[Verdict]:
        yield from self._of_records()
        yield from self._of_checkpoints()
        yield from self._of_contents(erased)
        yield from self._of_life()

    def _say(self, name: str, numbers: Iterable[int]) -> Iterator[Verdict]:
        yield from (Verdict(name, self.stream, str(n), n) for n in sorted(set(numbers)))

    def _say_runs(self, name: str, parts: Iterable[tuple[int, int]]) -> Iterator[Verdict]:
        yield from (Verdict(name, self.stream, span(*run), run[0]) for run in joined(parts))

    def _of_records(self) -> Iterator[Verdict]:
        proof = self.proof
        yield from self._say("altered-record", proof.altered)
        yield from self._say_runs("missing-record", self.missing)
        yield from self._say("conflicting-record", proof.conflicting - proof.altered)
        yield from self._say_runs("root-mismatch", proof.unrooted)
        yield from self._say_runs("sequence-out-of-range", runs([*proof.far, *proof.out_of_range]))
        yield from (Verdict("not-canonical", self.stream, plain(text), at) for at, text in self.evidence.not_canonical)
        yield from self._say("index-mismatch", self.evidence.mismatched - proof.altered - proof.conflicting)
        yield from self._say("frame-corrupt", self.known.corrupt.get(self.stream, ()))

    def _of_checkpoints(self) -> Iterator[Verdict]:
        chain, proof = self.chain, self.proof
        unborn = not self.evidence.heads and self.evidence.leaves.top > 1
        yield from self._say_runs("missing-checkpoint", [(0, 0)] if unborn else chain.missing)
        yield from self._say("bad-checkpoint-signature", chain.bad_signature)
        yield from self._say("forged-checkpoint", chain.forged)
        yield from self._say("equivocation", chain.equivocal)
        yield from self._say("bad-peaks", proof.bad_peaks)
        yield from (Verdict("root-mismatch", self.stream, f"checkpoint {n}", n) for n in proof.bad_sizes)

    def _of_contents(self, erased: Iterable[Erasure]) -> Iterator[Verdict]:
        policy = self.evidence.content_policy
        elsewhere = policy == "none" or (policy == "trail" and not self.known.local)
        gone = Gone(self.stream, erased, elsewhere=elsewhere)
        for unmet in self.evidence.contents.unmet():
            yield from self._of_content(unmet, gone)
        yield from self._say_runs("trimmed", runs(gone.trimmed))
        yield from self._say_runs("content-sealed", runs(gone.sealed))
        if elsewhere:
            yield Verdict("content-shed", self.stream)
        yield from self._say_runs("content-shed", runs(self.evidence.contents.shed))

    def _of_content(self, unmet: Unmet, gone: Gone) -> Iterator[Verdict]:
        """Content without a record is no verdict of its own. Where the record is in doubt, no field can be named."""
        n, proof = unmet.n, self.proof
        if self.is_missing(n) or n in proof.far or not self.evidence.leaves.at(n):
            return
        if n in proof.conflicting or n in proof.altered:
            if unmet.strange or unmet.rivalled or (unmet.missing and n in proof.conflicting):
                yield Verdict("content-mismatch", self.stream, str(n), n)
            return
        for name in sorted(unmet.strange):
            yield Verdict("content-mismatch", self.stream, f"{n} {plain(name)}", n)
        for name, verdict in gone.fields(unmet):
            yield Verdict(verdict, self.stream, f"{n} {plain(name)}", n)

    def _of_life(self) -> Iterator[Verdict]:
        evidence = self.evidence
        damage = [*self.proof.altered, *(last for _, last in self.missing), *(n for n, _ in evidence.not_canonical)]
        lost = max(damage, default=-1)
        yield from self._say("intent-without-outcome", (n for n in evidence.intents - self.proof.far if n > lost))
        yield from self._say("clock-step", evidence.clock_steps)
        yield from self._of_gaps()
        if not self.chain.closed:
            yield Verdict("stream-not-closed", self.stream)
        if self.proof.unsealed:
            yield Verdict("unsealed-tail", self.stream, str(self.proof.unsealed))
        if self.stream in self.known.torn:
            yield Verdict("torn", self.stream)

    def _of_gaps(self) -> Iterator[Verdict]:
        """A gap that was opened is told by the record that closes it."""
        opened: list[int] = []
        for n, state in sorted(self.evidence.gaps.items()):
            if state == "open":
                opened.append(n)
                continue
            opened.clear()
            yield Verdict("gap", self.stream, str(n), n)
        yield from self._say("gap-open", opened)

    def report(self) -> StreamReport:
        proof, leaves = self.proof, self.evidence.leaves
        proven = sum(last - first + 1 for first, last in proof.proven)
        proven -= sum(proof.covers(n) for n in proof.altered) + sum(proof.covers(run[0]) for run in self.missing)
        return StreamReport(
            stream=self.stream,
            ordinal=self.ordinal,
            trail=self.trail,
            records=leaves.seen,
            proven=proven,
            checkpoints=len(self.evidence.heads),
            contents=self.evidence.contents.matched,
            closed=self.chain.closed,
            live=self.stream in self.known.live,
            first_ns=leaves.time(proof.proven[0][0]) if proof.proven else 0,
            last_ns=leaves.time(proof.proven[-1][1]) if proof.proven else 0,
        )


class Judge:
    """All streams. What is only content, without any record or checkpoint, is of no stream."""

    def __init__(self, streams: Mapping[str, Evidence], known: Known, host_keys: Mapping[str, bytes]) -> None:
        found = [each for each in streams.values() if each.leaves.seen or each.heads or each.not_canonical]
        weighed = [Weighed(each, known, host_keys) for each in found]
        self._known = known
        self._streams = sorted(weighed, key=lambda each: (each.trail, each.ordinal is None, each.ordinal, each.stream))

    def reports(self) -> tuple[StreamReport, ...]:
        return tuple(each.report() for each in self._streams)

    def verdicts(self) -> tuple[Verdict, ...]:
        """The worst first, then as they lie in the trail."""
        place = {each.stream: at for at, each in enumerate(self._streams)}
        erased = list(self._erased())
        found = [verdict for each in self._streams for verdict in each.verdicts(erased)]
        found += self._of_all()
        return tuple(sorted(found, key=lambda v: (-GRADES[v.name], place.get(v.stream, -1), v.name, v.at, v.detail)))

    def _erased(self) -> Iterator[Erasure]:
        """An erasure counts once the record that tells of it is itself proven."""
        for each in self._streams:
            yield from (one for one in each.evidence.erasures if each.proof.covers(one.by))

    def _of_all(self) -> Iterator[Verdict]:
        if not self._streams:
            return
        yield Verdict("unanchored")
        for ordinal in sorted(self._known.unborn):
            yield Verdict("stream-not-closed", detail=f"ordinal {ordinal}", at=ordinal)
        if self._known.ephemeral:
            yield Verdict("ephemeral")
        yield from self._missing_streams()
        for trail in sorted({each.trail for each in self._streams if each.trail and each.host_key is None}):
            yield Verdict("host-key-unpinned", detail=plain(trail))

    def _missing_streams(self) -> Iterator[Verdict]:
        """Ordinals have no holes. Of several trails in one source, the verdict names the one it is about."""
        trails: dict[str, set[int]] = {}
        for each in self._streams:
            if each.ordinal is not None:
                trails.setdefault(each.trail, set()).add(each.ordinal)
        for trail, ordinals in trails.items():
            about = "" if len(trails) == 1 else f"{plain(trail)} "
            there = ordinals | {n for n in self._known.unborn if n < max(ordinals)}
            for first, last in _holes(sorted(there)):
                yield Verdict("missing-stream", detail=f"{about}{span(first, last)}", at=first)


def _holes(ordinals: Iterable[int]) -> Iterator[tuple[int, int]]:
    expected = 0
    for ordinal in ordinals:
        if ordinal > expected:
            yield expected, ordinal - 1
        expected = ordinal + 1
