"""Weighs a host log, and holds it against what its anchors have seen of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from vedette.trail.format.merkle import Frontier
from vedette.trail.hosting.anchors.anchor import Seen
from vedette.trail.proving.evidence import Evidence
from vedette.trail.proving.heads import Chain
from vedette.trail.proving.known import Known
from vedette.trail.proving.verdicts import HostReport, Verdict
from vedette.trail.proving.weighed import Weighed


class Hosted(Weighed):
    """One host log. Its trail is its stream; it is never closed, and it has no place among the streams.

    `seen` are the answers of trusted anchors; `anchors` those of them that agree with the log.
    """

    def __init__(
        self, evidence: Evidence, known: Known, host_keys: Mapping[str, bytes], seen: Iterable[Seen], *, window: bool
    ) -> None:
        super().__init__(evidence, known, host_keys, window=window)
        self._seen = [each for each in seen if each.note.origin == f"{self.trail}/host"]
        self._roots = self._known_roots()
        self.anchors = [each for each in self._seen if self._agrees(each)]

    def _chain(self) -> Chain:
        return self.evidence.heads.host_chain(self.host_key)

    @property
    def ordinal(self) -> int | None:
        return None

    def _of_life(self) -> Iterator[Verdict]:
        """Its monotonic clock begins anew with each keeper, so it knows no clock that was set."""
        told = (n for n in self.evidence.told.forks if self.vouches(n))
        yield from self._say("fork-of-log", [*self.chain.forks, *told])
        yield from self._of_end()

    def _of_attested(self) -> Iterator[Verdict]:
        """Whether it is what the anchors have seen of it."""
        sealed = self.proof.sealed
        beyond = [each.note.size for each in self._seen if each.note.size > sealed]
        if beyond and not self.window:
            yield Verdict("rollback-vs-anchor", self.stream, f"{sealed}<{max(beyond)}", sealed)
        within = (each for each in self._seen if each.note.size in self._roots)
        yield from self._say("anchor-mismatch", (each.note.size for each in within if not self._agrees(each)))

    def host_report(self) -> HostReport:
        newest = max(self.anchors, key=lambda each: (each.note.size, each.time), default=None)
        told = super().report()
        if newest is None:
            return HostReport(self.trail, told.records, told.proven)
        name = f"{newest.kind} {newest.name}"
        return HostReport(self.trail, told.records, told.proven, newest.note.size, name, newest.time)

    def _agrees(self, seen: Seen) -> bool:
        return self._roots.get(seen.note.size) == seen.note.root

    def _known_roots(self) -> dict[int, bytes]:
        """The roots of the sizes that anchors have seen: signed ones, or grown from records where a note is gone."""
        signed = {each.note.size: each.note.root for head in self.chain.heads for each in head.options}
        lost = sorted({each.note.size for each in self._seen if each.note.size <= self.proof.sealed} - signed.keys())
        return {**signed, **dict(self._grown(lost))}

    def _grown(self, sizes: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """None of those whose records are not all here."""
        leaves = self.evidence.leaves.run(0, sizes[-1]) if sizes else None
        tree, wanted = Frontier(), set(sizes)
        for leaf in leaves or ():
            tree.add(leaf)
            if tree.size in wanted:
                yield tree.size, tree.root()
