"""Where something could be sent to: mail addresses, URLs, bare domains, bank accounts (detection.md 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,6}")
_URL = re.compile(r"https?://[^\s\"'<>\]\[{}|\\^`]{3,2000}", re.IGNORECASE)
_TLD = "com|org|net|io|co|ai|app|dev|info|biz|edu|gov|me|us|uk|de|fr|eu|xyz|site|online"
_BARE = re.compile(
    rf"(?<![\w@/.\-])(?:[a-z0-9](?:[a-z0-9\-]{{0,61}}[a-z0-9])?\.){{1,5}}(?:{_TLD})(?![\w\-])(?:/[^\s\"'<>]{{0,500}})?",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{8,30}\b")
_END = "/.,;:!?'\")"
_SHORT, _SHORT_URL = 80, 200


class Found(NamedTuple):
    """A destination in its normal form, with its host or mail domain (of a bank account: nothing)."""

    kind: str
    value: str
    host: str


def found_in(text: str) -> Iterator[Found]:
    """Addresses first; what is one is then no domain any more."""

    found: list[Found] = []
    rest = text
    for mark, pattern, normal in (("@", _MAIL, _mail), ("://", _URL, _url)):
        if mark in rest:
            found += [normal(match.group()) for match in pattern.finditer(rest)]
            rest = pattern.sub(" ", rest)
    if "." in rest:
        found += [_url(match.group()) for match in _BARE.finditer(rest)]
    found += [Found("iban", match.upper(), "") for match in _IBAN.findall(rest) if sum(map(str.isdigit, match)) >= 10]
    seen: set[Found] = set()
    for each in found:
        if each not in seen:
            seen.add(each)
            yield each


def _mail(text: str) -> Found:
    value = text.lower().rstrip(".")
    return Found("email", value, value.rpartition("@")[2])


def _url(text: str) -> Found:
    value = re.sub(r"^[a-z]+://", "", text.lower()).rstrip(_END)
    host = re.split(r"[/?#]", value, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    return Found("url", value, host.removeprefix("www."))


def is_whole(text: str, found: Found) -> bool:
    """Whether a leaf is exactly this destination: structured data, not prose."""
    plain = text.strip()
    if not plain or " " in plain or len(plain) > (_SHORT_URL if found.kind == "url" else _SHORT):
        return False
    return next(found_in(plain), None) == found
