"""The log record of a trail record: body is the envelope, verbatim; everything else here is only an index to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vedette.names import SCHEMA
from vedette.signals.naming import severity

_INDEXED = (
    "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.tool.name", "gen_ai.agent.name",
    "server.address", "error.type", "security_rule.name", "vedette.finding.severity", "vedette.lifecycle.phase",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogFields:
    """What an OTLP log record says beside its body; times in ns, ids in hex."""

    event_name: str
    severity_number: int
    severity_text: str
    time_ns: int
    observed_ns: int
    trace_id: str
    span_id: str
    attributes: dict[str, str | int]


def project(envelope: Mapping[str, Any]) -> LogFields:
    """The fields of one envelope. The time is when the operation ended; of an intent, when it began."""
    facts: Mapping[str, Any] = envelope.get("a", {})
    kind, phase = str(envelope["k"]), str(envelope["f"])
    number, text = severity(kind, str(envelope.get("r", "ok")), facts)
    observed = int(envelope["t"])
    ended = int(envelope.get("b", observed)) + (0 if phase == "intent" else int(envelope.get("d", 0)))
    return LogFields(
        event_name=f"vedette.audit.{kind}",
        severity_number=number,
        severity_text=text,
        time_ns=ended,
        observed_ns=observed,
        trace_id=str(envelope.get("tr", "")),
        span_id=str(envelope.get("sp", "")),
        attributes={**_identity(envelope, kind, phase), **_index(envelope, facts)},
    )


def _identity(envelope: Mapping[str, Any], kind: str, phase: str) -> dict[str, str | int]:
    stream, n = str(envelope["s"]), int(envelope["n"])
    return {
        "vedette.stream.id": stream,
        "vedette.seq": n,
        "vedette.kind": kind,
        "vedette.phase": phase,
        "vedette.schema": SCHEMA,
        "log.record.uid": f"{stream}-{n}",
    }


def _index(envelope: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, str | int]:
    """The facts that people search by. Empty values are left out: some backends drop them in silence."""
    found: dict[str, str | int] = {name: facts[name] for name in _INDEXED if facts.get(name) not in (None, "")}
    if envelope.get("r"):
        found["vedette.outcome"] = str(envelope["r"])
    session = envelope.get("w", {}).get("session")
    if session:
        found["session.id"] = str(session)
    return found
