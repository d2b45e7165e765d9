"""What redacted copies of spans, logs and metrics have in common: texts, attributes, resource, scope, span context.

Copies are made through public constructors only, field by field, so that a field which a later SDK adds is left out
rather than let through. What the original had dropped stays counted.
"""

from __future__ import annotations

import inspect
import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, TraceState

from vedette.guard import guard
from vedette.names import FACTS
from vedette.otel.ties import Redacts

Item = TypeVar("Item")
Made = TypeVar("Made")

DESTINATIONS = frozenset({"server.address", "network.peer.address"})
"""Where something went is the point of the record: an IP address there stays, as it does in the trail."""

AT_ONCE = 256 * 1024
"""Characters of attributes that are judged together; the engine bounds what it takes at once."""

_NESTED: dict[str, Any] = (
    {"extended_attributes": True} if "extended_attributes" in inspect.signature(BoundedAttributes).parameters else {}
)
"""In SDK 1.41 attributes nest only if asked for; in 1.45 they always do, and the parameter is about to go."""


class Copier:
    """Copies for one batch. Resource and scope are shared by its items and copied once."""

    def __init__(self, redactor: Redacts) -> None:
        self._redactor = redactor
        self._made: dict[int, Any] = {}

    def each(self, items: Iterable[Item], copy: Callable[[Copier, Item], Made], room: str) -> list[Made]:
        """The copies of all items but those whose redaction raised: these are withheld and counted under `room`."""
        kept: list[Made] = []
        for item in items:
            with guard(room):
                kept.append(copy(self, item))
        return kept

    def text(self, text: str) -> str:
        return self._redactor.text(str(text)) if text else ""

    def maybe(self, text: str | None) -> str | None:
        return None if text is None else self.text(text)

    def value(self, value: object, key: str = "") -> Any:
        return self._redactor.value(value, key)

    def attributes(self, attributes: Mapping[str, Any] | None, dropped: int = 0) -> BoundedAttributes:
        """`dropped` is the original's count; two keys that redaction made one are added to it."""
        given = dict(attributes) if attributes else {}
        values = self._values(given)
        redacted = {key if key in FACTS else self.text(key): values[key] for key in given}
        bounded = BoundedAttributes(attributes=redacted, immutable=True, **_NESTED)
        bounded.dropped = dropped + len(given) - len(redacted)
        return bounded

    def _values(self, given: dict[str, Any]) -> dict[str, Any]:
        """All values in one scan; one by one where that cannot tell whose is whose, or where they are large."""
        kept = {key: value for key, value in given.items() if key in DESTINATIONS and _is_address(value)}
        others = {key: value for key, value in given.items() if key not in kept} if kept else given
        walked = self.value(others) if _size(others) < AT_ONCE else None
        if not isinstance(walked, dict) or walked.keys() != others.keys():
            walked = {key: self.value(value, key) for key, value in others.items()}
        return {**walked, **kept}

    def resource(self, resource: Resource) -> Resource:
        return self._once(resource, self._resource)

    def _resource(self, resource: Resource) -> Resource:
        return Resource(self.attributes(resource.attributes), self.text(resource.schema_url))

    def scope(self, scope: InstrumentationScope | None) -> InstrumentationScope | None:
        return None if scope is None else self._once(scope, self._scope)

    def _scope(self, scope: InstrumentationScope) -> InstrumentationScope:
        return InstrumentationScope(
            self.text(scope.name),
            self.maybe(scope.version),
            self.maybe(scope.schema_url),
            self.attributes(scope.attributes),
        )

    def context(self, context: SpanContext) -> SpanContext:
        """Ids and flags are kept; only the tracestate holds text."""
        if not context.trace_state:
            return context
        state = TraceState([(key, self.text(value)) for key, value in self._lawful(context.trace_state)])
        return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags, state)

    def _lawful(self, state: TraceState) -> list[tuple[str, str]]:
        """Entries whose key needs no redaction: a token is no lawful key (W3C Trace Context 3.3.1.3.1)."""
        return [(key, value) for key, value in state.items() if self.text(key) == key]

    def _once(self, original: Item, make: Callable[[Item], Item]) -> Item:
        known: Item | None = self._made.get(id(original))
        if known is None:
            known = self._made[id(original)] = make(original)
        return known


def _size(values: Mapping[str, Any]) -> int:
    """Characters of the texts in it."""
    return sum(len(value) for value in values.values() if isinstance(value, str))


def _is_address(value: object) -> bool:
    try:
        ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return True
