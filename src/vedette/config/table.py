"""The settings as rows: for the README, `vedette config` and the coverage record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from vedette.config.settings import Settings


def table(settings: Settings | None = None) -> list[tuple[str, str, str, str]]:
    """Rows of (variable, value or default, allowed, about), secrets masked: the one source of every settings table."""
    rows = []
    for each in fields(Settings):
        meta = each.metadata
        value = str(meta["default"]) if settings is None else _shown(meta, getattr(settings, each.name))
        rows.append((meta["variable"], value, meta["allowed"], meta["about"]))
    return rows


def _shown(meta: Mapping[str, Any], value: Any) -> str:
    if meta["secret"]:
        return "***" if value else ""
    if isinstance(value, bool) or value is None:
        return {True: "1", False: "0", None: ""}[value]
    return ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
