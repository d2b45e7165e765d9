"""The guises in which a name and its value travel, other than a mapping's item; and what else is a mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

_OPTION = re.compile(r"--?([A-Za-z][\w.\-]{1,60})")
_ASSIGNED = re.compile(r"(-{0,2}([A-Za-z_][\w.\-]{1,60})=)(.+)", re.DOTALL)
_USER = frozenset({"-u", "--user", "--proxy-user", "-U"})


def as_mapping(value: object) -> dict[str, Any] | None:
    """The fields of a dataclass or a pydantic model, read from where they are kept: no code of the host's runs."""
    names = getattr(type(value), "__dataclass_fields__", None) or getattr(type(value), "__pydantic_fields__", None)
    if names is None or isinstance(value, type):
        return None
    return {name: object.__getattribute__(value, name) for name in names if _has(value, name)}


def _has(value: object, name: str) -> bool:
    try:
        object.__getattribute__(value, name)
    except AttributeError:
        return False
    return True


def named_pair(value: dict[Any, Any]) -> str:
    """The name in `{"name": K, "value": V}`, and in what is spelled like it; empty where there is none."""
    if len(value) > 6 or not ("value" in value or "Value" in value):
        return ""
    for key in ("name", "key", "Name", "Key"):
        found = value.get(key)
        if isinstance(found, str):
            return found
    return ""


def secrets_in_list(items: Any, is_secret: Callable[[str], bool]) -> Iterator[tuple[int, str, int]]:
    """(index, name, where the value begins) of what is secret by its neighbour or its own beginning.

    `["Authorization", V]`, `["--token", V]`, `["-u", "user:V"]`, `["PASSWORD=V"]`, `["-pV"]` after `mysql`.
    """
    if len(items) == 2 and isinstance(items[0], str) and is_secret(items[0]) and isinstance(items[1], str | bytes):
        yield 1, items[0], 0
        return
    before = ""
    for at, item in enumerate(items):
        if not isinstance(item, str) or len(item) > 4096:
            before = ""
            continue
        option = _OPTION.fullmatch(before)
        if option and is_secret(option.group(1)) and not item.startswith("-"):
            yield at, option.group(1), 0
        elif before in _USER and ":" in item:
            yield at, "password", item.index(":") + 1
        elif (assigned := _ASSIGNED.fullmatch(item)) and is_secret(assigned.group(2)):
            yield at, assigned.group(2), len(assigned.group(1))
        elif item.startswith("-p") and len(item) > 4 and str(items[0]).rpartition("/")[2].startswith("mysql"):
            yield at, "password", 2
        before = item
