"""A guard with stand-in ties: what the runtime would give it, written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from vedette.otel.guarding import ExporterGuard
from vedette.otel.ties import Ties

SECRET = "-".join(("123", "45", "6789"))
TAKEN = "[us_ssn:x]"


class StandIn:
    """Redacts one secret in anything; raises for what holds `poison`, as the real one never does."""

    def text(self, text: str) -> str:
        return str(self.value(text))

    def value(self, value: object, key: str = "") -> object:
        if isinstance(value, str):
            if "poison" in value:
                raise ValueError(value)
            return value.replace(SECRET, TAKEN)
        if isinstance(value, dict):
            return {self.text(name): self.value(each, name) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.value(each, key) for each in value)
        return value


@dataclass
class Seen:
    """What the guard asked of its ties."""

    flushed: list[float] = field(default_factory=list)
    adopted: list[Any] = field(default_factory=list)
    changed: int = 0

    def flush(self, timeout: float) -> bool:
        self.flushed.append(timeout)
        return True

    def change(self) -> None:
        self.changed += 1


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def exporters(seen: Seen) -> Iterator[ExporterGuard]:
    """The exporter guard, installed; taken out again whatever the test does."""
    installed = ExporterGuard(Ties(redactor=StandIn, flush=seen.flush, adopt=seen.adopted.append, changed=seen.change))
    installed.install()
    yield installed
    installed.uninstall()
