"""The stand-in server of the tests: what is shipped, and every misbehaviour of `reference/wire.md` section 5 on demand.

    with LlmServer() as server:
        client = openai.OpenAI(base_url=server.at("gzip,sse-crlf"), api_key="none")

A client that can set headers sends `x-standin: gzip,sse-crlf` instead. Cases combine: at most one answer and one
writer, any number of the others. `CASES` lists them all. A case takes options after semicolons: `huge;size=1000`.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.standin.answers import ANSWERS, Ask
from tests.standin.case import Case, parse, spelled, straight
from tests.standin.encodings import ENCODINGS
from tests.standin.framing import CUTS, FRAMING
from tests.standin.payloads import PAYLOADS
from tests.standin.tool_deltas import TOOL_DELTAS
from tests.standin.tunnel import tunnel
from tests.standin.turns import TURNS
from tests.standin.writers import WRITERS
from vedette.cli.standin import Request, StandIn
from vedette.cli.standin.connection import Connection
from vedette.cli.standin.routes import respond
from vedette.cli.standin.turn import Prompt, Reply
from vedette.cli.standin.wire import Response

SHAPES = {
    **TOOL_DELTAS,
    **PAYLOADS,
    **FRAMING,
    **ENCODINGS,
    **CUTS,
}  # in this order, whatever the order of their naming
CASES = frozenset({*TURNS, *SHAPES, *ANSWERS, *WRITERS})


class LlmServer(StandIn):
    """`elsewhere` is where `redirect-cross` leads; `tls` makes it speak TLS; `unix` is the socket to listen on."""

    def __init__(
        self,
        script: Iterable[Reply] = (),
        *,
        elsewhere: str = "",
        tls: ssl.SSLContext | None = None,
        unix: Path | None = None,
    ) -> None:
        super().__init__(script)
        self._elsewhere, self._tls, self._unix = elsewhere, tls, unix
        self._attempts: Counter[tuple[str, str]] = Counter()
        self._arrived = threading.Condition()

    @property
    def url(self) -> str:
        """The base URL; over TLS it is an https one. Of a unix socket only the path counts."""
        return super().url.replace("http://", "https://") if self._tls else super().url

    def at(self, cases: str, path: str = "/v1") -> str:
        """The base URL below which every request meets these cases."""
        return f"{self.url}/x/{cases}{path}"

    def wait(self, count: int, timeout: float = 5.0) -> list[Request]:
        """All requests, once `count` of them have arrived; TimeoutError after `timeout` seconds."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.requests) >= count, timeout):
                raise TimeoutError(f"{len(self.requests)} of {count} requests after {timeout} s")
            return list(self.requests)

    def received(self, request: Request) -> None:
        """Log a request and wake who waits for it."""
        with self._arrived:
            super().received(request)
            self._arrived.notify_all()

    def think(self, prompt: Prompt, request: Request) -> Reply:
        """What the case says, else the script, else the model."""
        asked = (TURNS[case.name](case) for case in parse(spelled(request), 0) if case.name in TURNS)
        return next(asked, None) or super().think(prompt, request)

    async def answer(self, request: Request, connection: Connection) -> None:
        """Answer a request in the way its cases ask for."""
        if request.method == "CONNECT":
            await tunnel(request, connection)
            return
        cases = self._cases(request)
        response = self._shaped(self._response(request, cases), cases)
        writing = next((case for case in cases if case.name in WRITERS), None)
        if writing is None:
            await connection.send(response, request)
        else:
            await WRITERS[writing.name](connection, response, request, writing)

    def listen(self) -> socket.socket:
        """A TCP socket on the loopback, or the unix socket."""
        if self._unix is None:
            return super().listen()
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(self._unix))
        listening.listen()
        return listening

    async def accept(self) -> asyncio.AbstractServer:
        """Accept connections, over TLS if so asked."""
        return await asyncio.start_server(self.connected, sock=self._socket, ssl=self._tls)

    def _cases(self, request: Request) -> tuple[Case, ...]:
        spelling = spelled(request)
        key = (spelling, straight(request).target)
        cases = parse(spelling, self._attempts[key])
        self._attempts[key] += 1
        unknown = {case.name for case in cases} - CASES
        if unknown:
            raise LookupError(f"no such misbehaviour: {', '.join(sorted(unknown))}")
        return cases

    def _response(self, request: Request, cases: tuple[Case, ...]) -> Response:
        asked = next((case for case in cases if case.name in ANSWERS), None)
        answer = ANSWERS[asked.name](Ask(request, asked, self._elsewhere)) if asked else None
        return answer or respond(request, self.think, len(self.requests))

    def _shaped(self, response: Response, cases: tuple[Case, ...]) -> Response:
        named = {case.name: case for case in cases}
        for name, shape in SHAPES.items():
            if name in named:
                response = shape(response, named[name])
        return response
