"""What a verifier asks for beyond a whole record: notes that it does not accept, keys it pins, anchors it trusts.

A JSON file (`vedette verify --policy FILE`):

    {"forbid": ["unanchored", "anchor-stale", "gap"],
     "host_keys": {"vedette.local/<trail id>/host": "<base64 or verifier key>"},
     "anchors": ["tsa:https://tsa.example/tsr#ca=/etc/tsa.pem"], "minimum": 1}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vedette.trail.proving.verdicts import GRADES, Grade

_NOTES = frozenset(name for name, grade in GRADES.items() if grade is Grade.NOTE)


class BadPolicy(ValueError):
    """A file that is no policy; the message says what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`forbid` are names of notes; `minimum` of the `anchors` must agree."""

    forbid: frozenset[str] = frozenset()
    host_keys: Mapping[str, str] = field(default_factory=dict)
    anchors: tuple[str, ...] = ()
    minimum: int = 1


def load(path: Path) -> Policy:
    """The policy in a file. Raises `BadPolicy`."""
    try:
        found = json.loads(path.read_text())
    except OSError as error:
        raise BadPolicy(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise BadPolicy(f"{path} is not JSON") from error
    if type(found) is not dict:
        raise BadPolicy(f"{path} is not a JSON object")
    strange = sorted(set(found) - {"forbid", "host_keys", "anchors", "minimum"})
    if strange:
        raise BadPolicy(f"{path}: {strange[0]!r} is not known; use forbid, host_keys, anchors, minimum")
    return Policy(_notes(path, found), _keys(path, found), tuple(_names(path, found, "anchors")), _minimum(path, found))


def _notes(path: Path, found: Mapping[str, Any]) -> frozenset[str]:
    names = frozenset(_names(path, found, "forbid"))
    unknown = sorted(names - _NOTES)
    if unknown:
        raise BadPolicy(f"{path}: {unknown[0]!r} is no note; notes are {', '.join(sorted(_NOTES))}")
    return names


def _names(path: Path, found: Mapping[str, Any], key: str) -> list[str]:
    value = found.get(key, [])
    if type(value) is not list or not all(type(each) is str for each in value):
        raise BadPolicy(f"{path}: {key!r} must be a list of strings")
    return value


def _keys(path: Path, found: Mapping[str, Any]) -> Mapping[str, str]:
    value = found.get("host_keys", {})
    if type(value) is not dict or not all(type(each) is str for each in value.values()):
        raise BadPolicy(f"{path}: 'host_keys' must map names to keys")
    return value


def _minimum(path: Path, found: Mapping[str, Any]) -> int:
    value = found.get("minimum", 1)
    if type(value) is not int or value < 1:
        raise BadPolicy(f"{path}: 'minimum' must be a number from 1")
    return value
