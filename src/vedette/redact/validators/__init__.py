"""Check digits, shapes and judgements: what tells a number from a number that means somebody.

A rule names a function of `REGISTRY` (value in, whether it holds) or of `JUDGES` (what stands before, value and what
stands behind in, verdict out). All are pure, take text as latin-1, and are quick; sources stand with each.
"""

from __future__ import annotations

from collections.abc import Callable

from vedette.redact.validators import (
    addresses,
    americas,
    asia_pacific,
    banks,
    checksums,
    credentials,
    dates,
    documents,
    europe,
    handles,
    phones,
    wallets,
    words,
)
from vedette.redact.validators.numbers import digits, luhn
from vedette.redact.validators.words import entropy, placeholder, stopped, varied

__all__ = ["JUDGES", "NORMAL", "REGISTRY", "digits", "entropy", "luhn", "placeholder", "stopped", "varied"]

_MODULES = (addresses, americas, asia_pacific, banks, checksums, dates, documents, europe, handles, phones, wallets)


def _public(module: object) -> dict[str, Callable[[str], bool]]:
    """The validators of a module: its own public functions that answer with a bool."""
    found = vars(module).items()
    return {
        name: each
        for name, each in found
        if not name.startswith("_")
        and getattr(each, "__module__", "") == getattr(module, "__name__", "")
        and callable(each)
    }


REGISTRY: dict[str, Callable[[str], bool]] = {"mixed": words.mixed, "serial": words.serial, "luhn": luhn}
for _module in _MODULES:
    REGISTRY |= _public(_module)

JUDGES: dict[str, Callable[[str, str, str], credentials.Verdict]] = {
    name: getattr(credentials, name)
    for name in ("beside", "context", "header", "keyvalue", "line", "login", "named", "password", "query")
}

NORMAL: dict[str, Callable[[str], str]] = {
    "card": digits,
    "us_ssn": digits,
    "email": str.lower,
    "iban": lambda text: text.replace(" ", "").replace("-", "").upper(),
    "phone": lambda text: ("+" if text.lstrip().startswith("+") else "") + digits(text),
}
"""How a value is written before it is hashed, so that spellings of one value give one digest."""
