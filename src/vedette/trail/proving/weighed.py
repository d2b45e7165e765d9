"""Weighs the evidence of one stream: which verdicts follow, and how much of it is proven."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from vedette.trail.format.notes import Checkpoint, Note
from vedette.trail.proving.attested import Attested, Mark, Trim
from vedette.trail.proving.contents import Unmet
from vedette.trail.proving.evidence import Erasure, Evidence
from vedette.trail.proving.gone import Gone
from vedette.trail.proving.heads import Chain
from vedette.trail.proving.intervals import NOTHING, Head, Proof, Prover
from vedette.trail.proving.known import Known
from vedette.trail.proving.verdicts import StreamReport, Verdict, joined, plain, runs, span

NOBODY = b""
"""The key of a trail that is not among the pinned ones: no signature is its own. Another name must not dodge a pin."""


class Weighed:
    """One stream, weighed. `attested` is what a proven host log says of it, `trims` what was deleted of it by rule.

    `window`: only a part was read, and its proof may begin at a head that the host log attests.
    """

    def __init__(
        self,
        evidence: Evidence,
        known: Known,
        host_keys: Mapping[str, bytes],
        attested: Attested | None = None,
        trims: Sequence[Trim] = (),
        *,
        window: bool = False,
    ) -> None:
        evidence.leaves.finish()
        evidence.contents.finish()
        self.evidence = evidence
        self.stream = evidence.stream
        self.known = known
        self.trail = evidence.heads.prefix
        otherwise = host_keys.get("*", NOBODY if host_keys else None)
        self.host_key = host_keys.get(f"{self.trail}/host", otherwise)
        self.attested = attested or Attested()
        self.window = window
        self.chain: Chain = self._chain()
        self.trim = self._trimmed(trims)
        self.begin = self._begin() if window and self.trim is None else None
        self.recovered = self._recovered()
        gone = range(self.trim.first, self.trim.left.size) if self.trim and self.trim.left else NOTHING
        self.proof: Proof = Prover(evidence.leaves, self.begin, gone).run(self._heads())

    def _chain(self) -> Chain:
        young = self.stream in self.known.live
        return self.evidence.heads.chain(self.host_key, self.attested.heads, young=young)

    def _trimmed(self, trims: Sequence[Trim]) -> Trim | None:
        """The rule that let most of it go: something it speaks of is not here, and the checkpoint that it names is."""
        leaves = self.evidence.leaves
        begun = next(iter(leaves.present(0, leaves.top)), 0) if self.window else 0
        for trim in sorted(trims, key=lambda each: -each.last):
            if trim.last >= begun and leaves.absent(trim.first, trim.last + 1) and self._holds(trim.left):
                return trim
        return None

    def _holds(self, left: Mark | None) -> bool:
        """Whether the checkpoint that begins what a rule left is here, and sound."""
        found = [each for head in self.chain.heads for each in head.options if left and head.index == left.index]
        return any(each.sound and left and (each.note.size, each.note.root) == (left.size, left.root) for each in found)

    def _begin(self) -> Checkpoint | None:
        """Of a window, the first checkpoint at or behind its first record; None where nothing lies before it.

        It is proven by the chain of keys from checkpoint 0, or by the first attested head behind it, whose root covers
        it; where neither is here, it stays a beginning, and `missing-checkpoint` says that nobody vouches for it.
        """
        leaves = self.evidence.leaves
        first = next(iter(leaves.present(0, leaves.top)), 0)
        options = [head.options[0] for head in self.chain.heads]
        return next((each for each in options if first and each.sound and each.note.size >= first), None)

    @cached_property
    def is_vouched(self) -> bool:
        """Whether the beginning of the proof is true."""
        begin = self.begin
        return begin is not None and any(head.trusted and head.index >= begin.index for head in self.chain.heads)

    def _recovered(self) -> Head | None:
        """What the keeper sealed of a stream whose process died, as one more head."""
        mark, heads = self.attested.recovered, self.chain.heads
        if mark is None or self.chain.closed or (heads and mark.size < heads[-1].options[0].note.size):
            return None
        index = heads[-1].index + 1 if heads else 0
        note = Note("", f"{self.trail}/host", mark.size, mark.root, {}, ())
        return Head(index, [Checkpoint(index, note, None)], not heads or heads[-1].trusted, peaked=False)

    def _heads(self) -> list[Head]:
        """What is to be proven: from a beginning that is not attested itself, in one step to the first head that is."""
        heads = [*self.chain.heads, *([self.recovered] if self.recovered else [])]
        if self.begin is None:
            return heads
        later = [head for head in heads if head.index > self.begin.index]
        if self.is_vouched:
            while later and not later[0].trusted:
                later.pop(0)
        return later

    @property
    def ordinal(self) -> int | None:
        """The signed one; where no checkpoint 0 came, the one in the birth. A forged checkpoint 0 has none."""
        if self.chain.certified:
            text = self.chain.heads[0].options[0].note.extensions.get("ordinal", "")
            return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
        if self.evidence.heads.first:
            return None
        newest = self.attested.newest
        return newest.ordinal if self.evidence.ordinal is None and newest else self.evidence.ordinal

    @property
    def proven_head(self) -> Note | None:
        """The newest signed head whose records are all proven."""
        notes = [each.note for head in self.chain.heads if head.trusted for each in head.options[:1]]
        end = self.proof.proven[-1][1] + 1 if self.proof.proven else 0
        return next((note for note in reversed(notes) if note.size <= end), None)

    @cached_property
    def missing(self) -> list[tuple[int, int]]:
        return joined(self.proof.missing)

    def vouches(self, n: int) -> bool:
        """Whether what record `n` says is proven: it came, once, as it was signed."""
        proof = self.proof
        here = bool(self.evidence.leaves.at(n))
        return here and proof.covers(n) and n not in proof.altered and n not in proof.conflicting

    def is_missing(self, n: int) -> bool:
        return any(first <= n <= last for first, last in self.missing)

    def verdicts(self, erased: Iterable[Erasure]) -> Iterator[Verdict]:
        yield from self._of_records()
        yield from self._of_checkpoints()
        yield from self._of_contents(erased)
        yield from self._of_life()
        yield from self._of_attested()
        yield from self._of_begin()

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
        begin = self.begin.index if self.begin and self.is_vouched else 0
        if self.trim and self.trim.left:
            begin = self.trim.left.index
        missing = [(0, 0)] if unborn else [run for run in chain.missing if run[1] >= begin]
        yield from self._say_runs("missing-checkpoint", missing)
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
        strange = [n for n, text in evidence.not_canonical if text == str(n)]
        damage = [*self.proof.altered, *(last for _, last in self.missing), *strange]
        lost = max(damage, default=-1)
        yield from self._say("intent-without-outcome", (n for n in evidence.intents - self.proof.far if n > lost))
        yield from self._say("clock-step", evidence.clock_steps)
        yield from self._of_gaps()
        yield from self._of_end()

    def _of_end(self) -> Iterator[Verdict]:
        """Whether it ended well. In a window the end is where reading stopped."""
        if self.recovered is not None:
            yield Verdict("host-attested", self.stream)
        elif not self.chain.closed and not self.window:
            yield Verdict("stream-not-closed", self.stream)
        if self.proof.unsealed and not self.window:
            yield Verdict("unsealed-tail", self.stream, str(self.proof.unsealed))
        if self.stream in self.known.torn and self.recovered is None:
            yield Verdict("torn", self.stream)

    def _of_attested(self) -> Iterator[Verdict]:
        """Whether it is what the host log has seen of it. A head that is not trusted has a verdict already."""
        for head in self.chain.heads:
            mark = self.attested.heads.get(head.index)
            if mark is None or not head.trusted:
                continue
            if all((each.note.size, each.note.root) != (mark.size, mark.root) for each in head.options):
                yield Verdict("anchor-mismatch", self.stream, str(mark.size), mark.size)
        newest, sealed = self.attested.newest, self.proof.sealed
        if newest is not None and newest.size > sealed and not self.window:
            yield Verdict("rollback-vs-anchor", self.stream, f"{sealed}<{newest.size}", sealed)

    def _of_begin(self) -> Iterator[Verdict]:
        """Where the proof begins, if not with the birth."""
        yield from self._say_runs("trimmed", self.proof.trimmed)
        if self.begin is not None and self.is_vouched:
            yield Verdict("from-checkpoint", self.stream, str(self.begin.note.size), self.begin.note.size)

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
        proven -= sum(proof.covers(n) for n in [*proof.altered, *(run[0] for run in [*self.missing, *proof.trimmed])])
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
