"""The Merkle tree of a stream, as its frontier: one hash for each set bit of the size (RFC 6962, section 2.1).

Leaves are `H(0x00 || record)`, nodes `H(0x01 || left || right)`, the empty tree is `H("")`; H is SHA-256. Memory is
O(log n), and a record costs about one node hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(record: bytes) -> bytes:
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def grown(size: int, peaks: tuple[bytes, ...], leaf: bytes) -> tuple[bytes, ...]:
    """The peaks of a tree of `size` leaves, largest first, after one more leaf hash.

    Like adding one to a binary number: a carry joins two equal trees.
    """
    if not size & 1:
        return (*peaks, leaf)
    kept = len(peaks)
    while size & 1:
        kept -= 1
        leaf = sha256(b"\x01" + peaks[kept] + leaf).digest()  # `node_hash`, without a call for each record
        size >>= 1
    return (*peaks[:kept], leaf)


def grown_by(size: int, peaks: Sequence[bytes], leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """The same after all of `leaves`, level by level: a peak stands in front of the new nodes of its own level."""
    kept, left, level = [*peaks], [], [*leaves]
    while level:
        if size & 1:
            level.insert(0, kept.pop())
        if len(level) & 1:
            left.append(level.pop())
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [sha256(b"\x01" + one + other).digest() for one, other in pairs]
        size >>= 1
    return (*kept, *reversed(left))


def root_of(peaks: Sequence[bytes]) -> bytes:
    """The root over `peaks`, largest first."""
    if not peaks:
        return EMPTY
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def consistency(old: int, peaks: Sequence[bytes], leaves: Sequence[bytes]) -> list[bytes]:
    """Proof that the tree of `old` leaves, whose peaks these are, is the beginning of the one after `leaves` more.

    RFC 6962, section 2.1.2. All it needs of the old tree are its peaks: each node of the proof either is one of them or
    lies over new leaves alone.
    """
    if not old:
        return []
    known = dict(zip(spans(old), peaks, strict=True))
    begin, end = 0, old + len(leaves)
    proof: list[bytes] = []
    while end != old:
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        if old <= middle:
            proof.append(_over(leaves[middle - old : end - old]))
            end = middle
        else:
            proof.append(known[begin, middle])
            begin = middle
    if begin:
        proof.append(known[begin, old])
    return proof[::-1]


def spans(size: int) -> list[tuple[int, int]]:
    """First leaf and end of the perfect trees below each peak."""
    spans, begin = [], 0
    for bit in reversed(range(size.bit_length())):
        if size >> bit & 1:
            spans.append((begin, begin + (1 << bit)))
            begin += 1 << bit
    return spans


def _over(leaves: Sequence[bytes]) -> bytes:
    return root_of(grown_by(0, (), leaves))


class Frontier:
    """The peaks of a growing tree, largest first. `size` leaves are below them."""

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError(f"{size} leaves have {size.bit_count()} peaks, not {len(peaks)}")
        self.size = size
        self.peaks = tuple(peaks)

    def add(self, leaf: bytes) -> None:
        self.peaks = grown(self.size, self.peaks, leaf)
        self.size += 1

    def root(self) -> bytes:
        return root_of(self.peaks)
