"""Personal data whose form is no row of parts: mailboxes, telephone numbers, IPv6, birth dates, postal addresses."""

from __future__ import annotations

from typing import Any

from vedette.redact.rule import Rule
from vedette.redact.rules import naming

_OWN = "own: {} Apache-2.0"
_LETTER = r"[A-Za-z\x80-\xff]"
_NOT_BEFORE = r"(?:^|[^0-9A-Za-z+.\-_/=#$])"
EXTENSION = r"(?: ?(?:x|ext\.?|extension) ?[0-9]{1,6})?"
_PHONE_WORDS = (
    "phone",
    "telephone",
    "mobile",
    "cell",
    "tel",
    "fax",
    "registered",
    "messages to",
    "me at",
    "us at",
    "me on",
    "us on",
    "answering at",
    "reached at",
    "call me",
    "call us",
    "call him",
    "call her",
    "call them",
    "call at",
    "call on",
    "whatsapp",
    "sms",
    "handy",
    "telefon",
    "rufnummer",
    "telefono",
    "movil",
    "numero",
    "telefoon",
    "celular",
    "telefone",
    "puhelin",
    "puh",
    "komorka",
    "tlf",
    "gsm",
    "fijo",
    "fixo",
    "cellulare",
    "ufficio",
    "telephonique",
    "mobil",
    "dzwoni",
    "ligue_para",
    "llame",
    "appelez",
    "erreichbar",
    "llamame",
    "chiamami",
    "zadzwo",
    "kom",
)
_BIRTH_WORDS = (
    "date of birth|birth ?date|birthday|birth ?day|born on|born|dob|d\\.o\\.b|geburtsdatum|geboren|geb\\.|date de naissance|n\\xc3\\xa9e? le|"
    "fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il|data de nascimento|geboortedatum|data urodzenia|"
    "syntym\\xc3\\xa4aika|f\\xc3\\xb6delsedatum|f\\xc3\\xb6dd|f\\xc3\\xb8dselsdato|"
    "\\xe7\\x94\\x9f\\xe5\\xb9\\xb4\\xe6\\x9c\\x88\\xe6\\x97\\xa5|\\xe5\\x87\\xba\\xe7\\x94\\x9f\\xe6\\x97\\xa5\\xe6\\x9c\\x9f|\\xec\\x83\\x9d\\xeb\\x85\\x84\\xec\\x9b\\x94\\xec\\x9d\\xbc"
)
_BIRTH_SPELT = _BIRTH_WORDS.replace(" ?", " ").replace(" ", "[ _\\-]?")
"""As names in code spell them too: `date_of_birth`, `birthDate`."""
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|m\\xc3\\xa4r|mai|mei|maj|okt|dez|janv|f\\xc3\\xa9v|avr|juin|juil|ao\\xc3\\xbb|ene|abr|"
    "ago|dic|gen|mag|giu|lug|set|ott|fev|out"
)
_MONTH = rf"(?i:{_MONTHS})[a-z]{{0,7}}\.?"
_DATE = (
    r"[0-9]{1,4}[/.\-][0-9]{1,2}[/.\-][0-9]{1,4}(?:T[0-9:.]{5,15}Z?)?|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th|\.|\xc2\xba)?[ \-](?:of |de )?{_MONTH},?[ \-](?:de )?[0-9]{{2,4}}"
    rf"|{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{2,4}}"
    r"|[0-9]{4} ?(?:\xe5\xb9\xb4|\xeb\x85\x84) ?[0-9]{1,2} ?(?:\xe6\x9c\x88|\xec\x9b\x94) ?[0-9]{1,2} ?(?:\xe6\x97\xa5|\xec\x9d\xbc)"  # year, month, day
)
_STREETS = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Way|Highway|Hwy|Parkway|Pkwy|"
    "Circle|Crescent|Close|Gardens|Grove|Mews|Row|Walk|Trail|Alley|Loop|Plaza|Ridge|Heights|Crossing|Path|Pike|Springs|Station|Turnpike"
)
_STREET_CORE = " (?:Street|St[., ]|Avenue|Ave[., ]|Road|Rd[., ]|Boulevard|Blvd|Lane|Ln[., ]|Drive|Dr[., ]|Court|Place|Square|Terrace|Way[, .]|Highway|Parkway|Circle|Crescent|Close[, .]|Gardens|Grove|Mews|Hwy[., ]|Pkwy[., ]|Ct[., ]|Loop[., ]|Trail|Turnpike)"


def own(id_: str, kind: str, source: str, **fields: Any) -> Rule:
    """A rule written by hand, from the source named."""
    given: dict[str, Any] = {"group": "pii", "value": 1} | fields
    return Rule(id=f"pii:{id_}", kind=kind, source=_OWN.format(source), **given)


RULES: tuple[Rule, ...] = (
    own(
        "email", "email", "RFC 5321, RFC 6531",
        core=r"@[0-9A-Za-z\-\x80-\xff]{1,63}\.[A-Za-z]{2}",
        exact=r"((?:[0-9A-Za-z!#$&*+_%\-\x80-\xff][0-9A-Za-z!#$&'*+._%\-\x80-\xff]{0,63}|\x22[0-9A-Za-z!#$&'*+._%\- ]{1,62}\x22)"
        r"@(?:[0-9A-Za-z\x80-\xff][0-9A-Za-z\-\x80-\xff]{0,62}\.){1,6}[A-Za-z]{2,24})",
        left=136, right=180, validator="email", keywords=("@",),
    ),
    own(
        "ipv6", "ip", "RFC 4291",
        core=r"[0-9A-Fa-f]{1,4}:(?::[0-9A-Fa-f]|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,4}:)",
        exact=r"(?:^|[^0-9A-Za-z:.])((?:[0-9A-Fa-f]{1,4}:){1,7}(?::?[0-9A-Fa-f]{1,4}){1,7}(?:\.[0-9]{1,3}){0,3})",
        not_after="0-9A-Za-z:", left=48, right=48, validator="ip", keywords=(":",),
    ),
    own(
        "phone-international", "phone", "ITU-T E.164",
        core=r"(?:\+|\b00)[1-9][0-9 .\-()/]{7}",
        exact=rf"(?:^|[^0-9A-Za-z+.\-_/=])((?:\+|00)[1-9][0-9]{{0,2}}(?:[ .\-()/]{{0,3}}[0-9]{{1,12}}){{1,6}}{EXTENSION})",
        not_after="0-9A-Za-z_", left=40, right=44, validator="phone", keywords=("+", "00"),
    ),
    own(
        "phone-us", "phone", "NANPA",
        core=rf"{_NOT_BEFORE}(?:(?:\+|00)?1[ .\-]?)?\(?[0-9]{{3}}[.\-)][ ]?[0-9]{{3}}[ .\-]?[0-9]{{4}}",
        exact=rf"{_NOT_BEFORE}((?:(?:\+|00)?1[ .\-]?)?(?:\([0-9]{{3}}\)[ .\-]?|[0-9]{{3}}[.\-])[0-9]{{3}}[ .\-]?[0-9]{{4}}{EXTENSION})",
        not_after="0-9A-Za-z_\\-", left=32, right=20, validator="grouped", gate="digits", keywords=("-", ".", ")"),
    ),
    own(
        "phone-us-spaced", "phone", "NANPA",
        core=rf"{_NOT_BEFORE}(?:(?:\+|00)?1[ .\-]?)?[2-9][0-9]{{2}} [2-9][0-9]{{2}}[ \-][0-9]{{4}}",
        exact=rf"{_NOT_BEFORE}((?:(?:\+|00)?1[ .\-]?)?[2-9][0-9]{{2}} [2-9][0-9]{{2}}[ \-][0-9]{{4}}{EXTENSION})",
        not_after="0-9A-Za-z_", left=32, right=20, validator="north_american", gate="digits", keywords=(" ",),
    ),
    own(
        "phone-trunk", "phone", "ITU-T E.123, trunk prefix 0 without blanks",
        core=rf"{_NOT_BEFORE}0[1-9][0-9]{{2,4}}\)?[ \-]?[0-9]{{3}}[ \-]?[0-9]{{3}}", exact=rf"{_NOT_BEFORE}(\(?0[1-9][0-9]{{2,4}}\)?[ \-]?[0-9]{{3}}[ \-]?[0-9]{{3,4}}{EXTENSION})",
        not_after="0-9A-Za-z_:", left=20, right=14, validator="trunk", gate="digits", keywords=("0",),
    ),
    own(
        "phone-bare", "phone", "own: ten digits behind words that lead to a number",
        core=r"[tonlsedrmaxTONLSEDRMAX][ :\x0a]{1,2}[0-9]{10}",  # the words' last letters: so short words scan slowly
        exact=r"\b(?i:at|to|on|call|is|me|us|registered|number|from|via|phone|mobile|cell|fax)[ :\x0a]{1,2}([0-9]{10})",
        not_after="0-9A-Za-z_:", left=24, right=2, validator="bare", gate="digits", keywords=("at", "to", "on", "call", "is", "me", "us", "regi", "numb", "from", "via", "phone", "mobile", "cell", "fax"),
    ),
    own(
        "phone-called", "phone", "own: an imperative before a number",
        core=r"[lgtLGT][ :]{1,2}\(?\+?[0-9](?:[ .\-()/]{0,2}[0-9]){6}",
        exact=rf"(?i:call|dial|ring|text)[ :]{{1,2}}(\(?\+?[0-9](?:[ .\-()/]{{0,2}}[0-9]){{6,14}}{EXTENSION})",
        not_after="0-9A-Za-z_:", left=24, right=44, validator="phone", gate="digits", keywords=("call", "dial", "ring", "text"),
    ),
    own(
        "phone-named-behind", "phone", "own: signatures",
        core=r"[0-9]{2}(?:x[0-9]{1,5})?[ \-,(]{1,2}(?i:office|fax|mobile|cell|home|work|desk|phone|direct)",
        exact=rf"{_NOT_BEFORE}(\(?\+?[0-9](?:[ .\-()]{{0,2}}[0-9]){{6,14}}{EXTENSION})[ \-,(]{{1,2}}(?i:office|fax|mobile|cell|home|work|desk|phone|direct)",
        left=56, right=2, validator="phone", keywords=("office", "fax", "mobile", "cell", "home", "work", "desk", "phone", "direct"),
    ),
    own(
        "phone-national", "phone", "ITU-T E.123, trunk prefix 0",
        core=rf"{_NOT_BEFORE}0[0-9]{{1,4}}\)?[ \-/.][0-9]{{2,4}}[ \-.]?[0-9]{{2,4}}[ \-.]?[0-9]{{2}}",
        exact=rf"{_NOT_BEFORE}(\(?0[1-9][0-9]{{0,3}}\)?[ \-/.][0-9]{{2,8}}(?:[ \-.][0-9]{{2,6}}){{0,4}}{EXTENSION})",
        not_after="0-9A-Za-z_:", left=36, right=30, validator="phone", gate="digits", keywords=("0",),
    ),
    own(
        "phone-named", "phone", "own, in twelve languages",
        core=rf"{naming.pattern(_PHONE_WORDS)}[^\x000-9+(]{{0,24}}[0-9+(][0-9 .\-()/]{{6}}",
        exact=rf"{naming.pattern(_PHONE_WORDS)}[^\x000-9+(]{{0,24}}(\(?\+?[0-9(](?:[ .\-()/]{{0,2}}[0-9]){{6,14}}{EXTENSION})",
        not_after="0-9A-Za-z_", left=60, right=48, validator="phone", keywords=tuple(each.split("_")[0] for each in _PHONE_WORDS),
    ),
    own(
        "birth-date", "birth_date", "own, in twelve languages",
        core=rf"(?i:{_BIRTH_SPELT})[^\x00\x0a0-9]{{0,24}}(?:[0-9]{{1,4}}|(?i:{_MONTHS}))",
        exact=rf"(?i:{_BIRTH_SPELT})[^\x00\x0a0-9]{{0,24}}?({_DATE})",
        not_after="0-9A-Za-z", left=60, right=44, validator="date",
        keywords=("birth", "born", "dob", "d.o.b", "gebur", "geb", "naiss", "n\xe9", "nacim", "nacid", "nasc", "nat", "uro", "syntym", "delsed", "f\xf6dd", "dselsd", " le ", "\u751f\u5e74\u6708\u65e5", "\u51fa\u751f\u65e5\u671f", "\uc0dd\ub144\uc6d4\uc77c"),
    ),
    own(
        "age", "age", "own", core=r"[0-9](?: |-)year(?:s)?(?: |-)old",
        exact=r"(?:^|[^0-9])([0-9]{1,3})(?: |-)year(?:s)?(?: |-)old", left=18, right=2, keywords=("year",),
    ),
    own(
        "address-english", "postal_address", "USPS Publication 28, Royal Mail",
        core=rf"[A-Za-z.]{_STREET_CORE}",
        exact=rf"(?:^|[^0-9A-Za-z.,\-])([0-9]{{1,6}}[A-Za-z]?,? (?:[NSEW]{{1,2}}\.? )?(?:[A-Z0-9][0-9A-Za-z'.\-]{{0,20}} ){{1,4}}(?:{_STREETS})\b\.?(?: [NS]?[EW]\b| [NS]\b)?"
        r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Floor|#)\.? ?[0-9A-Za-z\-]{1,6})?"
        r"(?:, [A-Z][A-Za-z .'\-]{2,30}, [A-Z]{2} [0-9]{5}(?:-[0-9]{4})?)?)[., ]?",
        left=110, right=90, keywords=tuple(sorted({each.lower() for each in _STREETS.split("|")})),
    ),
    own(
        "address-box", "postal_address", "USPS Publication 28", core=r"(?i:p\.? ?o\.? ?box|postfach|apartado) [0-9]",
        exact=r"((?i:p\.? ?o\.? ?box|postfach|apartado) [0-9]{1,6})", left=24, right=8, keywords=("box", "postfach", "apartado"),
    ),
    own(
        "address-german", "postal_address", "DIN 5008, NEN 5825",
        core=r"(?:stra\xc3\x9fe|strasse|str\.|gasse|allee|platz|ring|weg|damm|ufer|straat|laan|plein|gracht|kade|singel|dijk|burgwal|gatan|v\xc3\xa4gen|vej|veien|katu) [0-9]",
        exact=rf"((?:{_LETTER}{{1,30}}[ \-]){{0,2}}{_LETTER}{{2,30}}(?:stra\xc3\x9fe|strasse|str\.|gasse|allee|platz|ring|weg|damm|ufer|straat|laan|plein|gracht|kade|singel|dijk|burgwal|gatan|v\xc3\xa4gen|vej|veien|katu) "
        rf"[0-9]{{1,4}}[a-zA-Z]?(?:[\-/][0-9]{{1,4}}[a-z]?)?(?:, [0-9]{{4,5}} (?:[A-Z]{{2}} )?[A-Z]{_LETTER}{{2,30}})?)",
        left=110, right=60, keywords=("stra", "str.", "gasse", "allee", "platz", "ring", "weg", "damm", "ufer", "singel", "dijk", "burgwal", "laan", "plein", "gracht", "kade", "gatan", "gen ", "vej", "veien", "katu"),
    ),
    own(
        "address-german-apart", "postal_address", "DIN 5008",
        core=r" (?:Stra\xc3\x9fe|Strasse|Str\.|Allee|Platz|Ring|Weg|Damm|Ufer) [0-9]",
        exact=rf"([A-Z]{_LETTER}{{2,20}}(?:[ \-]{_LETTER}{{2,20}}){{0,2}} (?:Stra\xc3\x9fe|Strasse|Str\.|Allee|Platz|Ring|Weg|Damm|Ufer) [0-9]{{1,4}}[a-zA-Z]?)",
        left=90, right=8, keywords=("stra", "str.", "allee", "platz", "ring", "weg", "damm", "ufer"),
    ),
    own(
        "address-romance", "postal_address", "La Poste, Correos, Poste Italiane, CTT",
        core=r"(?i:rue|avenue|boulevard|chemin|impasse|place|calle|avenida|paseo|plaza|via|viale|piazza|corso|rua|largo|ulica|ul\.|c/|av\.|avda\.|pza\.) [ A-Z\xc3-\xc5dl]",
        exact=rf"(?:^|[^A-Za-z])((?i:rue|avenue|boulevard|chemin|impasse|calle|avenida|paseo|plaza|via|viale|piazza|corso|rua|largo|ulica|ul\.|c/|av\.|avda\.|pza\.) "
        rf"(?:(?:de|del|della|dei|di|la|las|los|le|les|da|do|das|dos|du|des|d'|l')? ?[A-Z\xc3-\xc5]{_LETTER}{{1,20}}[ \-]?){{1,4}},? (?:n[^ ]{{0,3}} ?)?[0-9]{{1,4}}[a-zA-Z]?(?:/[0-9]{{1,4}})?(?:, [0-9]{{1,2}}\xc2[\xba\xaa\xb0](?: [A-Z]\b)?)?)",
        not_after="0-9", left=16, right=160, keywords=("rue", "avenue", "boulevard", "chemin", "impasse", "calle", "avenida", "paseo", "plaza", "via", "piazza", "corso", "rua", "largo", "ulica", "ul.", "c/", "av.", "avda.", "pza."),
    ),
    own(
        "address-french", "postal_address", "La Poste, NF Z10-011",
        core=r"[0-9sr],? (?i:rue|avenue|boulevard|chemin|impasse|place|all\xc3\xa9e|quai|route) ",
        exact=rf"(?:^|[^0-9A-Za-z])([0-9]{{1,4}}(?: bis| ter)?,? (?i:rue|avenue|boulevard|chemin|impasse|place|all\xc3\xa9e|quai|route) "
        rf"(?:(?:de|du|des|la|le|les|l'|d')[ ]?){{0,3}}[A-Z\xc3-\xc5]{_LETTER}{{1,24}}(?:[ \-][A-Z\xc3-\xc5]?{_LETTER}{{1,24}}){{0,3}})",
        left=36, right=120, keywords=("rue", "avenue", "boulevard", "chemin", "impasse", "place", "all", "quai", "route"),
    ),
    own(
        "coordinates", "coordinates", "ISO 6709",
        core=r"(?i:lat(?:itude)?|gps|coordinates|geo)[^\x00\x0a]{0,24}[0-9]\.[0-9]{4}",
        exact=r"(?i:lat(?:itude)?|gps|coordinates|geo)[^\x00\x0a0-9;\-]{0,24}(-?[0-9]{1,3}\.[0-9]{4,12}(?:[^\x00\x0a0-9\-]{1,24}-?[0-9]{1,3}\.[0-9]{4,12})?)",
        not_after="0-9A-Za-z", left=48, right=60, keywords=("lat", "gps", "coordinates", "geo"),
    ),
)  # fmt: skip
