"""What goes in one request: as much as the strictest of the usual receivers takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vedette.trail.shipping.item import Item

MOST = 512
MOST_BYTES = 512 * 1024
"""Kafka's exporter drops above 1,000,000 bytes, gRPC refuses above 4 MiB."""


def batches(items: Sequence[Item], most: int = MOST) -> Iterator[list[Item]]:
    """`items` in order, in runs of at most `most` records and 512 KiB."""
    run: list[Item] = []
    size = 0
    for item in items:
        if run and (len(run) >= most or size + item.size > MOST_BYTES):
            yield run
            run, size = [], 0
        run.append(item)
        size += item.size
    if run:
        yield run
