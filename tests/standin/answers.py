"""Another answer than the right one: retries, redirects, authentication, empty and huge bodies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate

from tests.standin.case import Case, straight

from vedette.cli.standin.chat import CHAT
from vedette.cli.standin.routes import dialect_of
from vedette.cli.standin.turn import Failure
from vedette.cli.standin.wire import Request, Response, document

BLOCK = bytes(range(256)) * 256
CHALLENGE = 'Digest realm="stand-in", nonce="5d41402abc4b2a76", qop="auth", algorithm=MD5'
ALWAYS = 1 << 30


@dataclass(frozen=True)
class Ask:
    """A request under a case. `elsewhere` is the base URL of another server."""

    request: Request
    case: Case
    elsewhere: str

    @property
    def key(self) -> str:
        """The credential that came along."""
        return self.request.headers.get("authorization", self.request.headers.get("x-api-key", ""))


Answer = Callable[[Ask], "Response | None"]  # None: answer as usual


def _fail(ask: Ask, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error in the shape of the dialect that was asked."""
    dialect = dialect_of(straight(ask.request).path) or CHAT
    return document(dialect.failure(Failure(status, message)), status, headers)


def _failing(status: int, times: int = 1, headers: Callable[[], dict[str, str]] = dict) -> Answer:
    """Fail the first `times` attempts."""

    def answer(ask: Ask) -> Response | None:
        if ask.case.attempt >= ask.case.number("times", times):
            return None
        return _fail(ask, status, f"Try again (attempt {ask.case.attempt + 1})", headers())

    return answer


def _redirecting(status: int) -> Answer:
    """Send the client on `times` times; the last time to the straight path."""

    def answer(ask: Ask) -> Response | None:
        left = ask.case.number("times", 1) - ask.case.attempt
        if left <= 0:
            return None
        return _see(ask.request.target if left > 1 else straight(ask.request).target, status)

    return answer


def _see(location: str, status: int) -> Response:
    return Response(status, {"location": location})


def _loop(ask: Ask) -> Response:
    return _see(ask.request.target, 302)


def _cross(ask: Ask) -> Response:
    """Away to another host. The body is to be sent again there, and the credentials had better not be."""
    return _see(ask.elsewhere + straight(ask.request).target, ask.case.number("status", 307))


def _auth_echo(ask: Ask) -> Response:
    return _fail(ask, 401, f"Incorrect API key provided: {ask.key}")


def _auth_digest(ask: Ask) -> Response | None:
    """A challenge first; whoever answers it is let in, the proof is not checked."""
    return None if ask.key.startswith("Digest ") else _fail(ask, 401, "Who is there?", {"www-authenticate": CHALLENGE})


def _huge(ask: Ask) -> Response:
    size = ask.case.number("size", 700 << 20)
    return Response(200, {"content-type": "application/octet-stream"}, _blocks(size), size)


def _blocks(size: int) -> Iterator[bytes]:
    while size > 0:
        yield BLOCK[:size]
        size -= len(BLOCK)


ANSWERS: Mapping[str, Answer] = {
    "retry-429": _failing(429, headers=lambda: {"retry-after": "0"}),
    "retry-429-date": _failing(429, headers=lambda: {"retry-after": formatdate(time.time() + 1, usegmt=True)}),
    "retry-429-ms": _failing(429, headers=lambda: {"retry-after-ms": "1"}),
    "retry-408": _failing(408),
    "retry-500": _failing(500),
    "retry-503": _failing(503, times=ALWAYS),
    "should-retry": _failing(400, headers=lambda: {"x-should-retry": "true"}),
    "should-not-retry": _failing(500, headers=lambda: {"x-should-retry": "false"}),
    **{f"redirect-{status}": _redirecting(status) for status in (301, 302, 303, 307, 308)},
    "redirect-loop": _loop,
    "redirect-cross": _cross,
    "auth-echo": _auth_echo,
    "auth-digest": _auth_digest,
    "auth-403": lambda ask: _fail(ask, 403, "Forbidden"),
    "status-204": lambda ask: Response(204),
    "status-304": lambda ask: Response(304, {"etag": '"standin"'}),
    "huge": _huge,
}
