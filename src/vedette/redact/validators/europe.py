"""National numbers of Europe and their check digits."""

from __future__ import annotations

import re

from vedette.redact.validators.numbers import digits, iso7064_mod11_10, luhn, repeated, weighted

_NINO_NEVER = frozenset("BG GB KN NK NT TN ZZ".split())
_NIF = "TRWAGMYFPDXBNJZSQVHLCKE"
_CIF = "JABCDEFGHI"
_HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CF_VALUES = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_CF_ODD = {each: _CF_VALUES[int(each)] for each in "0123456789"}
_CF_ODD |= {chr(65 + place): _CF_VALUES[place] for place in range(26)}


def uk_nhs(text: str) -> bool:
    """Modulo 11 (NHS Data Dictionary)."""
    number = digits(text)
    if len(number) != 10 or repeated(number):
        return False
    return (11 - weighted(number, range(10, 1, -1)) % 11) % 11 == int(number[9])


def uk_nino(text: str) -> bool:
    """Prefixes that are never allotted (HM Revenue and Customs)."""
    prefix = text[:2].upper()
    return prefix not in _NINO_NEVER and prefix[0] not in "DFIQUV" and prefix[1] not in "DFIQUVO"


def de_tax_id(text: str) -> bool:
    """Steuerliche Identifikationsnummer: ISO 7064 MOD 11,10; of the first ten digits one stands twice or thrice."""
    number = digits(text)
    if len(number) != 11 or number[0] == "0":
        return False
    return len(set(number[:10])) in (8, 9) and iso7064_mod11_10(number)


def fr_nir(text: str) -> bool:
    """97 less the number modulo 97; Corsica's 2A and 2B count as 19 and 18 (INSEE)."""
    plain = re.sub(r"[ .\-]", "", text).upper()
    number = plain.replace("2A", "19", 1).replace("2B", "18", 1) if plain[5:7] in ("2A", "2B") else plain
    return len(number) == 15 and number.isdigit() and 97 - int(number[:13]) % 97 == int(number[13:])


def es_nif(text: str) -> bool:
    """NIF and NIE: the letter is the number modulo 23 (Ministerio del Interior)."""
    plain = re.sub(r"[ .\-]", "", text).upper()
    body = str("XYZ".find(plain[0])) + plain[1:-1] if plain[:1] in tuple("XYZ") else plain[:-1]
    return body.isdigit() and len(body) == 8 and _NIF[int(body) % 23] == plain[-1]


def es_cif(text: str) -> bool:
    """CIF of companies: digit or letter (Agencia Tributaria)."""
    plain = re.sub(r"[ .\-]", "", text).upper()
    body, check = plain[1:8], plain[8:]
    if not body.isdigit() or not check:
        return False
    odd = sum(sum(map(int, str(int(each) * 2))) for each in body[::2])
    rest = (10 - (odd + sum(map(int, body[1::2]))) % 10) % 10
    return check in (str(rest), _CIF[rest])


def it_codice_fiscale(text: str) -> bool:
    """Check letter over fifteen characters (Agenzia delle Entrate)."""
    plain = text.replace(" ", "").upper()
    if len(plain) != 16:
        return False
    total = sum(_CF_ODD[each] for each in plain[0:15:2])
    total += sum(int(each) if each.isdigit() else ord(each) - 65 for each in plain[1:15:2])
    return chr(65 + total % 26) == plain[15]


def it_vat(text: str) -> bool:
    """Partita IVA: Luhn over eleven digits."""
    number = digits(text)
    return len(number) == 11 and not repeated(number) and luhn(number)


def nl_bsn(text: str) -> bool:
    """Elfproef (Rijksoverheid)."""
    number = digits(text).zfill(9)
    return len(number) == 9 and not repeated(number) and weighted(number, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def pl_pesel(text: str) -> bool:
    """Weights 1, 3, 7, 9 and a month of its century (Ministerstwo Cyfryzacji)."""
    number = digits(text)
    if len(number) != 11 or not 1 <= int(number[2:4]) % 20 <= 12 or not 1 <= int(number[4:6]) <= 31:
        return False
    return weighted(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def pl_nip(text: str) -> bool:
    """Weights modulo 11 (Ministerstwo Finansow)."""
    number = digits(text)
    if len(number) != 10 or repeated(number):
        return False
    return weighted(number, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(number[9])


def se_personnummer(text: str) -> bool:
    """A date, and Luhn over the last ten digits (Skatteverket)."""
    number = digits(text)[-10:]
    return len(number) == 10 and 1 <= int(number[2:4]) <= 12 and 1 <= int(number[4:6]) % 60 <= 31 and luhn(number)


def fi_hetu(text: str) -> bool:
    """The number modulo 31 (Digi- ja vaestotietovirasto)."""
    plain = text.upper()
    number = plain[:6] + plain[7:10]
    if not number.isdigit() or not 1 <= int(plain[:2]) <= 31 or not 1 <= int(plain[2:4]) <= 12:
        return False
    return _HETU[int(number) % 31] == plain[10:]


def dk_cpr(text: str) -> bool:
    """A date of birth and four digits; the old check digit is no longer kept (CPR-kontoret)."""
    number = digits(text)
    return len(number) == 10 and 1 <= int(number[:2]) <= 31 and 1 <= int(number[2:4]) <= 12


def no_fodselsnummer(text: str) -> bool:
    """Two digits modulo 11 (Skatteetaten)."""
    number = digits(text)
    if len(number) != 11:
        return False
    first = (11 - weighted(number, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11) % 11
    second = (11 - weighted(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11
    return first == int(number[9]) and second == int(number[10]) and not repeated(number)


def be_national(text: str) -> bool:
    """97 less the number modulo 97; with a 2 before it from the year 2000 on (Rijksregister)."""
    number = digits(text)
    if len(number) != 11:
        return False
    return any(97 - int(lead + number[:9]) % 97 == int(number[9:]) for lead in ("", "2"))


def ch_ahv(text: str) -> bool:
    """756 and an EAN-13 digit (Zentrale Ausgleichsstelle)."""
    number = digits(text)
    return len(number) == 13 and number.startswith("756") and weighted(number, (1, 3) * 7) % 10 == 0


def pt_nif(text: str) -> bool:
    """Modulo 11 (Autoridade Tributaria)."""
    number = digits(text)
    if len(number) != 9 or number[0] not in "1235689":
        return False
    rest = weighted(number, range(9, 1, -1)) % 11
    return (0 if rest < 2 else 11 - rest) == int(number[8])


def at_svnr(text: str) -> bool:
    """Weights modulo 11, and a date (Sozialversicherung)."""
    number = digits(text)
    if len(number) != 10 or not 1 <= int(number[4:6]) <= 31 or not 1 <= int(number[6:8]) <= 15:
        return False
    return weighted(number, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 == int(number[3])


def ie_pps(text: str) -> bool:
    """Check letter modulo 23 (Department of Social Protection)."""
    plain = text.upper()
    extra = (ord(plain[8]) - 64) * 9 if len(plain) == 9 and plain[8] != "W" else 0
    total = weighted(plain[:7], range(8, 1, -1)) + extra
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == plain[7]


def tr_kimlik(text: str) -> bool:
    """Two check digits (Nufus ve Vatandaslik Isleri)."""
    number = digits(text)
    if len(number) != 11 or number[0] == "0":
        return False
    each = [int(digit) for digit in number]
    tenth = (sum(each[0:9:2]) * 7 - sum(each[1:8:2])) % 10
    return tenth == each[9] and sum(each[:10]) % 10 == each[10]


def ro_cnp(text: str) -> bool:
    """Weights modulo 11 (Ministerul Afacerilor Interne)."""
    number = digits(text)
    if len(number) != 13 or number[0] == "0":
        return False
    return weighted(number, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11 % 10 == int(number[12])
