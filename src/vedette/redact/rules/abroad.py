"""Personal data as it is written elsewhere than in English prose: telephone numbers by their country's own grouping,
mailboxes spelt out, the machine-readable zone of passports, addresses behind their word."""

from __future__ import annotations

from vedette.redact.rule import Rule
from vedette.redact.rules.people import EXTENSION, own

_NOT_BEFORE = r"(?:^|[^0-9A-Za-z+.\-_/=#$])"
_AT = r"(?:\[at\]|\(at\)|\{at\}|<at>)"
_DOT = r"(?:\[dot\]|\(dot\)|\{dot\}|<dot>|\.)"
_LETTER = r"[A-Za-z\x80-\xff'.]"
_WORD = rf"{_LETTER}{{2,24}}"
_ADDRESS_WORDS = (
    "anschrift|adresse|address|wohnhaft|indirizzo|direcci\\xc3\\xb3n|direccion|domicilio|endere\\xc3\\xa7o|endereco|adres|residence|"
    "street_address|address_?line_?1|street"
)
_PHONE_WORDS = (
    "(?i:ll\\xc3\\xa1mame)|"
    "\\xe6\\x89\\x8b\\xe6\\x9c\\xba|\\xe7\\x94\\xb5\\xe8\\xaf\\x9d|\\xe9\\x9b\\xbb\\xe8\\xa9\\xb1|\\xe6\\x90\\xba\\xe5\\xb8\\xaf|\\xec\\xa0\\x84\\xed\\x99\\x94|"
    "\\xd0\\xa2\\xd0\\xb5\\xd0\\xbb|\\xd1\\x82\\xd0\\xb5\\xd0\\xbb|\\xd0\\xbc\\xd0\\xbe\\xd0\\xb1|\\xcf\\x84\\xce\\xb7\\xce\\xbb|\\xce\\xa4\\xce\\xb7\\xce\\xbb|\\xce\\xba\\xce\\xb9\\xce\\xbd"
)
"""Telephone and mobile in Chinese (both scripts), Japanese, Korean, Russian, Ukrainian, Greek; UTF-8."""
_PHONE_KEYS = (
    "mame", "\u624b\u673a", "\u7535\u8bdd", "\u96fb\u8a71", "\u643a\u5e2f", "\uc804\ud654", "\u0442\u0435\u043b", "\u043c\u043e\u0431",
    "\u03c4\u03b7\u03bb", "\u03ba\u03b9\u03bd",
)  # fmt: skip
_IS = r"[ \x09]{0,3}[\x22']?[ \x09]{0,2}[:=][ \x09\x22']{0,6}"
"""Blanks before the quotes are the backslashes of JSON in JSON."""

RULES: tuple[Rule, ...] = (
    own(
        "phone-named-abroad", "phone", "own, in seven languages",
        core=rf"(?:{_PHONE_WORDS})[^\x000-9+(]{{0,24}}[0-9+(][0-9 .\-()/]{{6}}",
        exact=rf"(?:{_PHONE_WORDS})[^\x000-9+(]{{0,24}}(\(?\+?[0-9(](?:[ .\-()/]{{0,2}}[0-9]){{6,14}}{EXTENSION})",
        not_after="0-9A-Za-z_", left=60, right=48, validator="phone", keywords=_PHONE_KEYS,
    ),
    own(
        "phone-brazil", "phone", "Anatel numbering plan",
        core=r"(?:\([1-9][0-9]\) ?9?|[1-9][0-9] 9)[0-9]{4}-[0-9]{4}",
        exact=rf"{_NOT_BEFORE}(\([1-9][0-9]\) ?9?[2-9][0-9]{{3}}-[0-9]{{4}}|[1-9][0-9] 9[0-9]{{4}}-[0-9]{{4}})",
        not_after="0-9A-Za-z_\\-", left=24, right=2, gate="digits", keywords=("-",),
    ),
    own(
        "phone-china", "phone", "MIIT numbering plan, mobile numbers",
        core=r"1[3-9][0-9][ \-][0-9]{4}[ \-][0-9]{4}",
        exact=rf"{_NOT_BEFORE}(1[3-9][0-9] [0-9]{{4}} [0-9]{{4}}|1[3-9][0-9]-[0-9]{{4}}-[0-9]{{4}})",
        not_after="0-9A-Za-z_\\-", left=18, right=2, gate="digits", keywords=("1",),
    ),
    own(
        "phone-russia", "phone", "Minkomsvyaz numbering plan",
        core=r"[3489][0-9]{2}\)?[ \-]?[0-9]{3}-[0-9]{2}-[0-9]{2}",
        exact=rf"{_NOT_BEFORE}([78][ \-]?\(?[3489][0-9]{{2}}\)?[ \-]?[0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}|\([3489][0-9]{{2}}\) ?[0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}})",
        not_after="0-9A-Za-z_\\-", left=24, right=2, gate="digits", keywords=("-",),
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
