"""Sets of bytes: read from a fact's alphabet, written as a class that Hyperscan, RE2 and `re` read the same way."""

from __future__ import annotations

from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

Alphabet = frozenset[int]

EVERY: Alphabet = frozenset(range(256))
DIGITS: Alphabet = frozenset(digits.encode())
LETTERS: Alphabet = frozenset(ascii_letters.encode())
ALNUM: Alphabet = DIGITS | LETTERS
BLANK: Alphabet = frozenset(b" \t\r\n")
_KINDS = (digits, ascii_lowercase, ascii_uppercase)
_SPECIAL = frozenset(b"\\]^-[")


def read(text: str, *, fold: bool = False) -> Alphabet:
    """The set that a fact's alphabet names; `fold`: letters in either case.

    `any` is every byte but a line end, a leading `^` negates. A hyphen makes a range only between two characters of one
    kind (digits, lower, upper), or in the printable ranges that begin with `!`.
    """
    if text == "any":
        return EVERY - {10, 13}
    negated = text.startswith("^") and len(text) > 1  # a lone caret is itself
    found = _members(text[negated:].replace("\\t", "\t").replace("\\n", "\n\r").replace("\\r", "\r"))
    if fold:
        found |= frozenset(chr(each).swapcase().encode()[0] for each in found if chr(each).isalpha() and each < 128)
    return EVERY - found if negated else found


def _members(text: str) -> Alphabet:
    found: set[int] = set()
    at = 0
    while at < len(text):
        low = text[at]
        if at + 2 < len(text) and text[at + 1] == "-" and _is_range(low, text[at + 2], text):
            found.update(range(ord(low), ord(text[at + 2]) + 1))
            at += 3
        else:
            found.add(ord(low))
            at += 1
    return frozenset(found)


def _is_range(low: str, high: str, text: str) -> bool:
    return any(low in kind and high in kind for kind in _KINDS) or low + high == "Az" or text.startswith("!-")


def body(alphabet: Alphabet) -> str:
    """The inside of a character class, ASCII, sorted; a set with high bytes is written as the negation of the rest."""
    if max(alphabet) > 127:
        return "^" + body(EVERY - alphabet) if alphabet != EVERY else "\\x00-\\xff"
    pieces, members, at = [], sorted(alphabet), 0
    while at < len(members):
        end = at
        while end + 1 < len(members) and members[end + 1] == members[end] + 1:
            end += 1
        low, high = _written(members[at]), _written(members[end])
        pieces.append(low if end == at else low + high if end == at + 1 else f"{low}-{high}")
        at = end + 1
    return "".join(pieces)


def _written(byte: int) -> str:
    if byte in _SPECIAL:
        return "\\" + chr(byte)
    return chr(byte) if 32 < byte < 127 else f"\\x{byte:02x}"


def charclass(alphabet: Alphabet) -> str:
    """A class that stands for one byte of the set."""
    if len(alphabet) == 1:
        return literal(chr(next(iter(alphabet))))
    return f"[{body(alphabet)}]"


def literal(text: str) -> str:
    """`text` itself, with what a pattern reads otherwise escaped."""
    return "".join(
        "\\" + each if each in r"\.^$*+?{}[]()|" else each if each >= " " else f"\\x{ord(each):02x}" for each in text
    )
