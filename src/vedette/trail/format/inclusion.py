"""Audit paths: that one leaf is in a tree whose root is known (RFC 9162, sections 2.1.3.1 and 2.1.3.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vedette.trail.format.merkle import node_hash

Span = tuple[int, int]
"""First leaf of a subtree, and the leaf after its last."""


def path(n: int, size: int, known: Mapping[Span, bytes], leaf: Callable[[int], bytes]) -> list[bytes]:
    """The hashes beside the way from leaf `n` up to the root of `size` leaves, the lowest first.

    `known` subtrees are taken as they are, `leaf` gives what lies below no known one.
    """
    found: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _left(end - begin)
        if n < middle:
            found.append(_root(middle, end, known, leaf))
            end = middle
        else:
            found.append(_root(begin, middle, known, leaf))
            begin = middle
    return found[::-1]


def root(leaf: bytes, n: int, size: int, beside: Sequence[bytes]) -> bytes | None:
    """The root that `leaf` at place `n` of `size` leads to; None if the path is not as long as it must be."""
    here, last, top = n, size - 1, leaf
    for each in beside:
        if last == 0:
            return None
        if here & 1 or here == last:
            top = node_hash(each, top)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            top = node_hash(top, each)
        here, last = here >> 1, last >> 1
    return top if last == 0 else None


def _root(begin: int, end: int, known: Mapping[Span, bytes], leaf: Callable[[int], bytes]) -> bytes:
    """Of the leaves from `begin` to `end`; as deep as the tree, which has at most 53 levels."""
    if (begin, end) in known:
        return known[begin, end]
    if end - begin == 1:
        return leaf(begin)
    middle = begin + _left(end - begin)
    return node_hash(_root(begin, middle, known, leaf), _root(middle, end, known, leaf))


def _left(size: int) -> int:
    """Leaves of the left subtree: the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
