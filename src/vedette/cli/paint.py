"""Colour, and only on a terminal: `NO_COLOR` and `FORCE_COLOR` are honoured (no-color.org), and so is a dumb one."""

from __future__ import annotations

import os
import re
import sys

_CODES = {
    "dim": "2", "bold": "1", "red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36",
}  # fmt: skip

_TAKEN = re.compile(r"(\[[a-z0-9_]+:[0-9a-f.]{6,21}\])")


def wanted() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


class Paint:
    """`paint("red", text)`; the plain text where colour is off, or no style is named."""

    def __init__(self, on: bool | None = None) -> None:
        self.on = wanted() if on is None else on

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.on and style else text

    def quoted(self, text: str, style: str) -> str:
        """`text` in its style, but what redaction took out of it in yellow."""
        parts = (part for part in _TAKEN.split(text) if part)
        return "".join(self("yellow" if _TAKEN.fullmatch(part) else style, part) for part in parts)


def duration(nanoseconds: int) -> str:
    """Three figures and a unit: `3.2 ms`, `1.24 s`, `2 min 5 s`."""
    for unit, size in (("s", 10**9), ("ms", 10**6), ("us", 10**3)):
        if nanoseconds >= size:
            value = nanoseconds / size
            if unit == "s" and value >= 100:
                return f"{int(value) // 60} min {int(value) % 60} s"
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    return f"{nanoseconds} ns" if nanoseconds else ""


def size(count: int) -> str:
    """`812 B`, `3.1 KiB`, `1.0 MiB`, `2.0 GiB`."""
    for unit, factor in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"
