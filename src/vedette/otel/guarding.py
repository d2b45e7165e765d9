"""The exporter guard: no span, log record or metric leaves this process but as a redacted copy.

Guarantee. Whatever provider, processor, exporter or reader the host or a vendor library builds, before or after, what
it exports went through redaction; what cannot be redacted is withheld and counted. The methods wrapped belong to the
SDK's classes, and what exists already is found by the garbage collector. Wrapped when the host imports the SDK.

Sad paths. The private names that this rests on may move with a new SDK: then the coverage record says which signal is
bare (a test for each name says so first). After `uninstall`, what still waits in a host's queue leaves as it was made.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import wrapt

from vedette.guard import guard
from vedette.otel.ties import Point, Ties

ROOMS = {
    "opentelemetry.sdk.trace": "vedette.otel.spans",
    "opentelemetry.sdk._logs": "vedette.otel.logs",
    "opentelemetry.sdk.metrics": "vedette.otel.metrics",
}
"""The SDK's module, and the one of ours that guards it: imported after it, never before (law 7)."""


class Signal(Protocol):
    """One signal's hold: what `spans.Spans`, `logs.Logs` and `metrics.Metrics` are."""

    def points(self) -> Iterable[Point]: ...

    def protect_existing(self) -> None: ...

    def release_all(self) -> None: ...

    def report(self) -> dict[str, list[str]]: ...


@dataclass(frozen=True, slots=True)
class _Patch:
    owner: type
    name: str
    original: Any
    ours: Any

    def undo(self) -> None:
        """Unless somebody wrapped ours since: theirs stays, and ours below it goes on."""
        if vars(self.owner).get(self.name) is self.ours:
            setattr(self.owner, self.name, self.original)


class ExporterGuard:
    """Install it as early as can be and as often as one likes."""

    def __init__(self, ties: Ties) -> None:
        self._ties = ties
        self._active = False
        self._hooked: set[str] = set()
        self._signals: dict[str, Signal] = {}
        self._patches: list[_Patch] = []

    def install(self) -> None:
        """Wrap the classes and protect what exists; of an SDK module not imported yet, when it is."""
        self._active = True
        for module in ROOMS:
            if module in self._signals:
                continue
            if module in sys.modules:
                self._wake(sys.modules[module])
                self._protect_existing(module)
            elif module not in self._hooked:
                self._hooked.add(module)
                wrapt.register_post_import_hook(self._wake, module)

    def _wake(self, sdk: ModuleType) -> None:
        if not self._active or sdk.__name__ in self._signals:
            return
        with guard("otel.guard"):
            signal = importlib.import_module(ROOMS[sdk.__name__]).SIGNAL(self._ties)
            for point in signal.points():
                self._patches.append(_put(point))
            self._signals[sdk.__name__] = signal

    def _protect_existing(self, module: str) -> None:
        """Only where the SDK came before us: of classes that were wrapped when they were made nothing exists bare."""
        with guard("otel.guard"):
            self._signals[module].protect_existing()

    def uninstall(self) -> None:
        """Every class attribute as it was, every exporter unwrapped."""
        self._active = False
        while self._patches:
            self._patches.pop().undo()
        for signal in self._signals.values():
            with guard("otel.guard"):
                signal.release_all()
        self._signals.clear()

    def report(self) -> dict[str, dict[str, list[str]]]:
        """By SDK module that is imported: the names of what is guarded and of what is bare."""
        absent = {"guarded": [], "bare": ["*"]}
        return {
            module: self._signals[module].report() if module in self._signals else absent
            for module in ROOMS
            if module in sys.modules
        }


def _put(point: Point) -> _Patch:
    original = vars(point.owner)[point.name]

    @functools.wraps(original)
    def ours(self: Any, *args: Any, **kwargs: Any) -> Any:
        return point.around(original, self, *args, **kwargs)

    setattr(point.owner, point.name, ours)
    return _Patch(point.owner, point.name, original, ours)
