"""Dates, as people write them."""

from __future__ import annotations

import re

_TIME = re.compile(r"T\d[\d:.]*Z?$")
_NUMBERS = re.compile(r"\d+")


def date(text: str) -> bool:
    """A day and a month that could be, in either order; a written month counts as one."""
    text = _TIME.sub("", text)
    numbers = [int(each) for each in _NUMBERS.findall(text)]
    if len(numbers) == 1 and len(text) == 8:  # 19850412
        return 1 <= numbers[0] // 100 % 100 <= 12 and 1 <= numbers[0] % 100 <= 31
    small = [each for each in numbers if each <= 31]
    if len(numbers) < 3 and any(each.isalpha() for each in re.sub(r"(?i)\d(?:st|nd|rd|th)", "", text)):
        return 1 <= len(numbers) <= 2
    return len(numbers) == 3 and len(small) >= 2 and 1 <= min(small) <= 12
