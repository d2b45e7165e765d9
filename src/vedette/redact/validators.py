"""Check digits and ranges: what tells a number from a number that means somebody.

A validator takes the matched text and says whether it holds; sources stand with each.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Callable

_NOT_DIGIT = re.compile(r"\D")
_ISSUERS = re.compile(r"4|5[1-5]|2[2-7]|3[0-9]|6[0-9]|62|8")
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip


def digits(text: str) -> str:
    return _NOT_DIGIT.sub("", text)


def luhn(text: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits(text))):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card(text: str) -> bool:
    """12 to 19 digits of a known industry, not all equal, Luhn."""
    number = digits(text)
    return 12 <= len(number) <= 19 and len(set(number)) > 1 and bool(_ISSUERS.match(number)) and luhn(number)


def iban(text: str) -> bool:
    """ISO 13616: length by country, and 1 modulo 97 with the first four characters moved to the end."""
    value = text.replace(" ", "").upper()
    if _IBAN_LENGTHS.get(value[:2]) != len(value):
        return False
    return int("".join(str(int(each, 36)) for each in value[4:] + value[:4])) % 97 == 1


def us_ssn(text: str) -> bool:
    """Area not 000, 666 or 9xx, group not 00, serial not 0000 (US Social Security Administration)."""
    number = digits(text)
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def ip(text: str) -> bool:
    """An address that could be somebody's: loopback, unspecified and documentation-free ranges stay."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


def phone(text: str) -> bool:
    """ITU-T E.164: 8 to 15 digits; with a plus, or grouped like a number that is dialled."""
    number = digits(text)
    return 8 <= len(number) <= 15 and len(set(number)) > 2


def email(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return bool(local) and "." in domain and not domain.endswith(".") and ".." not in text


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values()) if size else 0.0


NORMAL: dict[str, Callable[[str], str]] = {
    "card": digits,
    "us_ssn": digits,
    "email": str.lower,
    "iban": lambda text: text.replace(" ", "").upper(),
    "phone": lambda text: ("+" if text.lstrip().startswith("+") else "") + digits(text),
}
"""How a value is written before it is hashed, so that spellings of one value give one digest."""
