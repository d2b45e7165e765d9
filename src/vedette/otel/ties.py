"""What the guard asks of the runtime, and what it wraps of the SDK. Imported at every door, hence no SDK here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

Around = Callable[..., Any]
"""A wrapper of a method: called with the original, the instance and the arguments."""


class Redacts(Protocol):
    """The two methods of `vedette.redact.Redactor` that copies need. Neither raises."""

    def text(self, text: str) -> str: ...

    def value(self, value: object, key: str = "") -> object: ...


@dataclass(frozen=True, slots=True)
class Ties:
    """`flush` takes seconds; `adopt` gets each span that starts; `changed` is called when an exporter was added."""

    redactor: Callable[[], Redacts]
    flush: Callable[[float], bool]
    adopt: Callable[[Any], None]
    changed: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Point:
    """One method of an SDK class that the guard wraps."""

    owner: type
    name: str
    around: Around
