"""Lines, and documents that were printed over many lines as one each: people read exports with tools that do so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_ENDS = {"{": "}", "[": "]"}


def documents(lines: Iterable[str], most: int) -> Iterator[str]:
    """A line that is nothing but a bracket begins a document; it ends with the line that is nothing but the other one.

    One of more than `most` characters, or without an end, comes in pieces, which are no documents.
    """
    kept: list[str] = []
    size, end = 0, ""
    for line in lines:
        if not kept and (len(line) != 1 or line not in _ENDS):
            yield line
            continue
        end = end or _ENDS[line]
        kept.append(line)
        size += len(line)
        if line == end or size > most:
            yield "\n".join(kept)
            kept, size, end = [], 0, ""
    yield from kept
