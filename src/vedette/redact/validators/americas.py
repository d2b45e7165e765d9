"""National numbers of the Americas and their check digits."""

from __future__ import annotations

from vedette.redact.validators.numbers import digits, luhn, repeated, weighted

_KNOWN_SAMPLES = frozenset({"123456789", "987654321", "078051120", "219099999"})


def us_ssn(text: str) -> bool:
    """Area not 000, 666 or 9xx, group not 00, serial not 0000 (US Social Security Administration)."""
    number = digits(text)
    area, group, serial = number[:3], number[3:5], number[5:]
    if len(number) != 9 or repeated(number) or number in _KNOWN_SAMPLES:
        return False
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def us_itin(text: str) -> bool:
    """9xx with a group of 50-65, 70-88, 90-92 or 94-99 (US Internal Revenue Service)."""
    number = digits(text)
    group = int(number[3:5] or 0)
    known = 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or 94 <= group <= 99
    return len(number) == 9 and number[0] == "9" and known


def us_npi(text: str) -> bool:
    """National Provider Identifier: Luhn over 80840 and the number (45 CFR 162)."""
    number = digits(text)
    return len(number) == 10 and number[0] in "12" and luhn("80840" + number)


def us_mbi(text: str) -> bool:
    """Medicare Beneficiary Identifier: the place of letters and digits (CMS)."""
    return len(text.replace("-", "")) == 11


def ca_sin(text: str) -> bool:
    """Social Insurance Number: Luhn; 8 begins none (Government of Canada)."""
    number = digits(text)
    return len(number) == 9 and number[0] != "8" and not repeated(number) and luhn(number)


def br_cpf(text: str) -> bool:
    """Two digits modulo 11 (Receita Federal)."""
    number = digits(text)
    if len(number) != 11 or repeated(number):
        return False
    return all(weighted(number[:size], range(size + 1, 1, -1)) * 10 % 11 % 10 == int(number[size]) for size in (9, 10))


def br_cnpj(text: str) -> bool:
    """Two digits modulo 11, weights 2 to 9 from the right (Receita Federal)."""
    number = digits(text)
    if len(number) != 14 or repeated(number):
        return False
    return _cnpj_digit(number[:12]) == int(number[12]) and _cnpj_digit(number[:13]) == int(number[13])


def _cnpj_digit(number: str) -> int:
    total = sum(int(digit) * (2 + place % 8) for place, digit in enumerate(reversed(number)))
    rest = total % 11
    return 0 if rest < 2 else 11 - rest


def ar_cuit(text: str) -> bool:
    """CUIT and CUIL, modulo 11 (AFIP)."""
    number = digits(text)
    if len(number) != 11 or repeated(number):
        return False
    return (11 - weighted(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(number[10])


def cl_rut(text: str) -> bool:
    """RUT, modulo 11 with K for ten (Servicio de Impuestos Internos)."""
    plain = text.replace(".", "").replace("-", "").upper()
    body, check = plain[:-1], plain[-1:]
    if not body.isdigit() or repeated(body):
        return False
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(body)))
    return "0K987654321"[total % 11] == check if total % 11 else check == "0"


_CURP = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ"


def mx_curp(text: str) -> bool:
    """CURP, modulo 10 over 17 places (RENAPO)."""
    plain = text.upper()
    if len(plain) != 18 or not plain[17].isdigit():
        return False
    total = sum(_CURP.find(each) * (18 - place) for place, each in enumerate(plain[:17]))
    return (10 - total % 10) % 10 == int(plain[17])
