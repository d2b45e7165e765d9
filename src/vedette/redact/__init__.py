"""Redaction: the border between what the host handles and what leaves it. A Call comes in, an Event goes out.

Guarantee: no secret or personal value that a rule, a name or a memory finds is in an Event, a token or an error
message; what cannot be decided is withheld. What it cannot see, docs/redaction.md says.
"""

from vedette.redact.live import Change, LivePolicy
from vedette.redact.redactor import Redactor, available, engine_name, prepare
from vedette.redact.stream import StreamRedactor
from vedette.redact.tokens import BadKey, Key, load_key, make_key

__all__ = [
    "BadKey",
    "Change",
    "Key",
    "LivePolicy",
    "Redactor",
    "StreamRedactor",
    "available",
    "engine_name",
    "load_key",
    "make_key",
    "prepare",
]
