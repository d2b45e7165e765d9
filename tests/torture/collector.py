"""A collector as the shipper sees it, in a file: what was sent is stored before it is answered, and outlives kills."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from vedette.trail.shipping.answer import Answer
from vedette.trail.shipping.item import Item


class FileCollector:
    """Accepts everything. One `write` a batch, so that a kill leaves a batch or nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def send(self, items: Sequence[Item]) -> Answer:
        os.write(self._file, "".join(f"{item.body}\n" for item in items).encode())
        return Answer("200")

    def close(self) -> None:
        os.close(self._file)

    def bodies(self) -> list[str]:
        return self._path.read_text().splitlines()


def undelivered(sent: Sequence[str], stored: Sequence[str]) -> int:
    """How many records and checkpoints that lie on disk were never delivered."""
    there = {body for body in sent if '"y":"content"' not in body}
    return len({body for body in stored if '"y":"content"' not in body} - there)


def number(body: str) -> tuple[str, int] | None:
    """Stream and number of a record; None for anything else."""
    line = json.loads(body)
    return None if "y" in line else (line["s"], line["n"])
