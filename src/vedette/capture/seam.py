"""A Seam names one host callable and says how to read it; the one wrapper of the product makes a Call of each call.

Seams are data: an instrumentor is a list of them. Their readers run inside the guard, so a fault of ours never changes
what the host gets or raises. The wrapper is a plain function of the original's own sort (function, coroutine function,
generator, async generator, context manager), so that `inspect`, `isinstance` and pickling see what they saw before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from vedette.capture import context, hub
from vedette.capture.body import Tap
from vedette.capture.call import add, answered, close_call, open_call, result_of, tap_request, tap_response
from vedette.event import Ack, Call, Kind, Result
from vedette.guard import AuditUnavailable, guard


class Args:
    """The arguments of one call, by name or place; `self` is None for plain functions.

    A reader takes from it what it needs; nothing of it outlives the Call.
    """

    __slots__ = ("args", "kwargs", "self")

    def __init__(self, self_: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.self = self_
        self.args = args
        self.kwargs = kwargs

    def get(self, name: str, place: int | None = None, default: Any = None) -> Any:
        """The argument called `name`, or the positional one at `place` (counted after `self`), or `default`."""
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[place] if place is not None and place < len(self.args) else default


Facts = Mapping[str, Any]
Step = Literal["whole", "open", "send", "feed", "answer", "read", "close"]


def _nothing(*_: Any) -> Facts:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """One host callable (`module:Class.attribute`, or alternatives of which the first that resolves is woven).

    `name` gives the operation's name, `request` its facts and content before it runs, `response` those of its result.
    `chunk` reads each item of a generator into the facts. `tee` puts a tap on the body of the result: True = it did,
    the Call then ends with the body; an object = its bytes will come by a `read` step of that object; None = no body.
    `upload` puts a tap on a request body that is produced while it is sent.

    Where a library spreads one exchange over several callables, `step` says which one this is and `owner` names the
    object that carries the Call from one to the next: `open` begins it; `send` goes on with it and hands it to the next
    owner (or begins it); `feed` adds to the request (its `request` reader gives the piece as
    `vedette.http.request.body`, or `upload` puts the tap where the pieces go by); `answer` reads the response's head
    and tees its body; `read` feeds the bytes that it returns; `close` ends what nobody read.
    """

    target: str | tuple[str, ...]
    kind: Kind = Kind.EXCHANGE
    name: Callable[[Args], str] = lambda _: ""
    request: Callable[[Args], Facts] = _nothing
    response: Callable[[Args, Any], Facts] = _nothing
    chunk: Callable[[dict[str, Any], Any], None] | None = None
    tee: Callable[[Any, Tap], Any] | None = None
    upload: Callable[[Args, Tap], None] | None = None
    step: Step = "whole"
    owner: Callable[[Args, Any], Any] = lambda args, _: args.self

    @property
    def targets(self) -> tuple[str, ...]:
        return (self.target,) if isinstance(self.target, str) else self.target


class Flight:
    """One Call while the host's function runs: the way in, and the three ways out."""

    __slots__ = ("_ack", "_args", "_before", "_inside", "_seam", "call")

    def __init__(self, seam: Seam, args: Args, call: Call, before: context.Place, ack: Ack | None) -> None:
        self.call = call
        self._seam = seam
        self._args: Args | None = args
        self._ack = ack
        self._before = before
        self._inside = context.inside(call, before)

    def enter(self) -> None:
        """Be inside the Call. A generator enters and leaves at every step, wherever it is resumed."""
        context.go(self._inside)

    def leave(self) -> None:
        context.go(self._before)

    def settle(self) -> None:
        """Wait until the intent is on disk, where the operation is one that must not run before."""
        if self._ack is not None and hub.line is not None:
            with self._refusable(), guard("capture.settle"):
                hub.line.wait(self._ack)

    async def settle_async(self) -> None:
        if self._ack is not None and hub.line is not None:
            with self._refusable(), guard("capture.settle"):
                await hub.line.wait_async(self._ack)

    @contextmanager
    def _refusable(self) -> Iterator[None]:
        """The host's function is not called: the Call ends here, denied."""
        try:
            yield
        except AuditUnavailable as error:
            self.leave()
            close_call(self.call, Result.DENIED, error)
            raise

    def fail(self, error: BaseException) -> None:
        """The host's own exception is on its way out, untouched."""
        self.leave()
        self._args = None
        with guard("capture.fail"):
            close_call(self.call, result_of(error), error)

    def abandon(self) -> None:
        """The host left a generator before its end."""
        self.leave()
        with guard("capture.fail"):
            close_call(self.call, Result.ABANDONED)

    def item(self, value: Any) -> None:
        if self._seam.chunk is not None:
            with guard("capture.chunk"):
                self._seam.chunk(self.call.facts, value)

    def land(self, result: Any) -> None:
        """The host's function returned. The Call ends here, or with the body that a tap was put on."""
        self.leave()
        args, self._args = self._args, None
        if read_answer(self._seam, self.call, args or no_args(), result) is None:
            with guard("capture.land"):
                close_call(self.call, Result.ERROR if "error.type" in self.call.facts else Result.OK)


def read_answer(seam: Seam, call: Call, args: Args, result: Any) -> tuple[Any, Tap] | None:
    """Read the head of what came back and tee its body; what the tee gave and its tap, or None if nothing is teed."""
    with guard("capture.response"):
        add(call, seam.response(args, result))
        answered(call)
    if seam.tee is not None:
        with guard("capture.tee"):
            tap = tap_response(call, hub.body_limit)
            teed = seam.tee(result, tap)
            return None if teed is None else (teed, tap)
    return None


def take_off(seam: Seam, args: Args) -> Flight | None:
    """Open a Call for one call of the host; None = none is to be opened, or opening it failed on our side."""
    line = hub.line
    if line is None:
        return None
    with guard("capture.begin"):
        before = context.here()
        if context.suppressed() or again(seam, args, before[0].call):
            return None
        call = _open(seam, args)
        ack = _begin(line, call)
        if seam.upload is not None:
            with guard("capture.upload"):
                seam.upload(args, tap_request(call, hub.body_limit))
        flight = Flight(seam, args, call, before, ack)
        flight.enter()
        return flight
    return None


def _begin(line: hub.Line, call: Call) -> Ack | None:
    try:
        return line.begin(call)
    except AuditUnavailable as error:
        close_call(call, Result.DENIED, error)
        raise


def no_args() -> Args:
    return Args(None, (), {})


def _open(seam: Seam, args: Args) -> Call:
    """A reader that fails costs its own facts only: the Call is opened all the same."""
    name = ""
    with guard("capture.name"):
        name = seam.name(args)
    facts = request_facts(seam, args)
    call = open_call(seam.kind, name, seam.targets[0], facts)
    call.key = _key(seam, args)
    return call


def _key(seam: Seam, args: Args) -> tuple[int, ...]:
    """Kind, object and arguments: two seams of one object may stand for one operation, two functions never do."""
    return (hash(seam.kind), id(args.self), *map(id, args.args), *map(id, args.kwargs.values()))


def again(seam: Seam, args: Args, outer: Call | None) -> bool:
    """The same operation met again below itself: `ainvoke` calling `invoke`, or one HTTP client riding on another.

    A function that calls itself is no such thing, whatever the arguments.
    """
    if outer is None or outer.closed or args.self is None:
        return False
    if seam.kind is Kind.EXCHANGE and outer.wire is not None:
        return rides(outer, request_facts(seam, args))
    return seam.kind is outer.kind and outer.source != seam.targets[0] and outer.key == _key(seam, args)


def request_facts(seam: Seam, args: Args) -> Facts:
    with guard("capture.request"):
        return seam.request(args)
    return {}


def rides(outer: Call, facts: Facts) -> bool:
    """Whether an exchange inside `outer` is `outer`, carried by another client: the same method on the same path.

    Not the host: a transport may know better where to go. Anything else that a transport asks for is its own exchange.
    """
    if outer.wire is None or outer.wire.method != facts.get("http.request.method"):
        return False
    return _path(outer.wire.url) == _path(str(facts.get("url.full", "")))


def _path(url: str) -> str:
    return unquote(urlsplit(url).path).strip("/")
