"""Where something could be sent to: mail addresses, URLs, bare domains, bank accounts (detection.md 2.1).

Each search is led by a literal that prose rarely holds (`@`, `://`, `.com`, digits), and goes left from there.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from vedette.redact.validators import banks

_AT = re.compile(r"@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,6}")
_LOCAL = f"{string.ascii_letters}{string.digits}._%+-"
_LONGEST_LOCAL = 64
_USER_PART = re.compile(r"://[^\s/@]{0,64}$")
_SCHEME = re.compile(r"://[^\s\"'<>\]\[{}|\\^`]{3,2000}")
_HTTP = ("https", "http")
_TLD = "com|org|net|io|co|ai|app|dev|info|biz|edu|gov|me|us|uk|de|fr|eu|xyz|site|online"
_DOT = re.compile(rf"\.(?=[A-Za-z])(?:{_TLD})(?![\w\-])(?:/[^\s\"'<>]{{0,500}})?", re.IGNORECASE)
_HOST = f"{string.ascii_letters}{string.digits}.-"
_LONGEST_HOST = 253
_LABELS = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?", re.IGNORECASE
)
_SHAPE = bytes(
    ord("0") if chr(each) in string.digits else ord("a") if chr(each) in string.ascii_letters else each
    for each in range(256)
)
_ACCOUNT = re.compile(rb"aa00(?:[a0]{8,30}|(?: [a0]{4}){2,7}(?: [a0]{1,3})?)(?![a0_])")
_LEAST_DIGITS = 10
_PATH = re.compile(r"[/?#]")
_END = "/.,;:!?'\")"
_SHORT, _SHORT_URL = 80, 200
_MOST = 1_000


class Found(NamedTuple):
    """A destination in its normal form, with its host or mail domain (of a bank account: nothing).

    `whole`: the text is nothing else, structured data and not prose. `at`: where in the text it stands.
    """

    kind: str
    value: str
    host: str
    whole: bool
    at: int


def found_in(text: str) -> Iterator[Found]:
    """Addresses first; what is one is then no domain any more. Each destination once.

    Of each sort 1,000 at most, out of 4,000 places that look like one.
    """
    seen: set[tuple[str, str]] = set()
    stripped = text.strip()
    for kind, start, end in _spans(text):
        value, host = _NORMAL[kind](text[start:end])
        if value and (kind, value) not in seen:
            seen.add((kind, value))
            whole = text[start:end] == stripped and len(stripped) <= (_SHORT_URL if kind == "url" else _SHORT)
            yield Found(kind, value, host, whole, start)


def _spans(text: str) -> Iterator[tuple[str, int, int]]:
    for kind, mark, search in (("email", "@", _mails), ("url", "://", _urls), ("url", ".", _domains)):
        if mark in text:
            spans = list(islice(search(text), _MOST))
            yield from ((kind, start, end) for start, end in spans)
            text = _blanked(text, spans)
    yield from (("iban", start, end) for start, end in islice(_accounts(text), _MOST))


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """With blanks where something was found, so that offsets stay."""
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], " " * (end - start)]
        done = end
    return "".join(parts) + text[done:] if spans else text


def _mails(text: str) -> Iterator[tuple[int, int]]:
    done = 0
    for match in islice(_AT.finditer(text), 4 * _MOST):
        start = _left(text, max(done, match.start() - _LONGEST_LOCAL), match.start(), _LOCAL)
        if start < match.start() and not _USER_PART.search(text, max(done, start - _LONGEST_LOCAL), start):
            done = match.end()
            yield start, done


def _urls(text: str) -> Iterator[tuple[int, int]]:
    for match in islice(_SCHEME.finditer(text), 4 * _MOST):
        before = text[max(0, match.start() - 5) : match.start()].lower()
        scheme = next((each for each in _HTTP if before.endswith(each)), "")
        if scheme:
            yield match.start() - len(scheme), match.end()


def _domains(text: str) -> Iterator[tuple[int, int]]:
    """`a.com.evil.com` ends at its last: what begins at one place is told once, at its longest."""
    ends: dict[int, int] = {}
    for match in islice(_DOT.finditer(text), 4 * _MOST):
        start = _left(text, max(0, match.start() - _LONGEST_HOST), match.start(), _HOST)
        before = text[start - 1] if start else " "
        if before not in "_@/.-" and not before.isalnum() and _LABELS.fullmatch(text, start, match.start()):
            ends[start] = match.end()
    yield from ends.items()


def _accounts(text: str) -> Iterator[tuple[int, int]]:
    shape = text.encode("ascii", "replace").translate(_SHAPE)  # one byte a character
    for match in islice(_ACCOUNT.finditer(shape), 4 * _MOST):
        if not match.start() or shape[match.start() - 1] not in b"a0_":
            yield match.span()


def _left(text: str, least: int, at: int, alphabet: str) -> int:
    """Where the run of `alphabet` that ends at `at` begins."""
    return least + len(text[least:at].rstrip(alphabet))


def _mail(text: str) -> tuple[str, str]:
    value = text.lower().rstrip(".")
    return value, value.rpartition("@")[2]


def _url(text: str) -> tuple[str, str]:
    value = text.lower().partition("://")[2] or text.lower()
    value = value.rstrip(_END)
    host = _PATH.split(value, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    return value, host.removeprefix("www.")


def _iban(text: str) -> tuple[str, str]:
    """In groups only with the check digits right; as one word whatever they are, for a payee may be made up."""
    value = text.upper().replace(" ", "")
    if " " in text:  # the next word may be as long as a group
        value = value[: banks.IBAN_LENGTHS.get(value[:2], 0)]
        return (value if value and banks.iban(value) else ""), ""
    return (value if sum(map(str.isdigit, value)) >= _LEAST_DIGITS else ""), ""


_NORMAL = {"email": _mail, "url": _url, "iban": _iban}
