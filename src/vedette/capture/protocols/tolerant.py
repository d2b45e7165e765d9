"""Values as they may stand on the wire: null, missing, or of another type than promised. Nothing here raises."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
Json = dict[str, Any]
Field = tuple[str, Callable[[Any], Any]]
"""The new name of a field, and how it is read."""

_INT64 = 2**63


def obj(value: Any) -> Json:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Json]:
    """The objects of a list; whatever else stands in it is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def strings(value: Any) -> list[str]:
    """One string or a list of them."""
    given = value if isinstance(value, list) else [value]
    return [each for each in given if isinstance(each, str)]


def boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def integer(value: Any) -> int | None:
    """A count of 64 bits; some providers send floats. Booleans are no counts."""
    if type(value) is int and -_INT64 <= value < _INT64:
        return value
    if value is None or isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if -_INT64 <= value < _INT64 else None


def decimal(value: Any) -> str | None:
    """A double as the decimal string that was on the wire."""
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def first(*values: T | None) -> T | None:
    """The first that is not null."""
    for value in values:
        if value is not None:
            return value
    return None


def fields(table: Mapping[str, Field], source: Json) -> Json:
    """What `source` names of `table`, by its new name; null where it is of another type than promised."""
    return {name: read(source[given]) for given, (name, read) in table.items() if given in source}


def merged(known: Json, news: Any) -> None:
    """Replace in `known` each field that `news` names, also one level below; a later null takes nothing back."""
    for name, value in obj(news).items():
        if isinstance(value, dict):
            known[name] = {**obj(known.get(name)), **value}
        elif value is not None:
            known[name] = value
