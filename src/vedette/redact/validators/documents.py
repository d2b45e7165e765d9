"""Travel documents."""

from __future__ import annotations

_WEIGHTS = (7, 3, 1) * 3


def machine_readable(text: str) -> bool:
    """Second line of a passport: check digits of number, birth and expiry (ICAO 9303 part 3, 4.9)."""
    return len(text) == 44 and all(_holds(each) for each in (text[0:10], text[13:20], text[21:28]))


def _holds(field: str) -> bool:
    values = [0 if each == "<" else int(each, 36) for each in field]
    return sum(value * weight for value, weight in zip(values[:-1], _WEIGHTS, strict=False)) % 10 == values[-1]
