"""What a collector answers, and what follows from it: the table of docs/shipping.md, as data.

2xx is not durability and a stock exporter's "success" is less: accepted is a 2xx whose body is the export response and
whose `rejected_log_records` is 0.
"""

from __future__ import annotations

import email.utils
import time
from dataclasses import dataclass
from enum import Enum


class Action(Enum):
    ACKNOWLEDGE = "acknowledge"
    BISECT = "bisect"  # some of these records are refused: find which, park those alone
    RETRY = "retry"  # for ever, with full jitter
    FIVE_TRIES = "five tries, then bisect"
    CONFIGURATION = "configuration"  # nothing wrong with the records: wait for somebody to mend it


UNREACHABLE = 0
_RETRY = {UNREACHABLE, 408, 429, 502, 503, 504, -1, -4, -8, -10, -11, -14, -15}
"""HTTP, and gRPC codes as negatives: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, OUT_OF_RANGE,
UNAVAILABLE, DATA_LOSS."""
_BISECT = {400, 413, 422, -3}
_TRIES = {-2, -13}
_LONGEST = 600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is HTTP's, or a gRPC code as a negative number, or 0 when there was none."""

    status: int
    rejected: int = 0
    readable: bool = True
    retry_after: str = ""
    text: str = ""

    @classmethod
    def unreachable(cls, why: str) -> Answer:
        return cls(UNREACHABLE, text=why)

    @property
    def action(self) -> Action:
        if 200 <= self.status < 300:
            return Action.BISECT if self.rejected else Action.ACKNOWLEDGE
        if self.status in _RETRY:
            return Action.RETRY
        if self.status in _BISECT:
            return Action.BISECT
        return Action.FIVE_TRIES if self.status >= 500 or self.status in _TRIES else Action.CONFIGURATION

    def wait(self) -> float | None:
        """What `Retry-After` asks for (RFC 9110, 10.2.3), in seconds, at most ten minutes; None if it says nothing."""
        if self.retry_after.isdigit():
            return min(float(self.retry_after), _LONGEST)
        try:
            at = email.utils.parsedate_to_datetime(self.retry_after)
        except (TypeError, ValueError):
            return None
        return min(max(at.timestamp() - time.time(), 0.0), _LONGEST)
