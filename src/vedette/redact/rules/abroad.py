"""Personal data as it is written elsewhere than in English prose: telephone numbers by their country's own grouping,
mailboxes spelt out, the machine-readable zone of passports, addresses behind their word."""

from __future__ import annotations

from vedette.redact.rule import Rule
from vedette.redact.rules.people import own

_NOT_BEFORE = r"(?:^|[^0-9A-Za-z+.\-_/=#$])"
_AT = r"(?:\[at\]|\(at\)|\{at\}|<at>)"
_DOT = r"(?:\[dot\]|\(dot\)|\{dot\}|<dot>|\.)"
_LETTER = r"[A-Za-z\x80-\xff'.]"
_WORD = rf"{_LETTER}{{2,24}}"
_ADDRESS_WORDS = (
    "anschrift|adresse|address|wohnhaft|indirizzo|direcci\\xc3\\xb3n|direccion|domicilio|endere\\xc3\\xa7o|endereco|adres|residence|"
    "street_address|address_?line_?1|street"
)
_IS = r"[ \x09]{0,3}[\x22']?[ \x09]{0,2}[:=][ \x09\x22']{0,6}"
"""Blanks before the quotes are the backslashes of JSON in JSON."""

RULES: tuple[Rule, ...] = (
    own(
        "phone-brazil", "phone", "Anatel numbering plan",
        core=r"(?:\([1-9][0-9]\) ?9?|[1-9][0-9] 9)[0-9]{4}-[0-9]{4}",
        exact=rf"{_NOT_BEFORE}(\([1-9][0-9]\) ?9?[2-9][0-9]{{3}}-[0-9]{{4}}|[1-9][0-9] 9[0-9]{{4}}-[0-9]{{4}})",
        not_after="0-9A-Za-z_\\-", left=24, right=2, keywords=("-",),
    ),
    own(
        "phone-china", "phone", "MIIT numbering plan, mobile numbers",
        core=r"1[3-9][0-9][ \-][0-9]{4}[ \-][0-9]{4}",
        exact=rf"{_NOT_BEFORE}(1[3-9][0-9] [0-9]{{4}} [0-9]{{4}}|1[3-9][0-9]-[0-9]{{4}}-[0-9]{{4}})",
        not_after="0-9A-Za-z_\\-", left=18, right=2, keywords=("1",),
    ),
    own(
        "phone-russia", "phone", "Minkomsvyaz numbering plan",
        core=r"[3489][0-9]{2}\)?[ \-]?[0-9]{3}-[0-9]{2}-[0-9]{2}",
        exact=rf"{_NOT_BEFORE}([78][ \-]?\(?[3489][0-9]{{2}}\)?[ \-]?[0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}|\([3489][0-9]{{2}}\) ?[0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}})",
        not_after="0-9A-Za-z_\\-", left=24, right=2, keywords=("-",),
    ),
    own(
        "email-spelt-out", "email", "own: so that no robot reads it",
        core=rf"(?i:{_AT}) ?[0-9A-Za-z\-]{{1,63}} ?(?i:{_DOT})",
        exact=rf"([0-9A-Za-z][0-9A-Za-z._%+\-]{{0,63}} ?(?i:{_AT}) ?[0-9A-Za-z\-]{{1,63}}(?: ?(?i:{_DOT}) ?[0-9A-Za-z\-]{{2,24}}){{1,4}})",
        left=150, right=60, keywords=("[at]", "(at)", "{at}", "<at>"),
    ),
    own(
        "passport-zone", "passport", "ICAO 9303 part 4, second line of TD3",
        core=r"[0-9<][A-Z<]{3}[0-9]{7}[FMX<][0-9]{7}[0-9A-Z<]",
        exact=r"(?:^|[^0-9A-Z<])([0-9A-Z<]{9}[0-9<][A-Z<]{3}[0-9]{7}[FMX<][0-9]{7}[0-9A-Z<]{14}[0-9<][0-9])",
        not_after="0-9A-Z<", left=32, right=18, validator="machine_readable", keywords=("<",),
    ),
    own(
        "passport-zone-name", "passport", "ICAO 9303 part 4, first line of TD3",
        core=r"P[A-Z<][A-Z<]{3}[A-Z]{1,36}<<?[A-Z]",
        exact=r"(?:^|[^0-9A-Z<])(P[A-Z<][A-Z<]{3}[A-Z<]{39})",
        not_after="0-9A-Z<", left=46, right=44, keywords=("p<",),
    ),
    own(
        "address-named", "postal_address", "own, behind its word in seven languages",
        core=rf"(?i:{_ADDRESS_WORDS}){_IS}[0-9A-Z\xc3]",
        exact=rf"(?i:{_ADDRESS_WORDS}){_IS}"
        rf"((?:{_WORD} ){{0,4}}{_WORD},? [0-9]{{1,4}} ?[A-Za-z]?(?:/[0-9]{{1,4}})?|[0-9]{{1,5}}[A-Za-z]?,? (?:{_WORD} ){{1,4}}{_WORD})",
        not_after="0-9A-Za-z", left=48, right=140, validator="street",
        keywords=("anschrift", "adresse", "address", "wohnhaft", "indirizzo", "direcci", "domicilio", "endere", "adres", "residence", "street"),
    ),
)  # fmt: skip
