"""Who is acting, and inside which Call: one context variable, carried to threads by `carry`.

Values are put back by `set(before)`, never by `reset(token)`: a generator may be finished in another context than the
one that started it, where a token is refused ("Failed to detach context").
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from opentelemetry import context as otel
from opentelemetry import trace

from vedette.event import NOBODY, Actor, Call


@dataclass(frozen=True, slots=True)
class Frame:
    """The innermost Call under way here (None at the top) and who is acting."""

    call: Call | None = None
    actor: Actor = NOBODY


_TOP = Frame()
_frame: ContextVar[Frame] = ContextVar("vedette", default=_TOP)

Place = tuple[Frame, otel.Context]
"""Where we are in both worlds: our frame and OpenTelemetry's context."""


def current() -> Frame:
    return _frame.get()


def here() -> Place:
    return _frame.get(), otel.get_current()


def at_top() -> bool:
    """Outside every Call, session and span."""
    return _frame.get() is _TOP and not otel.get_current()


def go(place: Place) -> None:
    """Make `place` the current one, whatever context this runs in."""
    _frame.set(place[0])
    otel.attach(place[1])


def inside(call: Call, place: Place) -> Place:
    """The place inside `call`, seen from `place`: its span, if it has one of ours, becomes the current span."""
    frame = Frame(call, call.actor)
    if call.span is None:
        return frame, place[1]
    return frame, trace.set_span_in_context(call.span, place[1])


def suppressed() -> bool:
    """Whether telemetry's own traffic runs here: the SDK's exporters and our shipper set this key."""
    return bool(otel.get_value(otel._SUPPRESS_INSTRUMENTATION_KEY))


def actor() -> Actor:
    return _frame.get().actor


def acting(**who: str) -> Place:
    """The place from here on with some of the actor's fields changed."""
    frame, outer = here()
    return replace(frame, actor=replace(frame.actor, **{key: value for key, value in who.items() if value})), outer


def carry(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, to be run in a thread that does not inherit this context: it takes our place along, and no more.

    The host's own context variables stay as they would be without us. A pool's worker lives on in the place that
    started it, so a task from the top is carried too.
    """
    place = here()

    def carried(*args: Any, **kwargs: Any) -> Any:
        before = here()
        go(place)
        try:
            return function(*args, **kwargs)
        finally:
            go(before)

    return carried
