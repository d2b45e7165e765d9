"""What follows from a format: the same way for every rule (redaction.md, section 5)."""

from __future__ import annotations

import math
import random
from collections import Counter

from vedette.redact.rules.alphabet import ALNUM, DIGITS, LETTERS, Alphabet, body
from vedette.redact.rules.parts import OneOf, Part, Parts, Run, Text, Times, Value, tail
from vedette.redact.rules.samples import sample

_STRONG = 6
_WIDE = 100
_SAMPLES = 60
_RARE = 1e-4


def boundary(parts: Parts) -> str:
    """What must stand before the value: nothing before a strong literal, else a word boundary (of no width)."""
    if begins_strong(parts):
        return ""
    first = _flat(parts)[0]
    is_word = not isinstance(first, Text) or first.text[0].isalnum() or first.text[0] == "_"
    return r"\b" if is_word else ""


def begins_strong(parts: Parts) -> bool:
    """Whether the value begins with a literal that no word of a language contains: `ghp_`, not `SK`, not `token`."""
    first = _flat(parts)[0]
    return isinstance(first, Text) and len(first.text) >= _STRONG and not first.text.isalnum()


def _flat(parts: Parts) -> Parts:
    """The sequence with masked parts opened and neighbouring literals joined."""
    found: list[Part] = []
    for each in parts:
        for part in _flat(each.parts) if isinstance(each, Value) else (each,):
            before = found[-1] if found else None
            if isinstance(part, Text) and isinstance(before, Text):
                found[-1] = Text(before.text + part.text, before.fold or part.fold)
            else:
                found.append(part)
    return tuple(found)


def keywords(parts: Parts) -> tuple[str, ...]:
    """Literals one of which stands in every value, lower case; empty if the format has none."""
    best: tuple[str, ...] = ()
    for part in _flat(parts):
        found = _literals(part)
        if found and min(map(len, found)) > min(map(len, best), default=0):
            best = found
    return best


def _literals(part: Part) -> tuple[str, ...]:
    if isinstance(part, Text):
        return (part.text.lower(),)
    if isinstance(part, OneOf):
        each = [keywords(option) for option in part.options]
        return tuple(sorted({word for found in each for word in found})) if all(each) else ()
    return ()


def follow(parts: Parts) -> tuple[str, str]:
    """`not_after` and `swallow`: of a closed format what may not follow, of an open one what still belongs to it."""
    end, is_open = tail(parts)
    narrow = end if len(end) < _WIDE else ALNUM
    if is_open:
        return "", body(narrow)
    return body(narrow | ALNUM if narrow & ALNUM else narrow), ""


def entropy(parts: Parts, known: float, seed: str) -> float:
    """A bound that the format's own values pass: the least of seeded samples less a margin, at most the known one."""
    rng = random.Random(seed)
    least = min(shannon(sample(parts, rng)) for _ in range(_SAMPLES)) - 0.2
    return round(max(0.0, min(known or least, least)), 1)


def shannon(text: str) -> float:
    """Shannon entropy in bits a character."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values()) if size else 0.0


def mixes(parts: Parts) -> bool:
    """Whether all but one in ten thousand of the format's values hold a digit, and a letter."""
    return _lacks(parts, DIGITS) < _RARE and _lacks(parts, LETTERS) < _RARE


def _lacks(parts: Parts, alphabet: Alphabet) -> float:
    """How likely a value of the format has no byte of the alphabet."""
    return math.prod(_lacks_one(part, alphabet) for part in parts)


def _lacks_one(part: Part, alphabet: Alphabet) -> float:
    match part:
        case Text(text):
            return 0.0 if alphabet & frozenset(text.encode()) else 1.0
        case Run(own, least, _, _):
            return (len(own - alphabet) / len(own)) ** least
        case OneOf(options):
            return max(_lacks(option, alphabet) for option in options)
        case Times(inner, least, _):
            return _lacks(inner, alphabet) ** least
        case Value(inner):
            return _lacks(inner, alphabet)


_SEPARATORS = frozenset(b" .-/()")
_GAP = 2
_BLOCKED = -100
_BLOCKS = frozenset(b"abcdefghijklmnopqrstuvwxyz_")


def digits(parts: Parts) -> int:
    """How many digits stand in every value of the sequence, with at most two separators between each and no small
    letter before (`scanners.gates`)."""
    return _digits(parts, 0, 0)[0]


def _digits(parts: Parts, count: int, gap: int) -> tuple[int, int, int]:
    """(most so far, digits up to here, separators since), going on from `count` and `gap`; the worst of all options."""
    most = count
    for part in parts:
        inside, count, gap = _of_part(part, count, gap)
        count, gap = (count, gap) if gap <= _GAP else (0, 0)
        most = max(most, inside, count)
    return most, count, gap


def _of_part(part: Part, count: int, gap: int) -> tuple[int, int, int]:
    match part:
        case Text(text):
            return _digits(tuple(Run(frozenset((each,)), 1, 1) for each in text.encode()), count, gap)
        case Run(alphabet, least, most):
            count, gap = _of_run(alphabet, least, most, count, gap)
            return count, count, gap
        case OneOf(options):
            found = [_digits(option, count, gap) for option in options]
            return min(each[0] for each in found), min(each[1] for each in found), max(each[2] for each in found)
        case Times(inner, least, most):
            always = _digits(inner * least, count, gap)
            more = _digits(inner * most, count, gap)
            return always[0], min(always[1], more[1]), max(always[2], more[2])
        case Value(inner):
            return _digits(inner, count, gap)


def _of_run(alphabet: Alphabet, least: int, most: int, count: int, gap: int) -> tuple[int, int]:
    if alphabet <= DIGITS:
        return count + least, 0 if least else gap
    if alphabet <= _SEPARATORS:
        return max(count, 0) if least else count, gap + most
    return _BLOCKED if alphabet & _BLOCKS else 0, 0
