"""A host's value as text that nobody can change any more: immutable ones by reference, the rest as JSON, at once.

No code of the host is called: no `__str__`, no `__repr__`, no property; a model or dataclass gives its fields, anything
else its type. Sad path: a structure that JSON cannot hold (cycles, 10,000 levels) becomes a note that says so.

The host waits for this. JSON of an argument of 64 MB would take it 0.2 s, and nothing of it would be kept: of such a
one there are size and digest, in a fifth of that.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

_MOST_BITS = 4096
"""Longer whole numbers are told by their length: Python refuses to write some of them, and nobody reads them."""

LARGE = 1024 * 1024
"""Characters of one argument; what is longer is withheld by redaction, and shed by the trail."""

_PIECE = 64 * 1024


def freeze(value: Any) -> str | bytes | int | bool | None:
    """`value` if it is immutable and flat, otherwise its JSON text (RFC 8259)."""
    if value is None or isinstance(value, str | bytes) or (isinstance(value, int) and _is_short(value)):
        return value
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if type(value) is dict and any([type(each) is str and len(each) > LARGE for each in value.values()]):
        value = {key: _outlined(each) for key, each in value.items()}
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)
    except (TypeError, ValueError, RecursionError):
        return _slowly(value)


def _is_short(value: int) -> bool:
    return int.bit_length(value) <= _MOST_BITS


def _outlined(value: Any) -> Any:
    """Size, in characters, and digest of a text that is too long; hashed in pieces, for a copy would cost as much."""
    if type(value) is not str or len(value) <= LARGE:
        return value
    digest = sha256()
    for at in range(0, len(value), _PIECE):
        digest.update(value[at : at + _PIECE].encode("utf-8", "surrogatepass"))
    return {"type": "str", "size": len(value), "sha256": digest.hexdigest()}


def _plain(value: Any) -> Any:
    """The fields of a value that `json` does not know. Names with an underscore are the library's own business."""
    if isinstance(value, bytes | bytearray | memoryview):
        return {"type": "bytes", "size": len(value)}
    if isinstance(value, int):
        return {"type": "int", "bits": int.bit_length(value)}
    if isinstance(value, Mapping | set | frozenset):
        return dict(value) if isinstance(value, Mapping) else list(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name, None) for each in dataclasses.fields(value)}
    if hasattr(type(value), "__pydantic_core_schema__"):
        return dict(object.__getattribute__(value, "__dict__"))
    return {"type": f"{type(value).__module__}.{type(value).__qualname__}"}


def _slowly(value: Any) -> str:
    """What `json` refuses: numbers that are not, keys that are no strings, cycles, too many levels."""
    try:
        return json.dumps(_tamed(value, 0, ()), ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        return json.dumps({"type": type(value).__qualname__, "unserialisable": type(error).__name__})


def _tamed(value: Any, depth: int, above: tuple[int, ...]) -> Any:
    if value is None or isinstance(value, str) or (isinstance(value, int) and _is_short(value)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # nan and the infinities become words
    if depth > 64 or id(value) in above:
        return {"type": type(value).__qualname__, "unserialisable": "depth" if depth > 64 else "cycle"}
    above = (*above, id(value))
    if isinstance(value, Mapping):
        return {_key(key): _tamed(each, depth + 1, above) for key, each in list(value.items())}
    if isinstance(value, list | tuple | set | frozenset):
        return [_tamed(each, depth + 1, above) for each in list(value)]
    return _tamed(_plain(value), depth + 1, above)


def _key(key: Any) -> str:
    return key if isinstance(key, str) else str(key) if isinstance(key, int | float) else type(key).__qualname__
