"""The stand-in server: its own thread, its own event loop, gone without a trace when it is closed."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import TypeVar

from vedette.cli.standin import model
from vedette.cli.standin.connection import Connection
from vedette.cli.standin.routes import respond
from vedette.cli.standin.turn import Prompt, Reply
from vedette.cli.standin.wire import Request

Server = TypeVar("Server", bound="StandIn")


class StandIn:
    """A model server on the loopback, for one `with` block.

    `script` holds the replies to the coming model calls, in order; after its end, and without one, the model behind
    it answers by itself (`model.answer`). `requests` holds what was received, oldest first, before it is answered.
    """

    def __init__(self, script: Iterable[Reply] = (), *, port: int = 0) -> None:
        self.requests: list[Request] = []
        self._script = iter(tuple(script))
        self._port = port
        self._serving: set[asyncio.Task[None]] = set()
        self._fault: BaseException | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vedette-standin", daemon=True)

    @property
    def url(self) -> str:
        """The base URL without a slash at its end, such as `http://127.0.0.1:49152`."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self: Server) -> Server:
        self._socket = self.listen()
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Cut all connections and end the thread; a fault of the server itself is raised here."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if self._fault is not None and error is None:
            raise RuntimeError("the stand-in failed to answer a request") from self._fault

    def listen(self) -> socket.socket:
        """The listening socket. It exists before the thread, so the port is known and no client comes too early."""
        listening = socket.create_server(("127.0.0.1", self._port))
        self._port = listening.getsockname()[1]
        return listening

    def think(self, prompt: Prompt, request: Request) -> Reply:
        """The next reply of the script, or the model's own."""
        return next(self._script, None) or model.answer(prompt)

    def received(self, request: Request) -> None:
        """Log a request, before it is answered; also one that was cut short."""
        self.requests.append(request)

    async def answer(self, request: Request, connection: Connection) -> None:
        """Answer one request."""
        await connection.send(respond(request, self.think, len(self.requests)), request)

    async def accept(self) -> asyncio.AbstractServer:
        """Start to accept connections."""
        return await asyncio.start_server(self.connected, sock=self._socket)

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a new connection in a task of our own, so that we can end it."""
        task = self._loop.create_task(self._serve(Connection(reader, writer)))
        self._serving.add(task)
        task.add_done_callback(self._served)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        finally:
            self._ready.set()  # a server that could not start must not leave its `with` waiting

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self.accept()
        self._ready.set()
        await self._stop.wait()
        server.close()
        tasks = tuple(self._serving)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, connection: Connection) -> None:
        try:
            with suppress(ConnectionError):
                await self._converse(connection)
        finally:
            await _hang_up(connection.writer, cut=self._stop.is_set())

    async def _converse(self, connection: Connection) -> None:
        while not connection.writer.is_closing() and (request := await connection.request()):
            self.received(request)
            if not request.complete:
                return
            await self.answer(request, connection)
            if request.version == "HTTP/1.0" or request.headers.get("connection", "").lower() == "close":
                return

    def _served(self, task: asyncio.Task[None]) -> None:
        self._serving.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fault = error


async def _hang_up(writer: asyncio.StreamWriter, cut: bool) -> None:
    """Close a connection; `cut` gives up what a slow client has not taken yet."""
    if cut:
        writer.transport.abort()
    writer.close()
    try:
        with suppress(OSError):
            await writer.wait_closed()
    finally:
        writer.transport.abort()  # cancelled while the client took its time: nothing may stay open
