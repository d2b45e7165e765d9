"""Settings: one frozen dataclass, one field a variable; the README's table and `vedette config` are made from it.

A bad value never stops a host: `load` takes the safe side, which is never less redaction, and hands back the problem,
so that it can be said once and stand in the coverage record. `vedette` commands print it and stop with exit code 2.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

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


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _bool(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}[
        text.lower()
    ]


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _size(text: str) -> int:
    units = {"k": 1024, "m": 1024**2, "g": 1024**3}
    factor = units.get(text[-1:].lower(), 1)
    number = int(text[:-1] if factor > 1 else text)
    if number < 0:
        raise ValueError(text)
    return number * factor


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < 86_400:
        raise ValueError(text)
    return number


def _one_of(*values: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in values:
            raise ValueError(text)
        return text.lower()

    return parse


def _setting(
    variable: str, default: str, parse: Callable[[str], Any], allowed: str, about: str, *, safe: str | None = None
) -> Any:
    """`safe` is taken for a bad value; None = the default."""
    meta = {"variable": variable, "default": default, "parse": parse, "allowed": allowed, "about": about, "safe": safe}
    return field(metadata=meta)


_SIZE = "bytes, or a number with k, m or g"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. The table in README.md and `vedette config` are made from this class."""

    trail: Path = _setting("VEDETTE_TRAIL", "", _folder, "a folder", "Where the trail is written.")
    disable: tuple[str, ...] = _setting(
        "VEDETTE_DISABLE", "", _names, "names, comma separated; `*` for all", "Instrumentors that are not woven."
    )
    inline: bool = _setting(
        "VEDETTE_INLINE", "0", _bool, "1 or 0", "Walk the line on the host's thread (tests, serverless)."
    )
    write_ahead: str = _setting(
        "VEDETTE_WRITE_AHEAD",
        "actions",
        _one_of("actions", "all", "off"),
        "actions, all or off",
        "Which operations leave an intent record before they have an effect: tool calls, exchanges, processes and "
        "changes; everything; nothing.",
    )
    redact: str = _setting(
        "VEDETTE_REDACT",
        "all",
        _one_of("all", "secrets", "off"),
        "all, secrets or off",
        "What is taken out: secrets and personal data; secrets only; nothing (warns, and stands in the record).",
    )
    redact_key: str = _setting(
        "VEDETTE_REDACT_KEY",
        "",
        str,
        "64 hex digits, or a file that holds them",
        "The key of the pseudonyms; share it between hosts to correlate. Default: made once, in the trail's folder.",
    )
    redact_config: str = _setting(
        "VEDETTE_REDACT_CONFIG",
        "",
        str,
        "a YAML file",
        "Rules, allow lists and policies of your own (docs/redaction.md); read anew when it changes.",
    )
    lineage: bool = _setting(
        "VEDETTE_LINEAGE",
        "1",
        _bool,
        "1 or 0",
        "Whether records carry keyed fingerprints of results and requests, by which rules see where data went.",
    )
    content: str = _setting(
        "VEDETTE_CONTENT",
        "ship",
        _one_of("ship", "none"),
        "ship or none",
        "Where redacted content goes: with the record, to the trail and the collector; nowhere, a commitment only.",
        safe="none",
    )
    ship: str = _setting(
        "VEDETTE_SHIP",
        "thread",
        _one_of("thread", "off"),
        "thread or off",
        "Whether this process carries its trail to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names.",
    )
    body_limit: int = _setting(
        "VEDETTE_BODY_LIMIT", "1m", _size, _SIZE, "How much of one body is kept (its head and its tail)."
    )
    queue: int = _setting(
        "VEDETTE_QUEUE",
        "2048",
        int,
        "a number",
        "Operations that may wait for the line before the host walks it itself.",
    )
    readonly_tools: tuple[str, ...] = _setting(
        "VEDETTE_READONLY_TOOLS",
        "",
        _names,
        "globs, comma separated",
        "Tools without side effects: their intent is not forced to disk before they run.",
    )
    sync_timeout: float = _setting(
        "VEDETTE_SYNC_TIMEOUT", "2", _seconds, "seconds", "How long a tool waits for its intent to reach the disk."
    )
    shutdown: float = _setting(
        "VEDETTE_SHUTDOWN",
        "2",
        _seconds,
        "seconds",
        "How long the end of the process may wait for the line and the shipper.",
    )
    sigterm: bool = _setting(
        "VEDETTE_SIGTERM", "0", _bool, "1 or 0", "Seal the trail on SIGTERM, where the host has no handler of its own."
    )
    semconv: str = _setting(
        "VEDETTE_SEMCONV",
        "latest",
        _one_of("latest", "1.41"),
        "latest or 1.41",
        "Names in signals: the newest, or those of semantic conventions 1.41. The trail always holds the newest.",
    )
    origin: str = _setting(
        "VEDETTE_ORIGIN", "vedette.local", str, "a name", "Who signs: the origin of the checkpoints."
    )


def load(env: Env | None = None, **given: Any) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of `env` (default: the process's), overridden by keywords of `vedette.start()`; and what was wrong.

    A keyword is a field's name; its value may be the text that the variable would hold or the finished value.
    An unknown keyword is a `TypeError`, the programmer's mistake, said where it was made.
    """
    env = os.environ if env is None else env
    unknown = sorted(set(given) - {each.name for each in fields(Settings)})
    if unknown:
        raise TypeError(f"vedette.start() has no setting {unknown[0]!r}; see `vedette config`")
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for each in fields(Settings):
        text = given.get(each.name, env.get(each.metadata["variable"], "") or _default(each.metadata, env))
        values[each.name] = text if not isinstance(text, str) else _parse(each.metadata, text, env, problems)
    return Settings(**values), tuple(problems)


def _default(meta: Mapping[str, Any], env: Env) -> str:
    return str(state_folder(env)) if meta["variable"] == "VEDETTE_TRAIL" else str(meta["default"])


def _parse(meta: Mapping[str, Any], text: str, env: Env, problems: list[Problem]) -> Any:
    try:
        return meta["parse"](text.strip())
    except (ValueError, KeyError):
        safe = meta["safe"] or _default(meta, env)
        problems.append(Problem(meta["variable"], text, meta["allowed"], safe))
        return meta["parse"](safe)


SECRET = frozenset({"redact_key"})


def table(settings: Settings | None = None) -> list[tuple[str, str, str, str]]:
    """Rows of (variable, value or default, allowed, about), secrets masked: the one source of every settings table."""
    rows = []
    for each in fields(Settings):
        meta = each.metadata
        value = str(meta["default"]) if settings is None else _shown(each.name, getattr(settings, each.name))
        rows.append((meta["variable"], value, meta["allowed"], meta["about"]))
    return rows


def _shown(name: str, value: Any) -> str:
    if name in SECRET:
        return "***" if value else ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return ",".join(value) if isinstance(value, tuple) else str(value)
