"""What is shipped: one log record to be, and what a projection says of an envelope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from vedette.trail.shipping.place import Place

Value = str | bool | int | float | Sequence[str]
"""What a resource attribute may be."""

_FRAMING = 24  # bytes of protobuf around one attribute, at most
_FIELDS = 160  # bytes of the fixed fields of one log record, at most


class LogFields(Protocol):
    """The projection of an envelope: `vedette.signals.logs.LogFields` is one, but the rooms do not know each other."""

    @property
    def event_name(self) -> str: ...
    @property
    def severity_number(self) -> int: ...
    @property
    def severity_text(self) -> str: ...
    @property
    def time_ns(self) -> int: ...
    @property
    def observed_ns(self) -> int: ...
    @property
    def trace_id(self) -> str: ...
    @property
    def span_id(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, str | int]: ...


Project = Callable[[Mapping[str, Any]], LogFields]


@dataclass(frozen=True, slots=True)
class Item:
    """One log record to be. `urgent`: it is not to linger.

    `about` is the resource of whoever wrote it; None = of this process.
    `after` is the place once it is acknowledged; None inside a record with its content, which is one step.
    """

    body: str
    event_name: str
    time_ns: int
    observed_ns: int
    attributes: Mapping[str, str | int]
    severity_number: int = 9
    severity_text: str = "INFO"
    trace_id: str = ""
    span_id: str = ""
    urgent: bool = False
    about: Mapping[str, Value] | None = None
    after: Place | None = None

    @property
    def size(self) -> int:
        """Bytes on the wire before compression, at most."""
        index = sum(len(name) + len(str(value).encode()) + _FRAMING for name, value in self.attributes.items())
        return len(self.body.encode()) + len(self.event_name) + index + _FIELDS

    @property
    def uid(self) -> str:
        return str(self.attributes["log.record.uid"])
