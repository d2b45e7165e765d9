"""What a collector's answer means for the records it was given: the table, as data (docs/trail-format.md, shipping).

Only "accepted, none rejected" is an acknowledgement. What may pass is retried for ever; what names bad records is
narrowed down to them; what no record can mend (keys, paths, proxies) is a matter of configuration and loses nothing.
"""

from __future__ import annotations

import email.utils
import random
import time
from dataclasses import dataclass
from enum import Enum

SOON, LATEST = 0.5, 30.0
SLOW, SLOWEST = 30.0, 300.0
LONGEST_WISH = 600.0


class Action(Enum):
    """What to do with the batch that was answered."""

    ACCEPT = "acknowledge"
    BISECT = "halve, down to the record that is refused; park that one"
    RETRY = "retry for ever"
    FEW = "five tries, then bisect: a Collector without a queue turns a fault of its exporter into 500"
    CONFIGURATION = "retry slowly, say so, never park"


UNREACHABLE, TIMEOUT, NOT_OTLP, NO_CLIENT = "unreachable", "timeout", "not-otlp", "no-client"
"""Refused, reset or a TLS fault; no answer in time; a web page instead of an answer; a client that cannot be built."""

WORDS = {
    NO_CLIENT: "cannot be asked",
    NOT_OTLP: "answers with a web page, not OTLP",
    TIMEOUT: "does not answer",
    UNREACHABLE: "cannot be reached",
    "UNAVAILABLE": "cannot be reached",
    "DEADLINE_EXCEEDED": "does not answer",
}
"""What a person is told of it; of any other status, the status."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is an HTTP status ("503"), a gRPC status name ("UNAVAILABLE"), or one of the words above.

    `rejected` counts records that a success disowned; `retry_after` is in seconds; `doubtful` = a success whose body
    could not be read. `skew` is by how many seconds the collector's clock is ahead of ours; None = it did not say.
    """

    status: str
    rejected: int = 0
    message: str = ""
    retry_after: float | None = None
    doubtful: bool = False
    skew: float | None = None

    @property
    def action(self) -> Action:
        """Whatever is not in the table is taken for configuration: the one reading that never loses a record."""
        hundred = _BY_HUNDRED.get(self.status[:1], Action.CONFIGURATION)
        found = _ACTIONS.get(self.status, hundred)
        return Action.BISECT if found is Action.ACCEPT and self.rejected else found


_TABLE = {
    Action.ACCEPT: "OK",
    Action.BISECT: "400 413 422 INVALID_ARGUMENT",
    Action.RETRY: f"408 429 502 503 504 {UNREACHABLE} {TIMEOUT} UNAVAILABLE RESOURCE_EXHAUSTED ABORTED CANCELLED"
    " DEADLINE_EXCEEDED OUT_OF_RANGE DATA_LOSS",
    Action.FEW: "INTERNAL UNKNOWN",
}
_ACTIONS = {status: action for action, statuses in _TABLE.items() for status in statuses.split()}
_BY_HUNDRED = {"2": Action.ACCEPT, "5": Action.FEW}
THROTTLED = frozenset({"429", "RESOURCE_EXHAUSTED"})


def pause(doing: Action, attempt: int, answer: Answer) -> float:
    """Seconds until try number `attempt` + 1 (from 1): full jitter, doubling; the collector's own wish comes first."""
    if answer.retry_after is not None:
        return min(answer.retry_after, LONGEST_WISH)
    doubled = 2.0 ** min(attempt - 1, 16)
    if doing is Action.CONFIGURATION:
        return random.uniform(SLOW, min(SLOW * doubled, SLOWEST))
    return random.uniform(0.0, min(SOON * doubled, LATEST))


def skew(date: str | None) -> float | None:
    """How far ahead the clock of who sent the header `Date` is, in seconds; to a second or so."""
    try:
        return email.utils.parsedate_to_datetime(date or "").timestamp() - time.time()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def retry_after(text: str | None) -> float | None:
    """Seconds from now of a `Retry-After` header: a number of seconds or a date (RFC 9110, section 10.2.3)."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(email.utils.parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError, OverflowError):
        return None
