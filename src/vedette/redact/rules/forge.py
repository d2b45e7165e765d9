"""The two generators: a format that is recognisable by itself, and one that needs a word near it."""

from __future__ import annotations

from vedette.redact.rule import Rule, Tier
from vedette.redact.rules import derive, naming
from vedette.redact.rules.facts import Fact
from vedette.redact.rules.parts import Part, Parts, Value, at_least, led, widths, without_lead, written

WINDOW = 4096
_SHORT = 4
_NEAR = r"key|token|secret|passw|pwd|passphrase|auth|cred|private|access|api|sid|_id| id|id[^a-z\x00]"
_ASSIGNED = r"""[0-9A-Za-z_.\- \t"'\]\\]{0,32}?(?:[=:>|,(]|\xef\xbc[\x9a\x9d]| is | to | was | {1,2})[ \t\r\n"'`\\=>(\[{]{0,8}?(?:(?i:bearer|basic|token|apikey) {1,2})?"""
_BESIDE = rf"[^\x00]{{0,40}}?(?i:{_NEAR})[^\x00]{{0,40}}?[^0-9A-Za-z]"
_ID = r"(?i:id)[ \t\"':=]{1,6}"
_FLAG = r"(?:--[0-9A-Za-z\-]{0,20})?"
_GAP = 91
"""The widest that `_ASSIGNED` and `_BESIDE` reach, less the longest word of `_NEAR`."""


def token(fact: Fact) -> Rule:
    """A rule for a format with literals of its own. Raises `ValueError` if it has none."""
    keywords = derive.keywords(fact.parts)
    if not keywords:
        raise ValueError("no literal: make it a context format")
    parts = _bare(fact.parts)
    not_after, swallow = derive.follow(parts)
    least, most = widths(parts)
    core = at_least(without_lead(parts))
    width = _fixed(core) if len(core) == len(at_least(parts)) else 0
    return Rule(
        id=fact.id,
        kind=fact.kind,
        group="token",
        core=written(led(core)),
        exact=f"{derive.boundary(fact.parts)}({written(parts)})",
        value=1,
        not_after=not_after,
        swallow=swallow,
        width=width,
        left=min((width or most) + 2, WINDOW),
        right=min(most - least + 2, WINDOW),
        validator=fact.validator,
        entropy=derive.entropy(fact.parts, fact.entropy, fact.id),
        keywords=keywords,
        stop="common",
        tier=fact.tier,
        source=fact.source,
    )


def _fixed(core: Parts) -> int:
    """The width of a core that has only one; 0 for others."""
    low, high = widths(core)
    return low if low == high else 0


def context(fact: Fact) -> Rule:
    """A rule for a format that means something only beside one of its words.

    The core proves that a word stands before the value. Where the core's end has one width, the exact pattern is the
    value alone, matched at its place; what stands between word and value is the judge's.
    """
    if not fact.words:
        raise ValueError("a context format needs a word")
    value = _bare(fact.parts)
    least, most = widths(value)
    words, weak = naming.pattern(fact.words), max(map(len, fact.words)) <= _SHORT
    core = at_least(value)
    width = _fixed(core)
    gap = f"(?:{_BESIDE}|{_ID})" if weak else f"(?:{_ASSIGNED}|{_BESIDE})"
    longest = max(map(len, fact.words))
    return Rule(
        id=fact.id,
        kind=fact.kind,
        group="context",
        core=f"{words}[^\\x00]{{0,{_GAP}}}[^0-9A-Za-z]{written(core)}",
        exact=f"({written(value)})" if width else f"{_FLAG}{words}{gap}({written(value)})",
        value=1,
        not_after=derive.follow(value)[0] or "0-9A-Za-z",
        width=width,
        left=width + 2 if width else min(longest + _GAP + most + 24, WINDOW),
        right=min(most - least + 2, WINDOW),
        validator=fact.validator or ("mixed" if derive.mixes(value) else ""),
        judge="context",
        entropy=derive.entropy(value, fact.entropy, fact.id),
        keywords=naming.pieces(fact.words),
        stop="common",
        tier=_tier(fact, value, weak),
        source=fact.source,
    )


def _tier(fact: Fact, value: Parts, weak: bool) -> Tier:
    """An alert needs a word of its own and a value that no word or number is."""
    return "alert" if fact.tier == "alert" and not weak and derive.mixes(value) else "redact"


def _bare(parts: Parts) -> Parts:
    """The sequence with its masked part opened: the whole is masked, which hides more and never less."""
    opened: list[Part] = []
    for each in parts:
        opened.extend(_bare(each.parts) if isinstance(each, Value) else (each,))
    return tuple(opened)
