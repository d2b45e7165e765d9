"""Weaving: each seam is put in when the host imports its library, and taken out again by `unweave`.

Instrumentors are found by entry point (group `vedette_instrumentor`); the entry point's NAME is the module whose import
wakes it, so nothing of a library is imported before the host does. What was woven, what was not and why is kept for the
coverage record.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import wrapt
from opentelemetry.util._importlib_metadata import entry_points  # read once a process, for OpenTelemetry and for us

from vedette.capture.seam import Seam
from vedette.capture.shapes import wrap
from vedette.capture.steps import wrap_step
from vedette.guard import guard

GROUP = "vedette_instrumentor"
_MARK = "__vedette_seam__"


@dataclass(frozen=True, slots=True)
class Stitch:
    """One seam's fate: `state` is `woven`, `missed` (with the reason), or `off` (by setting)."""

    library: str
    target: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Undo:
    owner: Any
    name: str
    original: Any
    woven: Any


_stitches: dict[str, Stitch] = {}
_undo: list[_Undo] = []
_active = False
_hooked: set[tuple[str, str]] = set()
_disabled: frozenset[str] = frozenset()
_changed: Callable[[], None] | None = None


def weave(disabled: Iterable[str] = (), changed: Callable[[], None] | None = None) -> None:
    """Hook every instrumentor to its library's import; libraries already there are woven now. Idempotent."""
    global _active, _disabled, _changed
    _active, _disabled, _changed = True, frozenset(disabled), changed
    for entry in entry_points(group=GROUP):
        _hook(entry)


def _hook(entry: importlib.metadata.EntryPoint) -> None:
    library = _library(entry)
    if {"*", library, entry.name} & _disabled:
        _stitches[entry.name] = Stitch(library, entry.name, "off", "VEDETTE_DISABLE")
    elif (entry.name, entry.value) not in _hooked:
        _hooked.add((entry.name, entry.value))
        wrapt.register_post_import_hook(_woken(entry), entry.name)
    elif entry.name in sys.modules:
        _woken(entry)(sys.modules[entry.name])


def _library(entry: importlib.metadata.EntryPoint) -> str:
    return entry.value.partition(":")[0].rpartition(".")[2]


def _woken(entry: importlib.metadata.EntryPoint) -> Callable[[ModuleType], None]:
    def wake(module: ModuleType) -> None:
        if not _active or {"*", _library(entry), entry.name} & _disabled:
            return
        _stitches[entry.name] = Stitch(_library(entry), entry.name, "missed", "its instrumentor failed to load")
        with guard("capture.weave"):
            seams = entry.load()
            del _stitches[entry.name]
            for seam in seams:
                _stitch(_library(entry), seam, entry.name)
        if _changed is not None:
            _changed()

    return wake


def _stitch(library: str, seam: Seam, woken_by: str) -> None:
    """Weave one seam of the module that was imported; alternatives in order, the first that resolves."""
    targets = [
        target for target in seam.targets if target.partition(":")[0].partition(".")[0] == woken_by.partition(".")[0]
    ]
    if not targets:
        return
    reasons = []
    for target in targets:
        reason = _put(seam, target)
        if not reason:
            _stitches[target] = Stitch(library, target, "woven")
            return
        reasons.append(f"{target}: {reason}")
    _stitches[targets[0]] = Stitch(library, targets[0], "missed", "; ".join(reasons))


def _top(name: str) -> str:
    return name.partition(":")[0].partition(".")[0]


def _put(seam: Seam, target: str) -> str:
    """Put the wrapper in place; the reason why not, or nothing."""
    module_name, _, path = target.partition(":")
    owner: Any = sys.modules.get(module_name)
    if owner is None:
        return "module not imported"
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent, None)
    raw = inspect.getattr_static(owner, name, None) if owner is not None else None
    if raw is None:
        return "not in this version"
    if hasattr(_plain(raw), _MARK):
        return ""
    woven = _wrapped(seam, raw, method=inspect.isclass(owner))
    _undo.append(_Undo(owner, name, vars(owner).get(name), woven))
    setattr(owner, name, woven)
    return ""


def _plain(raw: Any) -> Any:
    return raw.__func__ if isinstance(raw, staticmethod | classmethod) else raw


def _wrapped(seam: Seam, raw: Any, *, method: bool) -> Any:
    function = _plain(raw)
    bound = method and not isinstance(raw, staticmethod)
    woven = wrap(seam, function, method=bound) if seam.step == "whole" else wrap_step(seam, function)
    setattr(woven, _MARK, seam)
    return type(raw)(woven) if isinstance(raw, staticmethod | classmethod) else woven


def unweave() -> None:
    """Take everything out that is still ours; what somebody wrapped since stays below them as a plain call."""
    global _active
    _active = False
    while _undo:
        undo = _undo.pop()
        if vars(undo.owner).get(undo.name) is not undo.woven:
            continue
        if undo.original is None:
            delattr(undo.owner, undo.name)
        else:
            setattr(undo.owner, undo.name, undo.original)
    _stitches.clear()


def stitches() -> list[Stitch]:
    """What was woven and what was not, for the coverage record."""
    return list(_stitches.values())
