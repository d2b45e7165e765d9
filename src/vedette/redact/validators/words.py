"""What is written where a secret would stand: placeholders, sample words; and how random a text is."""

from __future__ import annotations

import math
import re

TOKEN = re.compile(r"\[[a-z][a-z0-9_]{1,30}:[0-9a-f]{2,8}\.[0-9a-f]{16}\]")
_EXACT = re.compile(
    r"(?:[*.xX_?#\-0=]{3,}|(.)\1{5,}|.{0,4}\*{3,}.{0,4}|<[^<>]{0,80}>|\$\{[^{}]{0,80}\}|\$[A-Z_][A-Z0-9_]*|\$[a-z][A-Za-z_.]{0,40}|\$\([^)]*\)|\{\{?[^{}]{0,80}\}?\}|"
    r"%\w+%|%\(\w+\)s?|%[sdvq]|\[\[?[A-Za-z_ \-]{0,60}\]?\]|@[\w.]+@|#\{[^}]*\}|__[A-Za-z_]+__|\$\$\w+\$\$|"
    r"AKIA[A-Z0-9]{9}EXAMPLE|wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY)",
    re.DOTALL,
)  # fmt: skip
_WORDS = re.compile(
    r"(?i)example|sample|placeholder|changeme|change[_\-]?(?:me|it|this)|replace[_\-]?(?:me|this|with)|dummy|fake|foobar|"
    r"your[_\-]?|my[_\-]?(?:secret|password|token|key)|insert|enter[_\-]|todo|fixme|redacted|masked|hidden|"
    r"lorem|ipsum|xxxx|\*\*\*|test[_\-]?(?:key|token|secret|password)|0123456789|1234567890|abcdef|deadbeef|qwerty|asdf|"
    r"(.)\1{5,}"
)
_WEIGHTS = tuple(count * math.log2(count) if count else 0.0 for count in range(4097))


def placeholder(text: str) -> bool:
    """What hides nothing: stars, one repeated character, templates, the samples of the makers' own manuals."""
    return _EXACT.fullmatch(text) is not None or TOKEN.fullmatch(text) is not None


def stopped(text: str) -> bool:
    """Whether a word stands in it that people write into samples."""
    return _WORDS.search(text) is not None


def entropy(text: str) -> float:
    """Shannon entropy in bits a character, of the first 4 KiB."""
    text = text[:4096]
    size = len(text)
    return math.log2(size) - sum(map(_WEIGHTS.__getitem__, map(text.count, set(text)))) / size if size else 0.0


def mixed(text: str) -> bool:
    """Digits and letters both, as random keys have them; no sample words are."""
    return any(each.isdigit() for each in text) and any(each.isalpha() for each in text)


def serial(text: str) -> bool:
    """The number of a document: three digits at least."""
    return sum(each.isdigit() for each in text) >= 3
