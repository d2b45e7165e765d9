"""Cards and accounts."""

from __future__ import annotations

import re

from vedette.redact.validators.numbers import digits, luhn, repeated, weighted

_ISSUERS = {
    12: re.compile(r"5[0678]|6"),
    13: re.compile(r"4|5[0678]|6"),
    14: re.compile(r"3[0689]|5[0678]|6"),
    15: re.compile(r"3[47]|1|2131|5[0678]|6"),
    16: re.compile(r"4|5|2[2-7]|3[05689]|6|8[16]|9792"),
    17: re.compile(r"5[0678]|6"),
    18: re.compile(r"5[0678]|6"),
    19: re.compile(r"4|5[0678]|6|3[05689]"),
}
"""Length to first digits (ISO/IEC 7812; Visa, Mastercard, Amex, Diners, JCB, UnionPay, Maestro, Mir)."""
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20,
    "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip
"""SWIFT, IBAN registry."""


def card(text: str) -> bool:
    """12 to 19 digits of an issuer that gives out cards of that length, not all equal, Luhn."""
    number = digits(text)
    issuers = _ISSUERS.get(len(number))
    return issuers is not None and bool(issuers.match(number)) and not repeated(number) and luhn(number)


def card_number(text: str) -> bool:
    """The same for what is called a card: any issuer."""
    number = digits(text)
    return 12 <= len(number) <= 19 and not repeated(number) and luhn(number)


def iban(text: str) -> bool:
    """ISO 13616: length by country, and 1 modulo 97 with the first four characters moved to the end."""
    value = text.replace(" ", "").replace("-", "").upper()
    if IBAN_LENGTHS.get(value[:2]) != len(value) or not value.isalnum():
        return False
    return int("".join(str(int(each, 36)) for each in value[4:] + value[:4])) % 97 == 1


def aba(text: str) -> bool:
    """American Bankers Association routing number: weights 3, 7, 1; first two digits of a Federal Reserve range."""
    number = digits(text)
    district = int(number[:2] or 0)
    known = 1 <= district <= 12 or 21 <= district <= 32 or 61 <= district <= 72 or district == 80
    return len(number) == 9 and known and weighted(number, (3, 7, 1) * 3) % 10 == 0


def swift(text: str) -> bool:
    """ISO 9362: the country stands at the fifth place."""
    return len(text) in (8, 11) and (text[4:6] in IBAN_LENGTHS or text[4:6] in _OTHER_COUNTRIES)


_OTHER_COUNTRIES = frozenset("US CA AU NZ JP CN HK SG IN KR TW TH MY ID PH VN ZA NG KE MX AR CL CO PE".split())
