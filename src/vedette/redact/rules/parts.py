"""The parts of a value, as a tree: what a fact says a secret is made of.

Four shapes only: a literal, a run over an alphabet, one of several, a repeated sequence. Patterns, widths, samples and
entropy bounds are all derived from this tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from vedette.redact.rules.alphabet import ALNUM, BLANK, Alphabet, charclass, literal, read

OPEN = 160
"""How far an open repeat is followed inside a pattern; the engine swallows the rest of the value's class (16 KiB)."""
_NEGATED = 100
"""An alphabet wider than this was written as a negation."""
_INSIDE = 60
"""The same inside a repeat, for RE2 counts the product of both."""
_MOST = 1000
"""RE2's limit for a bounded repeat."""


@dataclass(frozen=True, slots=True)
class Text:
    """These very characters; `fold`: in either case."""

    text: str
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """`least` to `most` bytes of one alphabet; `open`: the fact sets no upper bound."""

    alphabet: Alphabet
    least: int
    most: int
    open: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several sequences."""

    options: tuple[Parts, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """A sequence, `least` to `most` times."""

    parts: Parts
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Value:
    """The part of a match that is masked, where the whole is longer."""

    parts: Parts


Part: TypeAlias = Text | Run | OneOf | Times | Value
Parts: TypeAlias = tuple[Part, ...]


def parse(value: Sequence[Any], *, fold: bool = False, open_to: int = OPEN) -> Parts:
    """The tree of a fact's `value`. Raises `ValueError` for a shape that is not one of the known."""
    return tuple(_part(each, fold, open_to) for each in value if not (isinstance(each, dict) and "look" in each))


def _part(raw: Any, fold: bool, open_to: int) -> Part:
    match raw:
        case str():
            return Text(raw, fold and raw.lower() != raw.upper())
        case [str() as alphabet, int() as least, (int() | None) as most]:
            top = most if most is not None else max(open_to, least)
            return Run(_of_a_value(read(alphabet, fold=fold)), least, top, most is None)
        case {"any": options}:
            return OneOf(tuple(parse(_sequence(each), fold=fold, open_to=open_to) for each in options))
        case {"repeat": inner, "min": least, "max": most}:
            inside = parse(inner, fold=fold, open_to=min(open_to, _INSIDE))
            return Times(inside, least, most if most is not None else max(least, 8))
        case {"value": inner}:
            return Value(parse(inner, fold=fold, open_to=open_to))
    raise ValueError(f"not a part: {raw!r}")


def _of_a_value(alphabet: Alphabet) -> Alphabet:
    """No value has blanks among letters and digits; a fact that says so was read from a slip of its source."""
    return alphabet - BLANK if alphabet & ALNUM and len(alphabet) < _NEGATED else alphabet


def _sequence(option: Any) -> Sequence[Any]:
    """An option is a sequence of parts, or one bare part."""
    single = isinstance(option, str | dict) or (len(option) == 3 and isinstance(option[1], int))
    return [option] if single else option


def written(parts: Parts) -> str:
    """The pattern of a sequence."""
    return "".join(_written(each) for each in parts)


def _written(part: Part) -> str:
    match part:
        case Text(text, fold):
            return f"(?i:{literal(text)})" if fold else literal(text)
        case Run(alphabet, least, most):
            return _repeated(charclass(alphabet), least, most)
        case OneOf(options):
            return f"(?:{'|'.join(written(each) for each in options)})"
        case Times(inner, least, most):
            return f"(?:{written(inner)}){_times(least, most)}"
        case Value(inner):
            return f"({written(inner)})"


def _repeated(one: str, least: int, most: int) -> str:
    if most <= _MOST:
        return one + _times(least, most)
    first = min(least, _MOST)
    return _repeated(one, first, _MOST) + _repeated(one, least - first, most - _MOST)


def _times(least: int, most: int) -> str:
    if least == most:
        return "" if least == 1 else f"{{{least}}}"
    return "?" if (least, most) == (0, 1) else f"{{{least},{most}}}"


def widths(parts: Parts) -> tuple[int, int]:
    """The least and the most bytes that the sequence takes."""
    pairs = [_widths(each) for each in parts]
    return sum(low for low, _ in pairs), sum(high for _, high in pairs)


def _widths(part: Part) -> tuple[int, int]:
    match part:
        case Text(text):
            return len(text), len(text)
        case Run(_, least, most):
            return least, most
        case OneOf(options):
            each = [widths(option) for option in options]
            return min(low for low, _ in each), max(high for _, high in each)
        case Times(inner, least, most):
            low, high = widths(inner)
            return low * least, high * most
        case Value(inner):
            return widths(inner)


def tail(parts: Parts) -> tuple[Alphabet, bool]:
    """The bytes that could carry the value on, and whether the format is open there."""
    end, is_open = _tail(parts[-1])
    if len(parts) > 1 and _widths(parts[-1])[0] == 0:
        before, before_open = tail(parts[:-1])
        return before | end, before_open or is_open
    return end, is_open


def _tail(last: Part) -> tuple[Alphabet, bool]:
    match last:
        case Text(text, fold):
            return read(text[-1], fold=fold), False
        case Run(alphabet, _, _, is_open):
            return alphabet, is_open
        case OneOf(options):
            ends = [tail(each) for each in options if each]
            return frozenset().union(*(end for end, _ in ends)), any(is_open for _, is_open in ends)
        case Times(inner, _, _) | Value(inner):
            return tail(inner)


def at_least(parts: Parts) -> Parts:
    """The sequence as stage 1 looks for it: its end as short as it may be, so that one value gives one hit."""
    if not parts:
        return parts
    *before, last = parts
    if before and _widths(last)[0] == 0:
        return at_least(tuple(before))
    return (*before, *_at_least(last))


def _at_least(last: Part) -> Parts:
    match last:
        case Run(alphabet, least, _, _):
            return (Run(alphabet, max(least, 1), max(least, 1)),)
        case Times(inner, least, _):
            return (Times(inner, max(least, 1), max(least, 1)),)
        case OneOf(options):
            return (OneOf(tuple(dict.fromkeys(at_least(each) for each in options))),)
        case Value(inner):
            return at_least(inner)
        case _:
            return (last,)


def without_lead(parts: Parts) -> Parts:
    """Without what stands before the first literal and may be of any length: `[a-z]{1,}.v1.` begins at `.v1.`"""
    if isinstance(parts[0], Run) and len(parts) > 1:
        first = parts[0]
        rest = parts[1:]
        if first.open:
            return without_lead(rest)
        return (replace(first, most=first.least), *rest) if first.least else rest
    if isinstance(parts[0], Times) and parts[0].least == 0 and len(parts) > 1:
        return without_lead(parts[1:])
    return parts


def led(parts: Parts) -> Parts:
    """With a literal drawn into the choice behind it, as far as that gives longer literals: `A(?:KIA|SIA)`."""
    match parts:
        case (Text() as first, OneOf(options), *rest):
            joined = tuple(_joined(first, option) for option in options)
            return (OneOf(joined), *rest) if all(joined) else parts
    return parts


def _joined(first: Text, option: Parts) -> Parts:
    """Nothing, where the option does not begin with a literal of the same kind."""
    if not option or not isinstance(option[0], Text) or option[0].fold != first.fold:
        return ()
    return (Text(first.text + option[0].text, first.fold), *option[1:])
