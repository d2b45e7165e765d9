"""Proves the records of one stream against its signed roots, interval by interval, and names what does not fit.

An interval lies between two checkpoints. Its leaves grow the tree of the checkpoint before; if that gives the signed
root, every record in it is proven. If not, the chain is walked backwards: `p` of record n+1 is the true leaf of n, so
an altered or missing record's leaf is known from its successor, and where the root then fits, the culprit is named and
all else is proven. Otherwise what is certain is named, and the next interval starts from the peaks of this checkpoint,
so that damage stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vedette.trail.format.merkle import Frontier, grown_by
from vedette.trail.format.notes import Checkpoint
from vedette.trail.proving.leaves import Leaves, claim_of, leaf_of

HYPOTHESES = 8
"""So many explanations of one damaged interval are tried, each as costly as proving it: a bound on hostile input."""
AHEAD = 2**20
"""A checkpoint or a record so far beyond the last one is out of range."""

NOTHING = range(0)

Run = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Head:
    """What is signed at one index: one checkpoint, or several if the stream has two faces.

    `trusted`: the chain of keys from checkpoint 0 up to here is whole. `peaked`: the checkpoints state their peaks.
    """

    index: int
    options: Sequence[Checkpoint]
    trusted: bool
    peaked: bool = True


@dataclass(slots=True)
class Proof:
    """What came out. Runs are (first, last). `sealed` records are below the last signed size, `proven` are whole.

    `trimmed` records are not here and a rule says so; what is here of those it speaks of is proven as all else.
    `out_of_range` are checkpoints, `far` are records, numbered beyond all that may be.
    """

    sealed: int = 0
    proven: list[Run] = field(default_factory=list)
    altered: set[int] = field(default_factory=set)
    missing: list[Run] = field(default_factory=list)
    trimmed: list[Run] = field(default_factory=list)
    conflicting: set[int] = field(default_factory=set)
    unrooted: list[Run] = field(default_factory=list)
    bad_peaks: list[int] = field(default_factory=list)
    bad_sizes: list[int] = field(default_factory=list)
    out_of_range: list[int] = field(default_factory=list)
    far: set[int] = field(default_factory=set)
    unsealed: int = 0

    def covers(self, n: int) -> bool:
        return any(first <= n <= last for first, last in self.proven)


class Prover:
    """One stream. `tree` is what the next interval grows from; None while no trustworthy peaks are known."""

    def __init__(self, leaves: Leaves, begin: Checkpoint | None = None, gone: range = NOTHING) -> None:
        """`begin` is where the proof begins, if not with record 0: a sound checkpoint, proven by a later head.

        `gone` are records that a rule let go; it ends with a head.
        """
        self.proof = Proof(sealed=begin.note.size if begin else 0)
        self._gone = gone
        self._leaves = leaves
        self._tree: Frontier | None = Frontier(begin.note.size, begin.peaks or ()) if begin else Frontier()
        self._last: bytes | None = None

    def run(self, heads: Sequence[Head]) -> Proof:
        for head in heads:
            self._advance(head)
        self._tail()
        return self.proof

    def _advance(self, head: Head) -> None:
        proof = self.proof
        begin = proof.sealed
        if head.peaked and not any(option.sound for option in head.options):
            proof.bad_peaks.append(head.index)
        options = [each for each in head.options if begin <= each.note.size <= self._leaves.top + AHEAD]
        if not options:
            short = any(each.note.size < begin for each in head.options)
            (proof.bad_sizes if short else proof.out_of_range).append(head.index)
            return
        fitting = next((each for each in options if self._whole(begin, each)), None)
        chosen = fitting or options[0]
        size = chosen.note.size
        proven = fitting is not None or self._repair(begin, chosen, head.index, trusted=head.trusted)
        if proven and head.trusted and size > begin:
            begin = proof.proven.pop()[0] if proof.proven and proof.proven[-1][1] == begin - 1 else begin
            proof.proven.append((begin, size - 1))
        if not proven:
            self._tree = Frontier(size, chosen.peaks or ()) if chosen.sound else None
            self._last = None
        proof.sealed = size

    def _whole(self, begin: int, option: Checkpoint) -> bool:
        leaves = self._leaves.run(begin, option.note.size)
        return leaves is not None and self._grows(leaves, option.note.root)

    def _grows(self, leaves: Sequence[bytes], root: bytes) -> bool:
        """Whether `leaves` lead to `root`; if so, the tree is theirs from now on."""
        if self._tree is None:
            return False
        size = self._tree.size
        tree = Frontier(size + len(leaves), grown_by(size, self._tree.peaks, leaves))
        if tree.root() != root:
            return False
        self._tree = tree
        self._last = leaves[-1] if leaves else self._last
        return True

    # Damage.

    def _repair(self, begin: int, head: Checkpoint, index: int, *, trusted: bool) -> bool:
        """Name what does not fit; whether all the rest is proven nevertheless."""
        end, proof = head.note.size, self.proof
        gaps = self._leaves.absent(begin, end)
        by_rule = bool(gaps) and gaps[0][0] in self._gone and end <= self._gone.stop
        (proof.trimmed if by_rule else proof.missing).extend(gaps)
        if begin == end:
            proof.bad_sizes.append(index)
            return False
        if self._tree is not None and all(first == last for first, last in gaps):
            for path in self._paths(begin, end):
                if self._grows(path.leaves, head.note.root):
                    self._name(path, gaps)
                    return True
        if by_rule:
            self._left_over(begin, end)
        else:
            self._blame(begin, end, certain=trusted and not gaps and self._tree is not None)
        return False

    def _left_over(self, begin: int, end: int) -> None:
        """What is here beside records that a rule let go: the chain vouches for what it reaches from above."""
        proof, leaves = self.proof, self._leaves
        numbers = list(leaves.present(begin, end))
        proof.conflicting.update(leaves.doubtful(begin, end))
        proof.altered.update(n for n in numbers if self._contradicted(n))
        reached = end
        while reached > begin and leaves.at(reached) and leaves.at(reached - 1):
            reached -= 1
        proof.unrooted += [(n, n) for n in numbers if n < reached]

    def _name(self, path: _Path, gaps: Sequence[Run]) -> None:
        absent = {first for first, _ in gaps}
        self.proof.altered.update(n for n in path.strange if n not in absent)
        self.proof.conflicting.update(n for n in path.doubtful if n not in path.strange)

    def _paths(self, begin: int, end: int) -> list[_Path]:
        """Explanations of what lies in an interval, the most natural first, each with a leaf for every number."""
        found: list[_Path] = []
        open_paths = [_Path(end - 1, _claims(self._leaves.at(end)))]
        for _ in range(HYPOTHESES):
            if open_paths and (path := open_paths.pop()).descend(self._leaves, begin, open_paths):
                found.append(path)
        return found

    def _blame(self, begin: int, end: int, *, certain: bool) -> None:
        """The root cannot be reached: name what the chain makes certain, else the whole run.

        `certain`: each number has a record and the root is to be trusted. Then the record below one that is
        contradicted is altered too: were it true, all below it would be, and the root would have fitted.
        """
        proof, leaves = self.proof, self._leaves
        numbers = list(leaves.present(begin, end))
        broken = [n for n in numbers if self._contradicted(n)]
        proof.conflicting.update(leaves.doubtful(begin, end))
        if certain and (broken or not leaves.at(end)):
            top = broken[-1] if broken else end
            proof.altered.update(n for n in (top, top - 1) if begin <= n < end)
            return
        proof.altered.update(broken)
        if not broken and len(numbers) == end - begin:
            proof.unrooted.append((begin, end - 1))

    def _contradicted(self, n: int) -> bool:
        """Whether there is a successor, and none of the records `n` is what it says came before it."""
        claims = _claims(self._leaves.at(n + 1))
        return bool(claims) and not any(leaf_of(each) in claims for each in self._leaves.at(n))

    # What no checkpoint covers.

    def _tail(self) -> None:
        proof, leaves = self.proof, self._leaves
        begin, limit = proof.sealed, proof.sealed + AHEAD
        proof.far.update(leaves.present(limit, leaves.top))
        numbers = list(leaves.present(begin, limit))
        proof.unsealed = len(numbers)
        if not numbers:
            return
        proof.missing += leaves.absent(begin, numbers[-1] + 1)
        proof.conflicting.update(leaves.doubtful(begin, limit))
        proof.altered.update(n for n in numbers if self._contradicted(n))
        if self._last is not None and numbers[0] == begin and self._last not in _claims(leaves.at(begin)):
            proof.altered.add(begin)


@dataclass(slots=True)
class _Path:
    """One explanation of an interval, made from its top down. `leaves` is in ascending order once it is complete.

    `above` is what the records above `n` say its leaf is; `certain` if a true record says it. `strange` numbers have no
    record with the leaf that was assumed, `doubtful` ones more than one record.
    """

    n: int
    above: list[bytes]
    certain: bool = False
    leaves: list[bytes] = field(default_factory=list)
    strange: list[int] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)

    def descend(self, records: Leaves, begin: int, others: list[_Path]) -> bool:
        """Go down to `begin`; where several leaves are possible, the other ways are added to `others`."""
        while self.n >= begin:
            slots = records.at(self.n)
            options = self.above if self.certain else _possible(slots, self.above)
            if not options:
                return False
            if len(others) < HYPOTHESES:
                others += [self._fork(leaf) for leaf in reversed(options[1:])]
            self._take(options[0], slots)
        self.leaves.reverse()
        return True

    def _fork(self, leaf: bytes) -> _Path:
        return _Path(self.n, [leaf], True, [*self.leaves], [*self.strange], [*self.doubtful])

    def _take(self, leaf: bytes, slots: Sequence[bytes]) -> None:
        true = next((each for each in slots if leaf_of(each) == leaf), None)
        self.leaves.append(leaf)
        if true is None:
            self.strange.append(self.n)
        if len(slots) > 1:
            self.doubtful.append(self.n)
        self.above = _claims([true] if true is not None else slots)
        self.certain = true is not None
        self.n -= 1


def _claims(slots: Sequence[bytes]) -> list[bytes]:
    """What records say the leaf before them is."""
    return [claim_of(each) for each in slots]


def _possible(slots: Sequence[bytes], above: Sequence[bytes]) -> list[bytes]:
    """Leaves that a number may have, where no true record says it: first what is there and claimed, then the others."""
    there = [leaf_of(each) for each in slots]
    both = [leaf for leaf in there if leaf in above]
    return list(dict.fromkeys([*both, *there, *above]))
