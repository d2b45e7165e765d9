"""A Call's life: opened with its place and its clock, filled with frozen facts, closed once and handed to the line."""

from __future__ import annotations

import functools
import os
import threading
import time
import weakref
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from vedette.capture import context, hub
from vedette.capture.body import Tap, whole
from vedette.capture.freeze import freeze
from vedette.capture.ids import operation_id, trace_id
from vedette.capture.readers import protocols
from vedette.event import Body, Call, Kind, Pairs, Result, Wire
from vedette.guard import guard
from vedette.names import CONTENT

_OF_WIRE = {
    "vedette.http.request.headers": "request_headers",
    "vedette.http.response.headers": "response_headers",
    "vedette.http.request.body": "request",
    "vedette.http.response.body": "response",
    "vedette.http.framing": "framing",
    "vedette.http.decoded": "decoded",
}
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def open_call(kind: Kind, name: str, source: str, facts: Mapping[str, Any]) -> Call:
    """A new Call inside the current one."""
    frame = context.current()
    outer = frame.call
    call = Call(
        kind,
        name,
        source,
        actor=frame.actor,
        event_id=operation_id(),
        parent_id=outer.event_id if outer else "",
        trace_id=outer.trace_id if outer else trace_id(),
        begin_ns=time.time_ns(),
        clock_ns=time.perf_counter_ns(),
        thread=threading.get_ident(),
    )
    call.span_id = call.operation_id = call.event_id
    if kind is Kind.EXCHANGE:
        call.wire = Wire("", "")
    add(call, facts)
    if call.wire is not None:
        _address(call, call.wire)
    return call


def add(call: Call, facts: Mapping[str, Any]) -> None:
    """Take facts over, frozen. Headers and bodies of an exchange go to its wire as they are, read later on the line."""
    wire, own = call.wire, call.facts
    for name, value in facts.items():
        if value is None:
            continue
        if wire is not None and name in _OF_WIRE:
            _onto(wire, name, value)
        elif type(value) in _FROZEN or (type(value) is int and name not in CONTENT):
            own[name] = value
        elif type(value) is float and name not in CONTENT:
            own[name] = repr(value)
        else:
            own[name] = freeze(value)


_WORDS = frozenset({str, bytes})
_FROZEN = _WORDS | {bool}


def _onto(wire: Wire, name: str, value: Any) -> None:
    if name.endswith(".headers"):
        value = _pairs(value)
    elif name.endswith(".body") and not isinstance(value, Body):
        value = whole(value)
    setattr(wire, _OF_WIRE[name], value)


def _pairs(headers: Iterable[Any]) -> Pairs:
    """Headers as nothing but words: a client may have a type of its own for its names (aiohttp)."""
    pairs = tuple(map(tuple, headers))
    if _WORDS.issuperset(map(type, chain.from_iterable(pairs))):
        return pairs
    return tuple((_word(name), _word(value)) for name, value in pairs)


def _word(value: Any) -> str | bytes:
    return str.__str__(value) if isinstance(value, str) else bytes(value)


def _address(call: Call, wire: Wire) -> None:
    """Where an exchange goes, from its URL; RFC 3986."""
    wire.method = str(call.facts.get("http.request.method", ""))
    wire.url = str(call.facts.get("url.full", ""))
    with guard("capture.address"):
        scheme, host, port, path = _parts(wire.url)
        call.facts.setdefault("url.scheme", scheme)
        call.facts.setdefault("server.address", host)
        call.facts.setdefault("server.port", port)
        if wire.method == "POST":
            _foresee(call, wire, path)


@functools.lru_cache(maxsize=256)
def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path. `ValueError` for what is no URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0), parts.path


def _foresee(call: Call, wire: Wire, path: str) -> None:
    """What this looks like before it is sent, so that span and intent are called what they will turn out to be."""
    body = wire.request.head if wire.request.size else None
    protocol = protocols().recognise(path, body)
    if protocol:
        call.kind = Kind.INFERENCE
        call.name = protocols().operation(protocol)
        call.facts |= {"vedette.protocol": protocol, "gen_ai.operation.name": call.name}


def answered(call: Call) -> None:
    """The head of the response is here: its status is a fact of the wire too."""
    if call.wire is not None:
        call.wire.status = int(call.facts.get("http.response.status_code", 0))
    if "network.peer.address" in call.facts:  # lent by the client that this one rides on
        call.facts.pop("vedette.in_process", None)


def close_call(call: Call, result: Result, error: BaseException | None = None) -> None:
    """End the Call, once, and hand it to the line."""
    if call.closed:
        return
    call.closed = True
    call.duration_ns = max(time.perf_counter_ns() - call.clock_ns, 0)
    call.result = result
    if error is not None:
        _blame(call, error)
    if hub.line is not None:
        hub.line.end(call)


def _blame(call: Call, error: BaseException) -> None:
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    call.facts.setdefault("error.type", f"{module}{kind.__qualname__}")
    with guard("capture.error"):
        call.facts["vedette.error.message"] = str(error)


def result_of(error: BaseException) -> Result:
    """How the host's exception ends an operation: left by the host, failed, or cancelled.

    What is no `Exception` is somebody's wish to end: an interrupt, an exit, the cancellations of asyncio, trio, gevent.
    """
    if isinstance(error, GeneratorExit):
        return Result.ABANDONED
    return Result.ERROR if isinstance(error, Exception) else Result.CANCELLED


_ENDS = {
    "close": Result.ABANDONED,
    "collected": Result.ABANDONED,
    "exit": Result.ABANDONED,
    "cut": Result.ERROR,
    "error": Result.ERROR,
}
_open: weakref.WeakSet[Tap] = weakref.WeakSet()
os.register_at_fork(after_in_child=_open.clear)  # the parent tells of them


def end_open() -> None:
    """End the exchanges whose response nobody has read to its end or closed: recording stops, and this is what came."""
    for tap in list(_open):
        tap.close(reason="exit")


def tap_response(call: Call, limit: int) -> Tap:
    """A tap whose closing closes the Call: what arrived, when the first byte came, and why it ended."""

    def closed(tap: Tap, error: BaseException | None, reason: str) -> None:
        _open.discard(tap)
        if call.wire is not None:
            call.wire.response = tap.body()
            call.wire.response_sent = tap.sent
            call.wire.first_byte_ns = tap.first_ns and tap.first_ns + began - call.clock_ns
        if error is not None and not isinstance(error, GeneratorExit):
            close_call(call, result_of(error), error)
            return
        how = reason if error is None else "close"
        if how != "end":
            call.facts["vedette.end.reason"] = how
        if how == "cut":
            call.facts.setdefault("error.type", "incomplete_body")
        close_call(call, _ENDS.get(how, Result.OK))

    began = time.perf_counter_ns()
    tap = Tap(limit, closed)
    _open.add(tap)
    return tap


def tap_request(call: Call, limit: int) -> Tap:
    """A tap for a request body that is produced while it is sent."""

    def closed(tap: Tap, error: BaseException | None, reason: str) -> None:
        body = tap.body()
        if call.wire is not None and body.size:
            call.wire.request = body

    return Tap(limit, closed)
