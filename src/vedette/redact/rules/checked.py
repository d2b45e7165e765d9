"""Values whose check digits hold, made with a seed: by trying where one in a thousand does, else by computing them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable

from vedette.redact.rules.parts import Parts
from vedette.redact.rules.samples import sample
from vedette.redact.validators import REGISTRY
from vedette.redact.validators.wallets import BASE58, BECH32, polymod

_TRIES = 20_000


def value(parts: Parts, validator: str, rng: random.Random) -> str:
    """A value of a shape that its validator accepts. Raises `ValueError` if none comes up."""
    made = _MADE.get(validator)
    holds = REGISTRY[validator] if validator else bool
    for _ in range(_TRIES):
        text = sample(parts, rng)
        text = made(text, rng) if made else text
        if holds(text):
            return text
    raise ValueError(f"no value of this shape passes {validator}")


def _base58check(text: str, rng: random.Random) -> str:
    """An address of the same first character: 25 bytes, the last four a double SHA-256."""
    version = {"1": 0, "3": 5, "L": 48, "M": 50, "D": 30, "T": 65}[text[0]]
    body = bytes([version]) + rng.randbytes(20)
    raw = body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, digits = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        digits = BASE58[rest] + digits
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + digits


def _bech32(text: str, rng: random.Random) -> str:
    """A version 0 address of the same prefix (BIP 173)."""
    prefix = text.partition("1")[0]
    data = [0] + [rng.randrange(32) for _ in range(32)]
    expanded = [ord(each) >> 5 for each in prefix] + [0] + [ord(each) & 31 for each in prefix]
    check = polymod(expanded + data + [0] * 6) ^ 1
    data += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return prefix + "1" + "".join(BECH32[each] for each in data)


_MADE: dict[str, Callable[[str, random.Random], str]] = {"base58check": _base58check, "bech32": _bech32}
