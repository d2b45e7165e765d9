"""Text for a terminal: nothing but printable characters reaches it, and it fits a number of columns."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
TOKEN = re.compile(r"\[(?P<kind>[a-z0-9_]{2,40}):[0-9a-f]{4}\.(?P<digest>[0-9a-f]{6})[0-9a-f]{10}\]")
"""What redaction leaves behind (`redact/tokens.py`): `[email:d158.2becc5e625cbb3ac]`."""


def plain(value: object) -> str:
    """On one line, without control, format and bidirectional characters: a record may try to write on the screen."""
    one_line = " ".join(str(value).split())
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in one_line)


def brief(text: str) -> str:
    """Tokens with six digits of their digest, enough to tell them apart by eye: `[email:2becc5]`."""
    return TOKEN.sub(r"[\g<kind>:\g<digest>]", text)


def cells(text: str) -> int:
    """How many columns a terminal needs for `text`: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(_cells(each) for each in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(text: str, columns: int) -> str:
    """`text`, or as much of its beginning as `columns` hold with an ellipsis."""
    if cells(text) <= columns:
        return text
    kept, used = [], 1
    for each in text:
        used += _cells(each)
        if used > columns:
            break
        kept.append(each)
    return "".join(kept) + ELLIPSIS if columns > 0 else ""


def pad(text: str, columns: int) -> str:
    """`text` in exactly `columns` columns."""
    fitting = fit(text, columns)
    return fitting + " " * (columns - cells(fitting))
