"""Our own words: records of our own life (birth, coverage) that need no engine, so that an idle process loads none.

Guarantee: what `is_plain` holds nothing that a rule could find: words, names of modules, versions, paths of words and
UUIDs, each under a name that is no secret's. Whatever else a user typed into a setting, a service's name or a path
(a digit too many, `=`, `@`, `%`, a quote, another alphabet) is not plain, and the engine is asked as for any text.
"""

from __future__ import annotations

import re
from typing import Any

from vedette.redact import keynames

_PIECE = "(?:[A-Z]{0,5}[a-z]{2,16}(?:[A-Z][a-z]{2,16}){0,3}|[A-Z]{1,16}|[a-z])"
_SCRATCH = r"tmp[a-z0-9_]{8}|tmp\.[A-Za-z0-9]{10}"  # a folder of `tempfile`'s, of `mktemp`'s
_WORD = f"(?:_{{0,2}}{_PIECE}(?:_{_PIECE}){{0,6}}(?:[_/\\-]?[0-9]{{1,4}})?_{{0,2}}|{_SCRATCH})"
_PLAIN = re.compile(
    rf"[(/.~<\-]{{0,2}}(?:{_WORD}[ .:;,/()<>\-]{{1,3}}){{0,40}}(?:{_WORD}[.)>]{{0,2}})?"
    r"|[0-9]{1,8}(?:\.0)?"
    r"|[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}(?:\.?(?:a|b|rc|post|dev)[0-9]{1,3}){0,2}(?:%|[a-z]{1,2})?"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_TELLING = re.compile(r"(?i)passw|pwd|secret|token|credential|api.?key| key |bearer|login|user.?name")
_NAME = re.compile(rf"{_WORD}(?:[ ._:]{_WORD}){{0,8}}")
_DEEPEST = 6


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether every name and every text in `value` is one that no rule could match."""
    if isinstance(value, str):
        return _PLAIN.fullmatch(value) is not None and _TELLING.search(value) is None
    if value is None or isinstance(value, bool | float):
        return True
    if isinstance(value, int):
        return -(10**8) < value < 10**8
    if depth >= _DEEPEST:
        return False
    if isinstance(value, dict):
        return all(_is_item(name, each, depth) for name, each in value.items())
    return isinstance(value, list | tuple) and all(is_plain(each, depth + 1) for each in value)


def _is_item(name: Any, value: Any, depth: int) -> bool:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None or keynames.is_secret(name):
        return False
    return is_plain(value, depth + 1)
