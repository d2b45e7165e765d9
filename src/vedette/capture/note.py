"""What no patch can see, told by the application: `vedette.note.user_input("...")` and its siblings.

Each becomes one record, redacted like all others, and none of them ever raises. Further keywords are kept: one that is
named as in the vocabulary (`**{"client.address": "..."}`) is a fact of that name, the others stand together in the
record's content.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from vedette.capture import hub
from vedette.capture.call import close_call, open_call
from vedette.capture.freeze import freeze
from vedette.event import Kind, Result
from vedette.guard import guard
from vedette.names import FACTS

Level = Literal["low", "medium", "high", "critical"]
SOURCE = "note"

_LEVELS = {
    **{level: level for level in ("low", "medium", "high", "critical")},
    **dict.fromkeys(("debug", "info", "informational", "notice"), "low"),
    **dict.fromkeys(("warn", "warning", "moderate"), "medium"),
    **dict.fromkeys(("error", "severe"), "high"),
    **dict.fromkeys(("fatal", "emergency", "alert"), "critical"),
}
"""Severities are a closed set; the words of logging are understood."""


def _note(kind: Kind, name: str, facts: Mapping[str, Any], result: Result = Result.OK) -> None:
    line = hub.line
    if line is None:
        return
    with guard("capture.note"):
        call = open_call(kind, _text(name), SOURCE, {key: _flat(value) for key, value in facts.items()})
        call.wire = None  # nothing was seen of it: no bytes to count, none to read
        ack = line.begin(call)
        if ack is not None:
            line.wait(ack)
        close_call(call, result)


def _text(name: object) -> str:
    return name if isinstance(name, str) else str(_flat(freeze(name)))


def _flat(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _message(role: str, text: object) -> list[dict[str, Any]]:
    told = ""
    with guard("capture.note"):
        told = _text(text)
    return [{"role": role, "parts": [{"type": "text", "content": told}]}]


def _more(given: Mapping[str, Any], place: str = "vedette.facts") -> dict[str, Any]:
    """Further keywords: what the vocabulary knows by its name and type, the rest as content in `place`."""
    known = {name: value for name, value in given.items() if _is_fact(name, value)}
    rest = {name: value for name, value in given.items() if name not in known}
    return {**known, place: rest} if rest else known


def _is_fact(name: str, value: object) -> bool:
    kind = FACTS.get(name)
    return kind is not None and (kind != "int" or isinstance(value, int))


def user_input(text: str, *, conversation: str | None = None, **facts: Any) -> None:
    """What a user said to the agent."""
    own = {"gen_ai.input.messages": _message("user", text), "gen_ai.conversation.id": conversation}
    _note(Kind.INPUT, "user_input", {**_more(facts), **own})


def output(text: str, *, conversation: str | None = None, **facts: Any) -> None:
    """What the agent answered."""
    own = {"gen_ai.output.messages": _message("assistant", text), "gen_ai.conversation.id": conversation}
    _note(Kind.OUTPUT, "output", {**_more(facts), **own})


def auth_attempt(
    *, success: bool, user: str = "", method: str = "password", target: str = "", reason: str = "", **facts: Any
) -> None:
    """An authentication attempt. `method` is one of password, token, oauth, mtls, signature, approval.

    `target` is what it was for; `reason` a word for a denial, such as `expired`.
    """
    own = {
        "vedette.auth.subject": user,
        "vedette.auth.mechanism": method,
        "vedette.auth.target": target,
        "vedette.auth.result": "granted" if success else "denied",
        "error.type": None if success else reason or "denied",
    }
    _note(Kind.AUTH, f"auth {method}", {**_more(facts), **own}, Result.OK if success else Result.DENIED)


def change(subject: str, name: str, *, before: Any = None, after: Any = None, **facts: Any) -> None:
    """Something that the agent goes by is about to change: tool_definition, prompt, memory, config, code, model.

    Call it before the change: its intent is on disk when this returns. `before` and `after` are told as content.
    """
    own = {"vedette.change.subject": subject, "vedette.change.name": name}
    detail = {"before": before, "after": after, **facts}
    told = {key: value for key, value in detail.items() if value is not None}
    _note(Kind.CHANGE, f"change {subject}", {**_more(told, "vedette.change.detail"), **own})


def api_call(
    name: str, *, url: str | None = None, method: str | None = None, status: int | None = None, **facts: Any
) -> None:
    """A call to an API over a transport that Vedette cannot see. With a `url` it is an exchange, else a connection."""
    answered = status if isinstance(status, int) else None
    failed = answered is not None and answered >= 400
    own = {
        "http.request.method": method,
        "url.full": url,
        "http.response.status_code": answered,
        "error.type": str(answered) if failed else None,
    }
    kind = Kind.CONNECTION if url is None else Kind.EXCHANGE
    _note(kind, name, {**_more(facts, "vedette.api.detail"), **own}, Result.ERROR if failed else Result.OK)


def finding(
    *,
    rule: str,
    level: Level,
    message: str,
    category: str = "",
    description: str = "",
    confidence: int | None = None,
    **evidence: Any,
) -> None:
    """A finding of the application's own; it walks the same way as one of ours.

    `rule` is its stable name, `message` what was found this time, `confidence` 0 to 100. A `level` that is none counts
    as `medium`.
    """
    own = {
        "security_rule.name": rule,
        "security_rule.category": category or None,
        "security_rule.description": description or None,
        "security_rule.ruleset.name": "application",
        "vedette.finding.severity": _LEVELS.get(level.lower() if isinstance(level, str) else "", "medium"),
        "vedette.finding.confidence": confidence if isinstance(confidence, int) else None,
        "vedette.finding.action": "observed",
        "vedette.finding.message": message,
    }
    _note(Kind.FINDING, rule, {**_more(evidence, "vedette.finding.evidence"), **own})
