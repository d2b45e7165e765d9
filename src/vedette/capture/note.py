"""What no patch can see, told by the application: `vedette.note.user_input("...")` and its siblings.

Each becomes one record, redacted like all others, and none of them ever raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from vedette.capture import hub
from vedette.capture.call import close_call, open_call
from vedette.event import Kind, Result
from vedette.guard import guard

Level = Literal["low", "medium", "high", "critical"]
SOURCE = "note"


def _note(kind: Kind, name: str, facts: Mapping[str, Any], result: Result = Result.OK) -> None:
    line = hub.line
    if line is None:
        return
    with guard("capture.note"):
        call = open_call(kind, name, SOURCE, facts)
        ack = line.begin(call)
        if ack is not None:
            line.wait(ack)
        close_call(call, result)


def _message(role: str, text: str) -> list[dict[str, Any]]:
    return [{"role": role, "parts": [{"type": "text", "content": text}]}]


def user_input(text: str, *, conversation: str | None = None) -> None:
    """What a user said to the agent."""
    facts = {"gen_ai.input.messages": _message("user", text), "gen_ai.conversation.id": conversation}
    _note(Kind.INPUT, "user_input", facts)


def output(text: str, *, conversation: str | None = None) -> None:
    """What the agent answered."""
    facts = {"gen_ai.output.messages": _message("assistant", text), "gen_ai.conversation.id": conversation}
    _note(Kind.OUTPUT, "output", facts)


def auth_attempt(
    *, success: bool, user: str = "", method: str = "password", target: str = "", reason: str | None = None
) -> None:
    """An authentication attempt. `method` is one of password, token, oauth, mtls, signature, approval."""
    facts = {
        "vedette.auth.subject": user,
        "vedette.auth.mechanism": method,
        "vedette.auth.target": target,
        "vedette.auth.result": "granted" if success else "denied",
        "error.type": None if success else reason or "denied",
    }
    _note(Kind.AUTH, f"auth {method}", facts, Result.OK if success else Result.DENIED)


def change(subject: str, name: str, *, before: Any = None, after: Any = None) -> None:
    """Something that the agent goes by is about to change: tool_definition, prompt, memory, config, code, model.

    Call it before the change: its intent is on disk when this returns. `before` and `after` are told as content.
    """
    facts = {
        "vedette.change.subject": subject,
        "vedette.change.name": name,
        "vedette.change.detail": {"before": before, "after": after},
    }
    _note(Kind.CHANGE, f"change {subject}", facts)


def api_call(
    name: str, *, url: str | None = None, method: str | None = None, status: int | None = None, **detail: Any
) -> None:
    """A call to an API over a transport that Vedette cannot see."""
    facts = {
        "http.request.method": method,
        "url.full": url,
        "http.response.status_code": status,
        "vedette.api.detail": detail or None,
        "error.type": str(status) if status is not None and status >= 400 else None,
    }
    failed = status is not None and status >= 400
    _note(Kind.CONNECTION if url is None else Kind.EXCHANGE, name, facts, Result.ERROR if failed else Result.OK)


def finding(*, rule: str, level: Level, message: str, category: str = "", **evidence: Any) -> None:
    """A finding of the application's own; it walks the same way as one of ours."""
    facts = {
        "security_rule.name": rule,
        "security_rule.category": category or None,
        "security_rule.ruleset.name": "application",
        "vedette.finding.severity": level,
        "vedette.finding.action": "observed",
        "vedette.finding.message": message,
        "vedette.finding.evidence": evidence or None,
    }
    _note(Kind.FINDING, rule, facts)
