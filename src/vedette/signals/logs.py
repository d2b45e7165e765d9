"""A record as an OpenTelemetry log record: pure, from the envelope alone.

The envelope itself travels as the body, verbatim, and is the proof. What stands here is an index: names to search by,
never needed to verify. So it is small (at most 12 attributes, each at most 256 bytes), and what is too long is left
out, for a shortened value would be a wrong one. Values are strings and integers, none of them empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vedette.event import Phase, Result
from vedette.signals.naming import severity

MOST = 12
LONGEST = 256
INDEXED = (
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.tool.name",
    "gen_ai.agent.name",
    "gen_ai.conversation.id",
    "mcp.method.name",
    "server.address",
    "http.request.method",
    "http.response.status_code",
    "process.executable.name",
    "error.type",
    "security_rule.name",
    "vedette.finding.severity",
    "vedette.auth.mechanism",
    "vedette.auth.result",
    "vedette.change.subject",
    "vedette.lifecycle.phase",
    "user.id",
    "session.id",
    "vedette.operation.id",
    "vedette.event.id",
    "vedette.parent.id",
    "vedette.run.id",
)
"""Facts that become attributes, the most telling first."""

_ACTOR = {"user": "user.id", "session": "session.id", "agent": "gen_ai.agent.name", "run": "vedette.run.id"}


@dataclass(frozen=True, slots=True)
class LogFields:
    """The fields of one log record, but for its body. Times are wall-clock nanoseconds; ids are hex, "" = none."""

    event_name: str
    severity_number: int
    severity_text: str
    time_ns: int
    observed_ns: int
    trace_id: str
    span_id: str
    attributes: Mapping[str, str | int]


def project(envelope: Mapping[str, Any]) -> LogFields:
    """The log record of an envelope. `KeyError` or `ValueError` for what is not an envelope."""
    kind = str(envelope["k"])
    observed = int(envelope["t"])
    number, text = severity(kind, envelope.get("r", Result.OK.value), envelope.get("a", {}))
    return LogFields(
        event_name=f"vedette.audit.{kind}",
        severity_number=number,
        severity_text=text,
        time_ns=_time(envelope, observed),
        observed_ns=observed,
        trace_id=envelope.get("tr", ""),
        span_id=envelope.get("sp", ""),
        attributes=_attributes(kind, envelope),
    )


def _time(envelope: Mapping[str, Any], observed: int) -> int:
    """When the operation ended, for an intent when it began; a record of a state has the time of its writing."""
    begin = int(envelope.get("b", 0))
    if not begin:
        return observed
    return begin if envelope["f"] == Phase.INTENT.value else begin + int(envelope.get("d", 0))


def _attributes(kind: str, envelope: Mapping[str, Any]) -> dict[str, str | int]:
    who = {_ACTOR[each]: value for each, value in envelope.get("w", {}).items() if each in _ACTOR}
    facts: dict[str, Any] = {**who, **envelope.get("a", {})}
    found: dict[str, str | int] = {"vedette.kind": kind, "vedette.phase": str(envelope["f"])}
    if envelope.get("r"):
        found["vedette.outcome"] = str(envelope["r"])
    for name in INDEXED:
        value = facts.get(name, "")
        if len(found) < MOST and type(value) in (str, int) and 0 < len(str(value).encode()) <= LONGEST:
            found[name] = value
    return found
