"""Values of a format, made from its own fact with a seed: what the lint and the corpora test the rules with."""

from __future__ import annotations

import random

from vedette.redact.rules.alphabet import ALNUM, Alphabet
from vedette.redact.rules.parts import OneOf, Part, Parts, Run, Text, Times, Value

_PLAIN = ALNUM | frozenset(b"_-.+/=")
_PRINTABLE = frozenset(range(33, 127))


def sample(parts: Parts, rng: random.Random) -> str:
    """One value of the format, whole."""
    return "".join(_one(each, rng) for each in parts)


def _one(part: Part, rng: random.Random) -> str:
    match part:
        case Text(text):
            return text
        case Run(alphabet, least, most, is_open):
            top = min(most, least + 24) if is_open else most
            return "".join(chr(each) for each in rng.choices(_likely(alphabet), k=rng.randint(least, top)))
        case OneOf(options):
            return sample(rng.choice(options), rng)
        case Times(inner, least, most):
            return "".join(sample(inner, rng) for _ in range(rng.randint(least, min(most, least + 2))))
        case Value(inner):
            return sample(inner, rng)


def _likely(alphabet: Alphabet) -> list[int]:
    """Of a wide alphabet (negations) only what keys are written in."""
    plain = alphabet & _PLAIN
    narrow = alphabet & ALNUM if len(alphabet) > 100 else plain
    return [ord(" ")] if not narrow and ord(" ") in alphabet else sorted(narrow or alphabet & _PRINTABLE or alphabet)
