"""Addresses of crypto currencies: base58check, bech32 and shapes."""

from __future__ import annotations

import hashlib

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32M = 0x2BC830A3


def base58check(text: str) -> bool:
    """25 bytes whose last four are the head of a double SHA-256 over the others (Bitcoin, Litecoin, Dogecoin, Tron)."""
    number = 0
    for each in text:
        place = BASE58.find(each)
        if place < 0:
            return False
        number = number * 58 + place
    if number.bit_length() > 200:
        return False
    raw = number.to_bytes(25, "big")
    return hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def bech32(text: str) -> bool:
    """BIP 173 and BIP 350."""
    plain = text.lower()
    prefix, _, data = plain.rpartition("1")
    if not prefix or len(data) < 6 or any(each not in BECH32 for each in data):
        return False
    values = [ord(each) >> 5 for each in prefix] + [0] + [ord(each) & 31 for each in prefix]
    return polymod(values + [BECH32.index(each) for each in data]) in (1, _BECH32M)


def polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place in range(5):
            check ^= _GENERATOR[place] if top >> place & 1 else 0
    return check


def hex_address(text: str) -> bool:
    """Ethereum and its like: 40 hex digits, not those of a null or test address (Keccak is not in `hashlib`)."""
    body = text[2:].lower()
    return len(set(body)) > 6
