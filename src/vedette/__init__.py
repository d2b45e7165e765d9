"""Vedette rides with an AI agent: it sees every model call, tool call and HTTP exchange, writes each down, redacted,
seals the record so that nobody can quietly change it, and hands all of it to any OpenTelemetry collector.

    import vedette
    vedette.start()

or no code at all: `opentelemetry-instrument python my_agent.py`. Settings are environment variables (`vedette config`).
"""

from typing import Any

from vedette.capture import note
from vedette.capture.session import session
from vedette.capture.tool import tool
from vedette.guard import AuditUnavailable
from vedette.otel import opening

__all__ = ["AuditUnavailable", "note", "session", "start", "stop", "tool"]


def start(**settings: Any) -> None:
    """Start recording and weave the seams; a second call changes nothing.

    Keywords are the settings of `vedette config` without their prefix (`trail="./trail"`, `redact="secrets"`) and win
    over the environment. A bad value is said once and the safe side taken; a name that does not exist is a TypeError.
    """
    opening.start(**settings)
    opening.weave()


def stop() -> None:
    """Stop recording and undo every patch. The trail is sealed and closed; what can be shipped within 2 s is."""
    opening.stop()
