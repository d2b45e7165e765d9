"""Whether the attributes beside a body say what the body says. They are an index: never needed, but searched by people.

A backend may rename (Loki turns `.` and `-` into `_`), make text of numbers, and add what it likes. So a name that the
envelope does not govern is passed over; one that it does govern MUST have its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.trail.format.envelope import b64u

_MEMBERS = {"k": "vedette_kind", "f": "vedette_phase", "r": "vedette_outcome"}
_ACTOR = {"user": "user_id", "session": "session_id", "agent": "gen_ai_agent_name", "run": "vedette_run_id"}
_ALIKE = str.maketrans(".-", "__")


def contradicts(index: Mapping[str, Any], envelope: Mapping[str, Any], leaf: bytes) -> bool:
    """Whether an attribute denies what the envelope, whose leaf hash is `leaf`, says."""
    governed = _governed(envelope, leaf)
    return any(not _same(value, governed.get(name.translate(_ALIKE))) for name, value in index.items())


def _governed(envelope: Mapping[str, Any], leaf: bytes) -> dict[str, set[str]]:
    """What each name may say: an actor and a fact may have one name, and either may have been indexed."""
    stream, n = envelope.get("s"), envelope.get("n")
    found = {"vedette_stream_id": {str(stream)}, "vedette_seq": {str(n)}, "log_record_uid": {f"{stream}-{n}"}}
    found |= {"vedette_leaf": {b64u(leaf)}, "vedette_type": {"record"}}
    for member, name in _MEMBERS.items():
        found[name] = {str(envelope.get(member, ""))}
    for names, values in ((_ACTOR, envelope.get("w")), ({}, envelope.get("a"))):
        for name, value in values.items() if type(values) is dict else ():
            found.setdefault(str(names.get(name, name)).translate(_ALIKE), set()).add(str(value))
    return found


def _same(value: Any, allowed: set[str] | None) -> bool:
    """Only text and numbers are told of; what else stands there is not ours."""
    return allowed is None or type(value) not in (str, int) or str(value) in allowed
