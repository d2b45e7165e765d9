"""The protocol readers, imported with the first request that may be one of theirs: an idle process has none (law 7)."""

from __future__ import annotations

from functools import cache
from typing import Any

from vedette import late


@cache
def protocols() -> Any:
    """`vedette.capture.protocols`."""
    return late.module("vedette.capture.protocols")
