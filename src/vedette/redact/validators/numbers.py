"""Check-digit arithmetic that several countries and issuers share."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NOT_DIGIT = re.compile(r"[^0-9]")
_LUHN = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def digits(text: str) -> str:
    return _NOT_DIGIT.sub("", text)


def luhn(text: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    number = digits(text)
    odd = sum(map(int, number[-1::-2]))
    return bool(number) and (odd + sum(_LUHN[int(each)] for each in number[-2::-2])) % 10 == 0


def weighted(number: str, weights: Sequence[int]) -> int:
    """The sum of the digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def iso7064_mod11_10(number: str) -> bool:
    """ISO/IEC 7064, MOD 11,10: the last digit checks those before it."""
    rest = 10
    for digit in number[:-1]:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(number[-1])


_D = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5), (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
      (3, 4, 0, 1, 2, 8, 9, 5, 6, 7), (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
      (6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3), (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
      (9, 8, 7, 6, 5, 4, 3, 2, 1, 0))  # fmt: skip
_P = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4), (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
      (8, 9, 1, 6, 0, 4, 3, 5, 2, 7), (9, 4, 5, 3, 1, 2, 6, 8, 7, 0), (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
      (2, 7, 9, 3, 8, 0, 6, 4, 1, 5), (7, 0, 4, 6, 9, 1, 3, 2, 5, 8))  # fmt: skip


def verhoeff(text: str) -> bool:
    """J. Verhoeff, Error Detecting Decimal Codes, 1969: the dihedral group of order ten."""
    check = 0
    for place, digit in enumerate(reversed(digits(text))):
        check = _D[check][_P[place % 8][int(digit)]]
    return check == 0


def repeated(number: str) -> bool:
    """Whether one digit is all there is, as in forms filled out to try them."""
    return len(set(number)) <= 1
