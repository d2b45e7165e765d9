"""Personal data: rows with a shape become rules like those of secrets; what is no row of parts is written by hand.

Numbers share few cores, for a core without a literal costs more than three hundred with one; a number that a check
digit cannot tell from others is led by its context words, in the languages of its country.
"""

from __future__ import annotations

from typing import Any

from vedette.redact.rule import Gate, Rule
from vedette.redact.rules import abroad, derive, naming
from vedette.redact.rules.alphabet import ALNUM, body
from vedette.redact.rules.facts import rows
from vedette.redact.rules.parts import Parts, at_least, parse, widths, written
from vedette.redact.rules.people import RULES as PEOPLE
from vedette.redact.scanners.gates import BOUNDARY, DIGITS_ENOUGH
from vedette.redact.validators.banks import IBAN_LENGTHS

CORES = {
    "cards": r"[2-6][0-9]{3}[ \-]?(?:[0-9]{4}[ \-]?[0-9]{4}|[0-9]{6}[ \-]?[0-9]{4})",
    "aadhaar": r"[2-9][0-9]{3}[ \-][0-9]{4}[ \-][0-9]{4}",
    "uatp": r"1[0-9]{3}[ \-]?[0-9]{5}[ \-]?[0-9]{6}",
    "ssn": r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
    "d3-3": r"[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}",
    "cpf": r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}",
    "cnpj": r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}/[0-9]{4}-[0-9]{2}",
    "d11": r"[0-9]{11}",
    "d6-4": r"(?:[0-9]{2})?[0-9]{6}[\-+][0-9]{4}",
    "d6-7": r"[0-9]{6}-[1-8][0-9]{6}",
    "d6-2": r"[0-9]{6}-[0-9]{2}-[0-9]{4}",
    "nir": r"[1-478][ .\-]?[0-9]{2}[ .\-]?[0-9]{2}[ .\-]?[0-9][0-9AB][ .\-]?[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{2}",
    "be": r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}",
    "ahv": r"756[ .\-]?[0-9]{4}[ .\-]?[0-9]{4}[ .\-]?[0-9]{2}",
    "cuit": r"[0-9]{2}-[0-9]{8}-[0-9]",
    "rut": r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9Kk]",
    "medicare": r"[2-6][0-9]{3} [0-9]{5} [0-9]",
    "kr-licence": r"[0-9]{2}-[0-9]{2}-[0-9]{6}-[0-9]{2}",
    "th": r"[0-9]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]",
    "resident": r"[1-6][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]",
    "nino": r"[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]",
    "codice": r"[A-Z]{6}[0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]",
    "pan": r"[A-Z]{5}[0-9]{4}[A-Z]",
    "curp": r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}",
    "nif": r"[0-9]{8}[ \-]?[A-Z]",
    "nie": r"[XYZ][ \-]?[0-9]{7}[ \-]?[A-Z]",
    "nif-dotted": r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}[ \-]?[A-Z]",
    "hetu": r"[0-9]{6}[\-+A-FU-Y][0-9]{3}[0-9A-Y]",
    "nric": r"[STFGM][0-9]{7}[A-Z]",
    "hk": r"[A-Z]{1,2}[0-9]{6}\([0-9A]\)",
    "ipv4": r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    "mac": r"(?:[0-9A-Fa-f]{2}[:\-]){5}[0-9A-Fa-f]{2}",
    "iban": r"[A-Z]{2}[0-9]{2}[ \-]?[0-9A-Z]{4}[ \-]?[0-9A-Z]{4}",
    "gstin": r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z]",
    "base58": r"[13][1-9A-HJ-NP-Za-km-z]{25}",
}
"""Cores that several shapes share, or that are cheaper than the shape's own."""

_SHAPES = frozenset({"base58", "codice", "gstin", "iban", "mac", "pan"})
"""Cores that begin where their value does, and have neither a literal nor six digits."""

_LEADS = {
    "number": r"(?:^|[^0-9A-Za-z.\-+_/=:#])",
    "digits": r"(?:^|[^0-9A-Za-z.\-+_])",
    "ip": r"(?:^|[^0-9A-Za-z.\-_=]|(?:^|[^=!<>~])=)",
    "word": r"\b",
}
_NEAR = r"(?:[^\x00\x0a]{0,32}?[^0-9A-Za-z])??"
_ASSIGNED = r"[ \x09]{0,3}[\"'\])]{0,2}(?:[ \x09]{0,4}[:=]|[ \x09]{1,3}(?:is|ist|est|es|e)\b:?)[ \x09\"']{0,6}"
_NUMBER_ENDS = "0-9A-Za-z_"
_OWN = "own: {} Apache-2.0"


def rules() -> list[Rule]:
    """All rules of personal data."""
    return [_rule(row) for row in rows("pii.jsonl")] + list(PEOPLE) + list(abroad.RULES)


def _rule(row: dict[str, Any]) -> Rule:
    parts = shape(row)
    make = _named if row.get("context") else _alone
    return make(row, parts, widths(parts))


def shape(row: dict[str, Any]) -> Parts:
    """The parts of a row; an IBAN's come from the registry, in capitals or in small letters."""
    if row["value"] == ["@IBAN"]:
        return parse([{"any": [_iban(country, size, "0-9A-Z") for country, size in IBAN_LENGTHS.items()]}])
    if row["value"] == ["@iban"]:
        return parse([{"any": [_iban(country.lower(), size, "0-9a-z") for country, size in IBAN_LENGTHS.items()]}])
    return parse(row["value"])


def _iban(country: str, size: int, alphabet: str) -> list[Any]:
    blank = [" -", 0, 1]
    groups = (size - 4) // 4
    rest = (size - 4) % 4
    tail = [blank, [alphabet, rest, rest]] if rest else []
    return [country, ["0-9", 2, 2], {"repeat": [blank, [alphabet, 4, 4]], "min": groups, "max": groups}, *tail]


def _alone(row: dict[str, Any], parts: Parts, width: tuple[int, int]) -> Rule:
    """A shape that stands for itself: its check digit, or its form, is enough."""
    lead = _LEADS[row.get("lead", "word")]
    core = CORES[row["core"]] if "core" in row else written(at_least(parts))
    gate: Gate = "digits" if derive.digits(parts) >= DIGITS_ENOUGH else ""
    if gate or row.get("core") in _SHAPES:
        core = (BOUNDARY if lead == _LEADS["word"] else lead) + core
    return Rule(
        id=row["id"],
        kind=row["kind"],
        group="pii",
        core=core,
        exact=f"{lead}({written(parts)})",
        value=1,
        not_after=_NUMBER_ENDS,
        left=width[1] + 2,
        right=width[1] + 2,
        validator=row["validator"],
        keywords=_keywords(row, parts),
        gate=gate,
        source=_OWN.format(row["source"]),
    )


def _named(row: dict[str, Any], parts: Parts, width: tuple[int, int]) -> Rule:
    """A shape that means something only behind one of its words."""
    words = naming.pattern(each.replace(" ", "_") for each in row["context"])
    assigned = bool(row.get("assigned"))
    core = at_least(parts)
    low, high = widths(core)
    fixed = low if low == high and not assigned else 0
    reach = r"[^\x00\x0a]{1,14}" if assigned else r"(?:[^\x00\x0a]{0,34}[^0-9A-Za-z])?" + written(core)
    longest = max(map(len, row["context"]))
    return Rule(
        id=row["id"],
        kind=row["kind"],
        group="pii",
        core=words + reach,
        exact=f"({written(parts)})" if fixed else f"{words}{_ASSIGNED if assigned else _NEAR}({written(parts)})",
        value=1,
        not_after=body(ALNUM | {ord("_")}),
        width=fixed,
        left=fixed + 2 if fixed else longest + 44 + width[1],
        right=width[1] - width[0] + (48 if assigned else 2),
        validator=row["validator"],
        keywords=naming.pieces(row["context"]),
        source=_OWN.format(row["source"]),
    )


def _keywords(row: dict[str, Any], parts: Parts) -> tuple[str, ...]:
    found = derive.keywords(parts)
    return found or tuple("0123456789")
