"""Addresses of machines and mailboxes."""

from __future__ import annotations

import ipaddress
import re

_LABEL = re.compile(r"[0-9A-Za-z\x80-\xff](?:[0-9A-Za-z\-\x80-\xff]*[0-9A-Za-z\x80-\xff])?")
_FILES = frozenset("png jpg jpeg gif svg webp css js ts py md json html xml txt yaml yml lock map".split())

_NO_STREETS = frozenset(
    """port bytes byte line bits page version offset index room mac range space family bus block
    jan feb mar apr may jun jul aug sep oct nov dec""".split()
)


def ip(text: str) -> bool:
    """An address that could be somebody's: loopback, unspecified, multicast and netmasks are not."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if text.startswith(("255.", "0.")) or ("::" in text and len(text) < 6):
        return False
    return not (address.is_loopback or address.is_unspecified or address.is_multicast)


def mac(text: str) -> bool:
    """IEEE 802: neither null nor broadcast, one kind of separator."""
    plain = re.sub(r"[:\-.]", "", text)
    return len(set(plain.lower())) > 1 and len({each for each in text if each in ":-."}) == 1


def email(text: str) -> bool:
    """RFC 5321 as people write it: a dot inside the domain, no double dots, no file name (`icon@2x.png`), no
    login of a repository's host (`git@github.com`)."""
    local, _, domain = text.rpartition("@")
    labels = domain.split(".")
    if (
        not local
        or local == "git"
        or len(labels) < 2
        or ".." in text
        or local[0] == "."
        or labels[-1].lower() in _FILES
    ):
        return False
    return all(_LABEL.fullmatch(label) for label in labels)


def street(text: str) -> bool:
    """A house number beside a word that is no unit and no month: `Am Alten Markt 5a`."""
    words = re.findall(r"[^\W\d_]{3,}", text)
    return bool(words) and not any(each.lower() in _NO_STREETS for each in words)
