"""The one table of settings: what can be set, what it may say, what it means, and what a bad value leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vedette import values
from vedette.event import Kind


def _setting(
    variable: str,
    default: str,
    parse: Callable[[str], Any],
    allowed: str,
    about: str,
    *,
    safe: str | None = None,
    secret: bool = False,
) -> Any:
    """`safe` is taken for a bad value; None = the default. What is `secret` is never shown."""
    meta = {"variable": variable, "default": default, "parse": parse, "allowed": allowed, "about": about}
    return field(metadata={**meta, "safe": safe, "secret": secret})


_SIZE = "bytes, or a number with k, m or g"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set, one field a variable."""

    trail: Path = _setting("VEDETTE_TRAIL", "", values.folder, "a folder", "Where the trail is written.")
    disable: tuple[str, ...] = _setting(
        "VEDETTE_DISABLE", "", values.names, "names, comma separated; `*` for all", "Instrumentors that are not woven."
    )
    inline: bool = _setting(
        "VEDETTE_INLINE", "0", values.flag, "1 or 0", "Walk the line on the host's thread (tests, serverless)."
    )
    write_ahead: str = _setting(
        "VEDETTE_WRITE_AHEAD",
        "actions",
        values.one_of("actions", "all", "off"),
        "actions, all or off",
        "Which operations leave an intent record before they have an effect: tool calls, exchanges, processes and "
        "changes; everything; nothing.",
    )
    redact: str = _setting(
        "VEDETTE_REDACT",
        "all",
        values.one_of("all", "secrets", "off"),
        "all, secrets or off",
        "What is taken out: secrets and personal data; secrets only; nothing (warns, and stands in the record).",
    )
    redact_key: str = _setting(
        "VEDETTE_REDACT_KEY",
        "",
        str,
        "64 hex digits, or a file that holds them",
        "The key of the pseudonyms; share it between hosts to correlate. Default: made once, in the trail's folder.",
        secret=True,
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
        values.flag,
        "1 or 0",
        "Whether keyed fingerprints of results and requests are kept in memory, by which rules see where data went.",
    )
    content: str = _setting(
        "VEDETTE_CONTENT",
        "ship",
        values.one_of("ship", "trail", "sealed", "none"),
        "ship, trail, sealed or none",
        "Where redacted content goes: to the trail and the collector; to the trail only; to the collector encrypted, "
        "under keys that stay in the trail's folder; nowhere, a commitment only.",
        safe="none",
    )
    retention: int = _setting(
        "VEDETTE_RETENTION",
        "400d",
        values.days,
        "days, such as 400d; 0: for ever",
        "How long the trail keeps content, if it has room. Records and checkpoints stay, and so does the proof.",
    )
    at_rest: tuple[str, ...] = _setting(
        "VEDETTE_AT_REST",
        "",
        values.recipients,
        "x25519:... keys of `vedette keygen`, comma separated",
        "Who can read the trail's files: they are encrypted to these keys. Without any, they are not encrypted.",
        safe="nobody",
    )
    at_rest_key: Path | None = _setting(
        "VEDETTE_AT_REST_KEY",
        "",
        values.folder_or_none,
        "a file, 0600",
        "The key that opens encrypted trails, for shipping, `vedette show` and `vedette verify`.",
    )
    ship: str = _setting(
        "VEDETTE_SHIP",
        "thread",
        values.one_of("thread", "daemon", "off"),
        "thread, daemon or off",
        "Who carries the trail to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names: a thread of this process; "
        "`vedette ship`, running beside it; nobody.",
    )
    ship_max_age: float = _setting(
        "VEDETTE_SHIP_MAX_AGE",
        "6d",
        values.age,
        "a number with s, m, h or d",
        "How old a time the collector's backend takes: older records are shipped with a later time (Datadog: 17h). "
        "Their true time stays in the record.",
    )
    trail_max: int = _setting(
        "VEDETTE_TRAIL_MAX",
        "0",
        values.size,
        f"{_SIZE}; 0: the smaller of 1g and a tenth of what is free",
        "How much the trail's folder may take.",
    )
    on_full: str = _setting(
        "VEDETTE_ON_FULL",
        "gap",
        values.one_of("gap", "block", "refuse"),
        "gap, block or refuse",
        "When nothing can be written: count what is missing and go on; wait up to 2 s first; or raise "
        "`vedette.AuditUnavailable` before a tool call, process or change has an effect.",
    )
    sync: tuple[str, ...] = _setting(
        "VEDETTE_SYNC",
        "auth,finding,change,close,tool,process",
        values.some_of("all", "off", "close", *Kind),
        f"{', '.join(kind for kind in Kind if kind is not Kind.LIFECYCLE)}, close, comma separated; `all`; `off`",
        "What is on disk before anybody goes on; all else is within 50 ms. `off` never forces anything to disk.",
    )
    reconcile: str = _setting(
        "VEDETTE_RECONCILE",
        "",
        str,
        "a source, as `vedette verify --from` takes it",
        "The backend that is asked whether it holds what was acknowledged, before the trail lets it go.",
    )
    trail_group: str = _setting(
        "VEDETTE_TRAIL_GROUP",
        "",
        str,
        "a group's name or number",
        "A group that may read the trail, such as that of the keeper's user. Default: nobody else.",
    )
    host_log: Path | None = _setting(
        "VEDETTE_HOST_LOG",
        "",
        values.folder_or_none,
        "a folder",
        "Where `vedette keeper` keeps the host log and the host key, under a user of its own. Default: in the trail's "
        "folder, kept by the processes that record.",
    )
    anchors: tuple[str, ...] = _setting(
        "VEDETTE_ANCHORS",
        "",
        values.names,
        "anchors, comma separated: tsa:URL#ca=FILE, witness:URL#key=KEY, file:FOLDER, s3lock:URL",
        "Who outside this host is shown the host log, so that not even its keys can rewrite what they have seen.",
    )
    anchor_period: float = _setting(
        "VEDETTE_ANCHOR_PERIOD",
        "60",
        values.period,
        "seconds, from 1",
        "How often they are shown it; 600 for a public service.",
    )
    anchor_min: int = _setting(
        "VEDETTE_ANCHOR_MIN", "1", values.count, "a number from 1", "How many of them must agree for `vedette verify`."
    )
    body_limit: int = _setting(
        "VEDETTE_BODY_LIMIT", "1m", values.size, _SIZE, "How much of one body is kept (its head and its tail)."
    )
    queue: int = _setting(
        "VEDETTE_QUEUE",
        "2048",
        values.count,
        "a number from 1 to 1000000",
        "Operations that may wait for the line before the host walks it itself.",
    )
    readonly_tools: tuple[str, ...] = _setting(
        "VEDETTE_READONLY_TOOLS",
        "",
        values.names,
        "globs, comma separated",
        "Tools without side effects: their intent is not forced to disk before they run.",
    )
    sync_timeout: float = _setting(
        "VEDETTE_SYNC_TIMEOUT",
        "2",
        values.seconds,
        "seconds",
        "How long a tool waits for its intent to reach the disk.",
    )
    shutdown: float = _setting(
        "VEDETTE_SHUTDOWN",
        "2",
        values.seconds,
        "seconds",
        "How long the end of the process may wait for the line and the shipper.",
    )
    sigterm: bool = _setting(
        "VEDETTE_SIGTERM",
        "0",
        values.flag,
        "1 or 0",
        "Seal the trail on SIGTERM, where the host has no handler of its own.",
    )
    semconv: str = _setting(
        "VEDETTE_SEMCONV",
        "latest",
        values.one_of("latest", "1.41"),
        "latest or 1.41",
        "Names in signals: the newest, or those of semantic conventions 1.41. The trail always holds the newest.",
    )
    from_headers: Mapping[str, str] = _setting(
        "VEDETTE_FROM_HEADERS",
        "",
        values.headers,
        "Name=value, comma separated",
        "HTTP headers for what `vedette verify --from` and VEDETTE_RECONCILE read: tenants, tokens.",
        secret=True,
    )
    origin: str = _setting(
        "VEDETTE_ORIGIN",
        "vedette.local",
        values.key_name,
        "a name without blanks and `+`",
        "Who signs: the origin of the checkpoints.",
    )
