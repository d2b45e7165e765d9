"""What the texts of variables mean: each takes a text and gives its value, or raises `ValueError` or `KeyError`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote


def folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def folder_or_none(text: str) -> Path | None:
    return folder(text) if text else None


def flag(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}[
        text.lower()
    ]


def headers(text: str) -> dict[str, str]:
    """`Name=value,Name=value`, values escaped as in URLs, as OTEL_EXPORTER_OTLP_HEADERS has them."""
    found: dict[str, str] = {}
    for each in filter(None, map(str.strip, text.split(","))):
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise ValueError("a header without name or value")
        found[name.strip()] = unquote(value.strip())
    return found


def names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def some_of(*allowed: str) -> Callable[[str], tuple[str, ...]]:
    def parse(text: str) -> tuple[str, ...]:
        found = names(text.lower())
        if not found or not set(found) <= set(allowed):
            raise ValueError(text)
        return found

    return parse


def key_name(text: str) -> str:
    """The first part of a key's name: no blank, no plus sign (C2SP signed-note)."""
    if not text.isprintable() or re.search(r"[\s+]", text):
        raise ValueError(text)
    return text


def size(text: str) -> int:
    units = {"k": 1024, "m": 1024**2, "g": 1024**3}
    factor = units.get(text[-1:].lower(), 1)
    number = int(text[:-1] if factor > 1 else text)
    if number < 0:
        raise ValueError(text)
    return number * factor


def count(text: str) -> int:
    number = int(text)
    if not 0 < number <= 10**6:
        raise ValueError(text)
    return number


def seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < 86_400:
        raise ValueError(text)
    return number


def period(text: str) -> float:
    number = seconds(text)
    if number < 1:
        raise ValueError(text)
    return number


def age(text: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
    number = float(text[:-1] if text[-1:].lower() in units else text) * units.get(text[-1:].lower(), 1)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number


def days(text: str) -> int:
    """Days; 0 = for ever."""
    number = int(text.lower().removesuffix("d"))
    if number < 0:
        raise ValueError(text)
    return number


def recipients(text: str) -> tuple[str, ...]:
    """Public keys; or `nobody`, which is taken for a bad value: what should be encrypted is then not written at all."""
    found = names(text)
    if any(name != "nobody" and not re.fullmatch(r"x25519:[A-Za-z0-9_-]{43}", name) for name in found):
        raise ValueError(text)
    return found


def one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError(text)
        return text.lower()

    return parse
