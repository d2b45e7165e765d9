"""The tree: RFC 6962, and the vectors that certificate transparency implementations share."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.trail.format.merkle import EMPTY, Frontier, leaf_hash, node_hash, root_of

# The inputs and roots of certificate-transparency-go's and its C++ ancestor's Merkle tree tests.
INPUTS = [bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]
ROOTS = """
6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_hash(leaves[:split]), tree_hash(leaves[split:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size: int) -> None:
    """The first `size` inputs have the root that other implementations find."""
    tree = Frontier()
    for each in INPUTS[:size]:
        tree.add(leaf_hash(each))
    assert tree.root().hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    """No leaves: the hash of nothing."""
    assert Frontier().root() == EMPTY == sha256(b"").digest()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_a_frontier_has_the_root_of_the_whole_tree(records: list[bytes]) -> None:
    """One hash for each set bit of the size is enough to know the root."""
    leaves = [leaf_hash(each) for each in records]
    tree = Frontier()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root() == tree_hash(leaves)
    assert len(tree.peaks) == tree.size.bit_count()


@given(st.lists(st.binary(max_size=8), max_size=40), st.lists(st.binary(max_size=8), max_size=40))
def test_a_frontier_goes_on_from_its_peaks(before: list[bytes], after: list[bytes]) -> None:
    """The peaks that travel with a checkpoint are all that the next interval needs."""
    whole, first = Frontier(), Frontier()
    for each in before:
        first.add(leaf_hash(each))
    second = Frontier(first.size, first.peaks)
    for each in before + after:
        whole.add(leaf_hash(each))
    for each in after:
        second.add(leaf_hash(each))
    assert (second.root(), second.size) == (whole.root(), whole.size)
    assert root_of(second.peaks) == whole.root()


def test_peaks_that_cannot_belong_to_the_size_are_refused() -> None:
    """Five leaves have two peaks."""
    with pytest.raises(ValueError, match="2 peaks, not 1"):
        Frontier(5, [EMPTY])
