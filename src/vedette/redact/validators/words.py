"""What is written where a secret would stand: placeholders, sample words; and how random a text is."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable

TOKEN = re.compile(r"\[[a-z][a-z0-9_]{1,30}:[0-9a-f]{2,8}\.[0-9a-f]{16}\]")
_EXACT = re.compile(
    r"(?:[*.xX_?#\-0=]{3,}|(.)\1{5,}|.{0,4}\*{3,}.{0,4}|<[^<>]{0,80}>|\$\{[^{}]{0,80}\}|\$[A-Z_][A-Z0-9_]*|\$[a-z][A-Za-z_.]{0,40}|\$\([^)]*\)|\{\{?[^{}]{0,80}\}?\}|"
    r"%\w+%|%\(\w+\)s?|%[sdvq]|\[\[?[A-Za-z_ \-]{0,60}\]?\]|@[\w.]+@|#\{[^}]*\}|__[A-Za-z_]+__|\$\$\w+\$\$|"
    r"AKIA[A-Z0-9]{9}EXAMPLE|wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY)",
    re.DOTALL,
)  # fmt: skip
_SEAMS = ("", "_", "-")
_WORDS = (
    *"""example sample placeholder dummy fake foobar your insert enter_ enter- todo fixme redacted masked hidden lorem
    ipsum xxxx *** 0123456789 1234567890 abcdef deadbeef qwerty asdf""".split(),
    *(f"change{seam}{word}" for seam in _SEAMS for word in ("me", "it", "this")),
    *(f"replace{seam}{word}" for seam in _SEAMS for word in ("me", "this", "with")),
    *(f"my{seam}{word}" for seam in _SEAMS for word in ("secret", "password", "token", "key")),
    *(f"test{seam}{word}" for seam in _SEAMS for word in ("secret", "password", "token", "key")),
)
_SAME = re.compile(r"(.)\1{5,}")
_LONGEST = 4096
_WEIGHTS = tuple(count * math.log2(count) if count else 0.0 for count in range(_LONGEST + 1))


def placeholder(text: str) -> bool:
    """What hides nothing: stars, one repeated character, templates, the samples of the makers' own manuals."""
    return _EXACT.fullmatch(text) is not None or TOKEN.fullmatch(text) is not None


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the words, those with one first letter together: a text is compared with few of them."""
    tails: dict[str, list[str]] = {}
    for word in words:
        tails.setdefault(word[0], []).append(re.escape(word[1:]))
    return re.compile("|".join(f"{re.escape(head)}(?:{'|'.join(each)})" for head, each in tails.items()))


_STOP = _any_of(_WORDS)


@functools.lru_cache(maxsize=64)
def stopped(text: str) -> bool:
    """Whether a word stands in it that people write into samples. The rule and the judge ask in turn."""
    low = text.lower()
    return _STOP.search(low) is not None or _SAME.search(low) is not None


@functools.lru_cache(maxsize=64)
def entropy(text: str) -> float:
    """Shannon entropy in bits a character, of the first 4 KiB."""
    text = text[:_LONGEST]
    size = len(text)
    return math.log2(size) - sum(map(_WEIGHTS.__getitem__, map(text.count, set(text)))) / size if size else 0.0


@functools.lru_cache(maxsize=64)
def _least_entropy(text: str) -> float:
    """Of all texts of this length with so many different characters: one is repeated, each other stands once."""
    size = len(text)
    if not 0 < size <= _LONGEST:
        return 0.0
    return math.log2(size) - _WEIGHTS[size - len(set(text)) + 1] / size


def varied(text: str, least: float) -> bool:
    """Whether its entropy is `least` or more. Most texts need no counting. Rule, judge and memory ask in turn."""
    return _least_entropy(text) > least + 1e-9 or entropy(text) >= least


def mixed(text: str) -> bool:
    """Digits and letters both, as random keys have them; no sample words are."""
    return any(each.isdigit() for each in text) and any(each.isalpha() for each in text)


def serial(text: str) -> bool:
    """The number of a document: three digits at least."""
    return sum(each.isdigit() for each in text) >= 3
