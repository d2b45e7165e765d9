"""Reads the settings of an environment. A bad value never stops a host: the safe side is taken, and that is told."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from vedette.config.settings import Settings

Env = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad value: which variable, what it said, what it may say, and what was taken instead."""

    variable: str
    value: str
    allowed: str
    taken: str

    def __str__(self) -> str:
        return f"{self.variable}={self.value!r} is not valid: use {self.allowed} (going on with {self.taken!r})"


def state_folder(env: Env) -> Path:
    """The user's state directory, else a folder of the temporary directory (graded `ephemeral` by `vedette verify`)."""
    state = env.get("XDG_STATE_HOME") or (f"{env['HOME']}/.local/state" if env.get("HOME") else "")
    if state and Path(state).is_absolute():
        return Path(state) / "vedette" / "trail"
    return Path(tempfile.gettempdir()) / f"vedette-{os.getuid()}"


def load(env: Env | None = None, **given: Any) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of `env` (default: the process's), overridden by keywords of `vedette.start()`; and what was wrong.

    A keyword is a field's name; its value may be the text that the variable would hold, or a number, a flag, a path or
    a sequence of names that comes to the same text; None is no setting. An unknown keyword is a `TypeError`, the
    programmer's mistake, said where it was made.
    """
    env = os.environ if env is None else env
    unknown = sorted(set(given) - {each.name for each in fields(Settings)})
    if unknown:
        raise TypeError(f"vedette.start() has no setting {unknown[0]!r}; see `vedette config`")
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for each in fields(Settings):
        text = _text(given.get(each.name)) or env.get(each.metadata["variable"], "") or _default(each.metadata, env)
        found[each.name] = _parse(each.metadata, text, env, problems)
    return Settings(**found), tuple(problems)


def _text(value: Any) -> str:
    """A keyword's value as its variable would hold it; what is of no fitting type is named by it, and is not valid."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str | int | float | Path):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(map(str, value))
    return "" if value is None else type(value).__name__


def _default(meta: Mapping[str, Any], env: Env) -> str:
    return str(state_folder(env)) if meta["variable"] == "VEDETTE_TRAIL" else str(meta["default"])


def _parse(meta: Mapping[str, Any], text: str, env: Env, problems: list[Problem]) -> Any:
    try:
        return meta["parse"](text.strip())
    except (ValueError, KeyError):
        safe = meta["safe"] or _default(meta, env)
        shown = "***" if meta["secret"] else text
        problems.append(Problem(meta["variable"], shown, meta["allowed"], safe))
        return meta["parse"](safe)
