"""Telephone numbers: national numbering plans, as lengths and first digits (ITU-T E.164, national regulators).

The table is our own, so that two hosts judge a number alike whatever else is installed; the tests hold it against the
example numbers of PyPI `phonenumbers`.
"""

from __future__ import annotations

import re

from vedette.redact.validators.numbers import digits

PLANS = {
    "7": (10, 10, "3456789"), "20": (8, 10, "123456789"), "27": (9, 9, "12345678"), "30": (10, 10, "2689"),
    "31": (9, 9, "12345678"), "32": (8, 9, "123456789"), "33": (9, 9, "123456789"), "34": (9, 9, "56789"),
    "36": (8, 9, "123456789"), "39": (6, 12, "013458"), "40": (9, 9, "236789"), "41": (9, 9, "23456789"),
    "43": (4, 13, "123456789"), "44": (9, 10, "1235789"), "45": (8, 8, "23456789"), "46": (7, 10, "123456789"),
    "47": (8, 8, "23456789"), "48": (9, 9, "123456789"), "49": (5, 12, "123456789"), "51": (8, 9, "145679"),
    "52": (10, 10, "123456789"), "54": (10, 11, "123689"), "55": (10, 11, "123456789"), "56": (9, 9, "23456789"),
    "57": (8, 10, "13456"), "58": (10, 10, "24589"), "60": (8, 10, "13456789"), "61": (9, 9, "1234578"),
    "62": (7, 12, "123456789"), "63": (8, 10, "23456789"), "64": (8, 10, "2346789"), "65": (8, 8, "368979"),
    "66": (8, 9, "123456789"), "81": (9, 10, "123456789"), "82": (8, 10, "123456789"), "84": (9, 10, "123456789"),
    "86": (10, 11, "123456789"), "90": (10, 10, "23458"), "91": (10, 10, "123456789"), "92": (9, 10, "23456789"),
    "94": (9, 9, "123456789"), "98": (10, 10, "123456789"), "212": (9, 9, "5678"), "213": (8, 9, "123456789"),
    "216": (8, 8, "234579"), "233": (9, 9, "235"), "234": (8, 11, "123456789"), "254": (9, 10, "124567"),
    "351": (9, 9, "236789"), "352": (4, 11, "2345689"), "353": (7, 9, "1245678"), "354": (7, 9, "345678"),
    "356": (8, 8, "279"), "357": (8, 8, "279"), "358": (5, 12, "123456789"), "359": (7, 9, "23456789"),
    "370": (8, 8, "3456789"), "371": (8, 8, "26789"), "372": (7, 8, "345678"), "375": (9, 9, "1234"),
    "380": (9, 9, "3456789"), "381": (8, 9, "123678"), "385": (8, 9, "123456789"), "386": (8, 8, "12345678"),
    "420": (9, 9, "2345679"), "421": (9, 9, "2345689"), "423": (7, 9, "23678"), "506": (8, 8, "24568"),
    "507": (7, 8, "23456789"), "593": (8, 9, "2345679"), "595": (8, 9, "23456789"), "598": (8, 8, "2479"),
    "852": (8, 8, "23456789"), "853": (8, 8, "268"), "855": (8, 9, "123456789"), "880": (8, 10, "123456789"),
    "886": (8, 9, "23456789"), "961": (7, 8, "1345678"), "962": (8, 9, "235678"), "965": (8, 8, "25679"),
    "966": (9, 9, "15"), "968": (8, 8, "2379"), "971": (8, 9, "2345679"), "972": (8, 9, "23456789"),
    "973": (8, 8, "13678"), "974": (8, 8, "34567"), "994": (9, 9, "1234567"), "995": (9, 9, "357"),
    "998": (9, 9, "236789"),
}  # fmt: skip
"""Country code to least and most digits of the national number, and what it may begin with."""

_COUNTED = "01234567890"
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|extension|#)\s*\d{1,6}$", re.IGNORECASE)


def phone(text: str) -> bool:
    """A number of a known plan, with `+` or `00`; without, one of North America or of ten digits with a trunk 0."""
    plain = _EXTENSION.sub("", text).replace("(0)", "").strip()
    number = digits(plain)
    if len(set(number)) < 3:
        return False
    if plain.lstrip("(").startswith("+"):
        return international(number)
    if number.startswith("00"):
        return international(number[2:])
    return _national(number)


def international(number: str) -> bool:
    """Country code and national number, digits only."""
    if number.startswith("1"):
        return _north_american(number[1:])
    for size in (1, 2, 3):
        plan = PLANS.get(number[:size])
        if plan:
            rest = number[size:]
            rest = rest[1:] if rest.startswith("0") and number[:size] != "39" else rest
            return plan[0] <= len(rest) <= plan[1] and rest[0] in plan[2]
    return False


def _north_american(number: str) -> bool:
    return len(number) == 10 and number[0] in "23456789" and number[1:3] != "11"


def _national(number: str) -> bool:
    if number.startswith("0"):
        return 9 <= len(number) <= 12 and number[1] != "0"
    if len(number) == 11 and number.startswith("1"):
        return _north_american(number[1:])
    return 7 <= len(number) <= 12


def grouped(text: str) -> bool:
    """Ten digits in groups as they are dialled, whatever the area code; eleven with a 1 before them."""
    number = digits(_EXTENSION.sub("", text))
    number = number[number.startswith("00") * 2 :]
    size = len(number)
    return len(set(number)) >= 3 and (size == 10 or (size == 11 and number[0] == "1"))


def bare(text: str) -> bool:
    """Ten digits in a row that are no time in seconds (2001 to 2033)."""
    number = digits(text)
    return len(set(number)) >= 4 and not ("1000000000" <= number < "2000000000")


def trunk(text: str) -> bool:
    """Ten or eleven digits with a trunk 0 before them."""
    number = digits(text)
    if number in _COUNTED:
        return False
    return 10 <= len(number) <= 11 and number[0] == "0" and number[1] != "0" and len(set(number)) >= 4


def north_american(text: str) -> bool:
    """Ten digits, or eleven with a 1 before them (NANPA)."""
    number = digits(_EXTENSION.sub("", text))
    number = number[number.startswith("00") * 2 :]
    return _north_american(number[1:] if len(number) == 11 and number[0] == "1" else number)
