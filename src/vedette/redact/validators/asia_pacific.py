"""National numbers of Asia, Africa and the Pacific and their check digits."""

from __future__ import annotations

from vedette.redact.validators.numbers import digits, luhn, repeated, verhoeff, weighted

_GSTIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def in_aadhaar(text: str) -> bool:
    """Twelve digits, none begins with 0 or 1, Verhoeff (UIDAI); a palindrome is a test number."""
    number = digits(text)
    return len(number) == 12 and number[0] not in "01" and number != number[::-1] and verhoeff(number)


def in_pan(text: str) -> bool:
    """The fourth letter says what the holder is (Income Tax Department)."""
    return len(text) == 10 and text[3].upper() in "ABCFGHJLPT"


def in_gstin(text: str) -> bool:
    """Check character modulo 36 (GST Network)."""
    plain = text.upper()
    total = 0
    for place, each in enumerate(plain[:14]):
        product = _GSTIN.find(each) * (place % 2 + 1)
        total += product // 36 + product % 36
    return len(plain) == 15 and _GSTIN[(36 - total % 36) % 36] == plain[14]


def au_tfn(text: str) -> bool:
    """Tax File Number, weights modulo 11 (Australian Taxation Office)."""
    number = digits(text)
    return len(number) == 9 and not repeated(number) and weighted(number, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def au_abn(text: str) -> bool:
    """Australian Business Number, weights modulo 89 with one taken from the first digit."""
    number = digits(text)
    if len(number) != 11 or number[0] == "0":
        return False
    lowered = str(int(number[0]) - 1) + number[1:]
    return weighted(lowered, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) % 89 == 0


def au_acn(text: str) -> bool:
    """Australian Company Number, weights modulo 10."""
    number = digits(text)
    return (
        len(number) == 9
        and not repeated(number)
        and (10 - weighted(number, range(8, 0, -1)) % 10) % 10 == int(number[8])
    )


def au_medicare(text: str) -> bool:
    """Weights modulo 10 over eight digits (Services Australia)."""
    number = digits(text)
    if len(number) not in (10, 11) or number[0] not in "23456":
        return False
    return weighted(number, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(number[8])


def kr_rrn(text: str) -> bool:
    """A date, a century digit and weights modulo 11; numbers since October 2020 keep no check digit."""
    number = digits(text)
    return len(number) == 13 and 1 <= int(number[2:4]) <= 12 and 1 <= int(number[4:6]) <= 31 and number[6] in "12345678"


def sg_nric(text: str) -> bool:
    """NRIC and FIN: check letter by weights and prefix (Immigration and Checkpoints Authority)."""
    plain = text.upper()
    prefix, number, check = plain[0], plain[1:8], plain[8:]
    total = weighted(number, (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(prefix, 0)
    letters = "JZIHGFEDCBA" if prefix in "ST" else "XWUTRQPNMLK" if prefix in "FG" else "KLJNPQRTUWX"
    rest = total % 11
    return letters[10 - rest if prefix == "M" else rest] == check


def za_id(text: str) -> bool:
    """A date, citizenship and Luhn (Department of Home Affairs)."""
    number = digits(text)
    if len(number) != 13 or not 1 <= int(number[2:4]) <= 12 or not 1 <= int(number[4:6]) <= 31:
        return False
    return number[10] in "012" and luhn(number)


def jp_my_number(text: str) -> bool:
    """Individual Number, weights modulo 11 (Digital Agency)."""
    number = digits(text)
    if len(number) != 12 or repeated(number):
        return False
    rest = weighted(number, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return (0 if rest <= 1 else 11 - rest) == int(number[11])


def cn_resident(text: str) -> bool:
    """ISO 7064 MOD 11-2 over 17 digits, and a date (GB 11643)."""
    plain = text.upper()
    if len(plain) != 18 or not plain[:17].isdigit() or not 1 <= int(plain[10:12]) <= 12:
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(plain[:17]))
    return "10X98765432"[total % 11] == plain[17]


def tw_id(text: str) -> bool:
    """Letter and weights modulo 10 (Ministry of the Interior)."""
    plain = text.upper()
    code = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".find(plain[0])
    return weighted(f"{code}{plain[1:]}", (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def th_id(text: str) -> bool:
    """Weights modulo 11 (Bureau of Registration Administration)."""
    number = digits(text)
    return len(number) == 13 and (11 - weighted(number, range(13, 1, -1)) % 11) % 10 == int(number[12])


def il_id(text: str) -> bool:
    """Teudat zehut: Luhn over nine digits."""
    number = digits(text)
    return len(number) == 9 and not repeated(number) and luhn(number)
