"""Versions of distributions, from the head of their metadata: parsing all of it takes 3 ms each."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

_VERSION = re.compile(r"^Version:[ \t]*(\S+)", re.MULTILINE)


@cache
def version(name: str) -> str:
    """Empty where it is not installed: copied into a bundle without its metadata, for one."""
    try:
        found = _VERSION.search(distribution(name).read_text("METADATA") or "")
    except PackageNotFoundError:
        return ""
    return found[1] if found else ""
