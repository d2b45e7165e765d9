"""Reads a body that came from outside: strictly, within limits, and only if it has one meaning.

A body is canonical when encoding what was read gives the same bytes, and when all of it lies within the profile (no
floats, integers of 53 bits, ASCII keys, bounded depth). Two readers then cannot see two things in one signed string.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable
from typing import Any

MAX_BODY = 1024 * 1024
MAX_DEPTH = 8
MAX_INT = 2**53 - 1

_BOXES = frozenset((dict, list))
_SCALARS = frozenset((str, int, bool, type(None)))

Codec = tuple[Callable[[str], Any], Callable[[Any, None, int], bytes], int]
"""What reads, what writes, and the options of what writes; called as orjson is, whose keywords cost a tenth more."""


class Unreadable(ValueError):
    """No JSON object, or larger than a body may be; the message says which."""


def parse(body: str) -> tuple[dict[str, Any], bytes, bool]:
    """What a body says, its bytes, and whether it is canonical. Raises `Unreadable`, nothing else."""
    if len(body) > MAX_BODY:
        raise Unreadable("longer than 1 MiB")
    loads, dumps, options = _codec()
    try:
        raw = body.encode()
        value = loads(body)
        if type(value) is not dict:
            raise Unreadable("not a JSON object")
        ascii_only = raw.isascii()
        canonical = ((ascii_only and _flat(value)) or _within(value, ascii_only)) and dumps(value, None, options) == raw
    except TypeError:  # orjson: an integer beyond 53 bits
        return value, raw, False
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except ValueError as error:
        raise Unreadable("not JSON") from error
    return value, raw, canonical


def _flat(line: dict[str, Any]) -> bool:
    """Whether nothing but scalars is in it and in its objects: then all of it is within the profile.

    Nearly every record is so, and it costs half of what `_within` does.
    """
    for value in line.values():
        kind = type(value)
        if kind is dict:
            if not _SCALARS.issuperset(map(type, value.values())):
                return False
        elif kind not in _SCALARS:
            return False
    return True


def _within(value: Any, ascii_only: bool) -> bool:
    """Whether there is no float, no key beyond ASCII and no level below the eighth. No recursion."""
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for box in level:
            values = box
            if type(box) is dict:
                values = box.values()
                if not ascii_only and not all(map(str.isascii, box)):
                    return False
            kinds = set(map(type, values))
            if not kinds <= _SCALARS:
                if float in kinds:
                    return False
                below += [each for each in values if type(each) in _BOXES]
        if not below:
            return True
        level = below
    return False


@functools.lru_cache(maxsize=1)
def _codec() -> Codec:
    """orjson where it is installed; late, because importing it costs 12 ms and not every command verifies (law 7)."""
    try:
        orjson = importlib.import_module("orjson")
    except ImportError:
        return _standard()
    return orjson.loads, orjson.dumps, orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def _standard() -> Codec:
    """The standard library, made as strict: what orjson refuses is refused, and large integers are told as floats."""
    decoder = json.JSONDecoder(parse_int=_integer, parse_constant=_refuse)
    encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return decoder.decode, lambda value, _default, _options: encoder.encode(value).encode(), 0


def _integer(text: str) -> int | float:
    value = int(text) if len(text) < 20 else MAX_INT + 1
    return value if -MAX_INT <= value <= MAX_INT else float(MAX_INT + 1)


def _refuse(text: str) -> Any:
    raise ValueError(text)
