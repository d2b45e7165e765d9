"""The processors of one signal: where they hang, how the known ones hold their exporter, what guards all others.

A known processor (batch, simple) keeps its place and gets its exporter wrapped, so redaction runs on the worker thread.
Any other, and a subclass that overrides how it receives, is wrapped itself and is handed redacted copies; what it
changes on a copy is carried back, because later processors are to see it (a host's own scrubber, a baggage processor).

Sad path: a processor sees the living span in `on_start`, before redaction. What it sends from there leaves raw.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import wrapt

from vedette.guard import guard
from vedette.otel.ties import Point, Ties

if TYPE_CHECKING:
    Proxy = wrapt.ObjectProxy[Any]
else:
    Proxy = wrapt.ObjectProxy  # takes no parameter at run time before wrapt 2

Redacted = Callable[[Sequence[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class Slot:
    """A known processor and the way from it to its exporter."""

    processor: type
    way: tuple[str, ...]


class GuardedExporter(Proxy):
    """An exporter that receives copies; all but `export` is the exporter's own."""

    def __init__(self, exporter: Any, redacted: Redacted) -> None:
        super().__init__(exporter)
        self._self_redacted = redacted

    def export(self, batch: Sequence[Any], *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__.export(self._self_redacted(batch), *args, **kwargs)


class GuardedProcessor(Proxy):
    """A processor of somebody's own; each signal adds the method by which its processors receive."""

    def __init__(self, processor: Any, ties: Ties) -> None:
        super().__init__(processor)
        self._self_ties = ties


class Chain:
    """Protects the processors of one signal, those that come and those that are there."""

    def __init__(  # noqa: PLR0913 - one argument a fact about the SDK, keyword only
        self,
        ties: Ties,
        *,
        multis: tuple[type, ...],
        held: str,
        add: str,
        receives: str,
        known: tuple[Slot, ...],
        guarded: type[GuardedProcessor],
        redacted: Redacted,
    ) -> None:
        self._ties = ties
        self._multis = multis
        self._held = held
        self._add = add
        self._receives = receives
        self._known = known
        self._guarded = guarded
        self._redacted = redacted
        self._bundles: WeakSet[Any] = WeakSet()

    def points(self) -> Iterable[Point]:
        return (Point(multi, self._add, self._adding) for multi in self._multis)

    def _adding(self, original: Callable[..., Any], multi: Any, *args: Any, **named: Any) -> Any:
        """Its one argument may come by name. Fail closed: what cannot be looked into is wrapped whole."""
        added = original(multi, *map(self._safe, args), **{name: self._safe(each) for name, each in named.items()})
        self._bundles.add(multi)
        with guard("otel.changed"):
            self._ties.changed()
        return added

    def _safe(self, processor: Any) -> Any:
        with guard("otel.add"):
            return self.protect(processor)
        return self._guarded(processor, self._ties)

    def protect(self, processor: Any) -> Any:
        """What is to stand in the processor's place; itself, if its exporter could be wrapped."""
        if self.is_safe(processor):
            return processor
        holder = self._holder(processor)
        if holder is None:
            return self._guarded(processor, self._ties)
        owner, name = holder
        setattr(owner, name, GuardedExporter(getattr(owner, name), self._redacted))
        return processor

    def release(self, processor: Any) -> Any:
        """The opposite: the processor as its maker made it."""
        if type(processor) is self._guarded:
            return processor.__wrapped__
        holder = self._holder(processor)
        if holder is not None and type(getattr(*holder)) is GuardedExporter:
            setattr(*holder, getattr(*holder).__wrapped__)
        return processor

    def is_safe(self, processor: Any) -> bool:
        """Whether nothing raw can leave through it: guarded already, or a bundle whose members are guarded."""
        if type(processor) is self._guarded or self._plain(processor, self._multis):
            return True
        holder = self._holder(processor)
        return holder is not None and type(getattr(*holder)) is GuardedExporter

    def _holder(self, processor: Any) -> tuple[Any, str] | None:
        """The object and the attribute that hold a known processor's exporter."""
        for slot in self._known:
            if self._plain(processor, (slot.processor,)):
                owner = processor
                for step in slot.way[:-1]:
                    owner = getattr(owner, step, None)
                return (owner, slot.way[-1]) if hasattr(owner, slot.way[-1]) else None
        return None

    def _plain(self, processor: Any, classes: tuple[type, ...]) -> bool:
        """Whether it is of these classes and receives as they do."""
        own = getattr(type(processor), self._receives, None)
        return isinstance(processor, classes) and any(own is getattr(each, self._receives) for each in classes)

    def protect_existing(self) -> None:
        """Providers that were built before the guard came: found once, known ever after."""
        self._bundles.update(instances(self._multis))
        self._change(self.protect)

    def release_all(self) -> None:
        self._change(self.release)

    def _change(self, change: Callable[[Any], Any]) -> None:
        for multi in tuple(self._bundles):
            with multi._lock:
                setattr(multi, self._held, tuple(change(each) for each in getattr(multi, self._held)))

    def members(self) -> list[Any]:
        """Every processor of every provider of this process."""
        return [each for multi in tuple(self._bundles) for each in getattr(multi, self._held)]

    def report(self) -> dict[str, list[str]]:
        """Names of what is guarded and of what is bare; the second is empty while the guard holds."""
        names: dict[str, list[str]] = {"guarded": [], "bare": []}
        for each in self.members():
            names["guarded" if self.is_safe(each) else "bare"].append(self._name(each))
        return names

    def _name(self, processor: Any) -> str:
        holder = self._holder(processor)
        inside = getattr(*holder) if holder else processor
        return type(getattr(inside, "__wrapped__", inside)).__name__


def instances(classes: Iterable[type]) -> list[Any]:
    """Living objects of these classes and their subclasses, whoever holds them (providers are not always global).

    Every object refers to its class, so the collector finds them without running any code of theirs (18 ms among
    200,000 objects). Objects that somebody put away with `gc.freeze` are not found.
    """
    wanted = _families(classes)
    return [each for each in gc.get_referrers(*wanted) if type(each) in wanted]


def _families(classes: Iterable[type]) -> set[type]:
    return {each for cls in classes for each in (cls, *_families(cls.__subclasses__()))}


def state(record: object) -> dict[str, Any]:
    """The fields of a copy before it is handed over; maps are copied, since processors write into them."""
    return {name: dict(each) if isinstance(each, Mapping) else each for name, each in vars(record).items()}


def carry_back(before: Mapping[str, Any], copy: object, original: object) -> None:
    """What a processor changed on its copy is set on the original, for the processors after it."""
    for name, value in state(copy).items():
        if name not in before or before[name] != value:
            setattr(original, name, vars(copy)[name])
