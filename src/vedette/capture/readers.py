"""The protocol readers, imported with the first request that may be one of theirs: an idle process has none (law 7)."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any


@cache
def protocols() -> Any:
    """`vedette.capture.protocols`."""
    return importlib.import_module("vedette.capture.protocols")
