"""An exchange that a library spreads over several callables: its Call is carried by an object of the host's.

`http.client` puts a request, sends it in pieces and gets a response; `aiohttp` sends, starts the response and reads.
The object is held weakly where it can be; where it cannot, its entry goes with the tap. An exchange inside another one
(an HTTP client riding on another) opens nothing and gives its network facts to the outer Call.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vedette.capture import context, hub
from vedette.capture.body import Tap
from vedette.capture.call import add, close_call, result_of, tap_request
from vedette.capture.seam import Args, Facts, Flight, Seam, read_answer, request_facts, rides, take_off
from vedette.capture.shapes import like
from vedette.event import Call, Result
from vedette.guard import guard

Function = Callable[..., Any]


@dataclass(slots=True)
class _Held:
    """A Call on its way through the steps; `rides` = it is the outer client's, and we only add to it.

    `opening` is its Flight until the step that began it may go on: an intent may have to be on disk first.
    """

    call: Call
    opening: Flight | None = None
    rides: bool = False
    up: Tap | None = None
    down: Tap | None = None
    feeding: bool = False
    handling: int = field(default_factory=lambda: id(sys.exc_info()[1]))  # what the host was dealing with when it began


_weak: weakref.WeakKeyDictionary[Any, _Held] = weakref.WeakKeyDictionary()
_by_id: dict[int, _Held] = {}


def _hold(owner: Any, held: _Held) -> None:
    before = _find(owner)
    if before is not None and not before.rides:
        close_call(before.call, Result.ABANDONED)
    try:
        _weak[owner] = held
    except TypeError:
        _by_id[id(owner)] = held


def _find(owner: Any) -> _Held | None:
    found = _by_id.get(id(owner))
    if found is not None:
        return found
    try:
        return _weak.get(owner)
    except TypeError:
        return None


def _drop(owner: Any) -> None:
    if _by_id.pop(id(owner), None) is None:
        try:
            _weak.pop(owner, None)
        except TypeError:
            return


def wrap_step(seam: Seam, function: Function) -> Function:
    """`function`, a method, observed as one step of an exchange."""
    before, after, failed = _STEPS[seam.step]

    if inspect.iscoroutinefunction(function):

        async def call_async(*args: Any, **kwargs: Any) -> Any:
            state = before(seam, Args(args[0], args[1:], kwargs))
            opening = _opening(state)
            if opening is not None:
                await opening.settle_async()
            try:
                result = await function(*args, **kwargs)
            except BaseException as error:
                failed(seam, args[0], state, error)
                raise
            after(seam, Args(args[0], args[1:], kwargs), state, result)
            return result

        return like(function, call_async)

    def call(*args: Any, **kwargs: Any) -> Any:
        state = before(seam, Args(args[0], args[1:], kwargs))
        opening = _opening(state)
        if opening is not None:
            opening.settle()
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            failed(seam, args[0], state, error)
            raise
        after(seam, Args(args[0], args[1:], kwargs), state, result)
        return result

    return like(function, call)


def _opening(held: _Held | None) -> Flight | None:
    """Its Flight, asked for once."""
    if held is None:
        return None
    flight, held.opening = held.opening, None
    return flight


def _before_open(seam: Seam, args: Args) -> _Held | None:
    if hub.line is None:
        return None
    with guard("capture.begin"):
        outer = context.current().call
        if outer is not None and not outer.closed and outer.wire is not None and not context.suppressed():
            facts = request_facts(seam, args)
            if rides(outer, facts):
                _lend(outer, facts)
                return _Held(outer, rides=True)
        flight = take_off(seam, args)
        if flight is not None:
            flight.leave()
            return _Held(flight.call, flight, up=tap_request(flight.call, hub.body_limit))
    return None


def _before_send(seam: Seam, args: Args) -> _Held | None:
    """Go on with what an earlier step began for this object, now that more is known of it; else begin here."""
    held = _find(args.self)
    if held is None or held.call.closed or hub.line is None:
        return _before_open(seam, args)
    with guard("capture.request"):
        facts = seam.request(args)
        if held.rides:
            _lend(held.call, facts)
        else:
            add(held.call, {name: value for name, value in facts.items() if name not in held.call.facts})
    return held


def _after_open(seam: Seam, args: Args, held: _Held | None, result: Any) -> None:
    if held is not None:
        with guard("capture.hold"):
            _hold(seam.owner(args, result), held)


def _before_feed(seam: Seam, args: Args) -> _Held | None:
    """A piece sent from inside a piece is a proxy's CONNECT, not part of this request."""
    held = _find(args.self)
    if held is None or held.up is None or held.feeding:
        return None
    held.feeding = True
    if seam.upload is not None:
        with guard("capture.upload"):
            seam.upload(args, held.up)
    with guard("capture.request"):
        piece = seam.request(args).get("vedette.http.request.body")
        if piece:
            held.up.feed(piece)
    return held


def _after_feed(seam: Seam, args: Args, held: _Held | None, result: Any) -> None:
    if held is not None:
        held.feeding = False


def _find_owner(seam: Seam, args: Args) -> _Held | None:
    return _find(args.self)


def _after_answer(seam: Seam, args: Args, held: _Held | None, result: Any) -> None:
    """The response's head is here. The owner is free for the next exchange, the Call goes on with the body."""
    if held is None:
        return
    if held.rides:
        _give(seam, held.call, args, result)
        return
    if held.up is not None:
        held.up.close()
    _drop(args.self)
    answer = read_answer(seam, held.call, args, result)
    if answer is None:
        with guard("capture.land"):
            close_call(held.call, Result.OK)
        return
    reader, held.down = answer
    if reader is not True:
        with guard("capture.hold"):
            _hold_reader(reader, args.self, held)


def _hold_reader(reader: Any, owner: Any, held: _Held) -> None:
    """The body comes by `read` steps of `reader`; `close` steps of `owner` may end it earlier."""
    _by_id[id(reader)] = held
    _weak[owner] = held
    weakref.finalize(owner, _collected, id(reader), held)


def _collected(reader: int, held: _Held) -> None:
    _by_id.pop(reader, None)
    if held.down is not None:
        held.down.close(reason="collected")


_LENT = ("network.", "tls.", "http.response.size")


def _give(seam: Seam, outer: Call, args: Args, result: Any) -> None:
    """What only the inner client knows of the connection."""
    with guard("capture.response"):
        _lend(outer, seam.response(args, result))


def _lend(outer: Call, facts: Facts) -> None:
    add(outer, {name: value for name, value in facts.items() if name.startswith(_LENT) and name not in outer.facts})


def _after_read(seam: Seam, args: Args, held: _Held | None, result: Any) -> None:
    if held is None or held.down is None:
        return
    held.down.feed(result)
    with guard("capture.read"):
        facts = seam.response(args, result)
        reason = facts.get("vedette.end.reason")
        if reason:
            held.down.sent = facts.get("vedette.http.response.sent") or 0
            _by_id.pop(id(args.self), None)
            held.down.close(reason=reason)


def _before_close(seam: Seam, args: Args) -> _Held | None:
    """The host is about to be done with it. `response` may tell that the server had cut it off before."""
    held = _find(args.self)
    if held is None or held.rides or held.down is None:
        return None
    _drop(args.self)
    with guard("capture.close"):
        facts = {} if held.call.closed else seam.response(args, None)
        add(held.call, facts)
        held.down.close(None if facts else _failing(held), reason="error" if facts else "close")
    return None


def _failing(held: _Held) -> BaseException | None:
    """The error on account of which the host is done with it: a time-out or a cancellation closes on its way out."""
    error = sys.exc_info()[1]
    ends = isinstance(error, OSError | TimeoutError | asyncio.TimeoutError | asyncio.CancelledError)
    return error if ends and id(error) != held.handling else None


def _nothing_after(seam: Seam, args: Args, held: _Held | None, result: Any) -> None:
    return None


def _failed(seam: Seam, owner: Any, held: _Held | None, error: BaseException) -> None:
    """The host's own exception.

    A TypeError of `getresponse` is a wrong guess at its arguments (urllib3 1.26); a writer is cancelled when the answer
    came before all was written (aiohttp).
    """
    guess = {"answer": TypeError, "feed": asyncio.CancelledError}.get(seam.step, ())
    if held is None or held.rides or isinstance(error, guess):
        return
    with guard("capture.fail"):
        _drop(owner)
        if held.down is not None:
            held.down.close(error)
        close_call(held.call, result_of(error), error)


_STEPS: dict[str, tuple[Any, Any, Any]] = {
    "open": (_before_open, _after_open, _failed),
    "send": (_before_send, _after_open, _failed),
    "feed": (_before_feed, _after_feed, _failed),
    "answer": (_find_owner, _after_answer, _failed),
    "read": (_find_owner, _after_read, _failed),
    "close": (_before_close, _nothing_after, _failed),
}
