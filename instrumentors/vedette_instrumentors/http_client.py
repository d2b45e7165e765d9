"""The standard library's HTTP client, and all that rides on it: urllib, urllib3, requests, botocore, xmlrpc.

Every attempt and every redirect hop is an exchange, for all retry logic lies above. Bytes are as on the wire: the
request with its head, the response body with its chunk framing.
Not patched: urllib3-future, which no longer builds on this (`urllib3_future`), urllib3's opt-in HTTP/2, and what is in
a file or an iterable that a program gives to `HTTPConnection.send` itself (as a `body` it is seen piece by piece).
"""

from collections.abc import Callable
from typing import Any

from vedette.instrument import Args, Facts, Seam, Tap


def _open(args: Args) -> Facts:
    connection, path = args.self, str(args.get("url", 1))
    return {
        "http.request.method": args.get("method", 0),
        "url.full": path if "://" in path[:8] else f"{_origin(connection)}{path}",
        "network.protocol.name": "http",
        "vedette.http.framing": "http1",
        "vedette.proxy": True if connection._tunnel_host or "://" in path[:8] else None,
    }


def _origin(connection: Any) -> str:
    """Scheme, host and port asked for; behind a CONNECT tunnel, those of the far end."""
    scheme = "https" if connection.default_port == 443 else "http"
    host = connection._tunnel_host or connection.host
    port = connection._tunnel_port if connection._tunnel_host else connection.port
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" if port in (None, connection.default_port) else f"{scheme}://{host}:{port}"


def _send(args: Args) -> Facts:
    data = args.get("data", 0)
    try:
        return {"vedette.http.request.body": bytes(memoryview(data))}
    except TypeError:  # a file or an iterable
        return {}


def _answer(args: Args, response: Any) -> Facts:
    socket: Any = args.self.sock or getattr(getattr(response.fp, "raw", None), "_sock", None)
    return {
        "http.response.status_code": response.status,
        "network.protocol.version": {10: "1.0", 11: "1.1"}.get(response.version),
        **_peer(socket),
        "tls.protocol.version": socket.version() if hasattr(socket, "version") else None,
        "vedette.http.response.headers": tuple(response.headers.items()),
    }


def _peer(socket: Any) -> Facts:
    """Who is at the other end; nobody any more, where the connection was reset right after the head."""
    try:
        peer = socket.getpeername() if socket is not None else None
    except OSError:
        peer = None
    return {
        "network.peer.address": peer[0] if isinstance(peer, tuple) else peer or None,
        "network.peer.port": peer[1] if isinstance(peer, tuple) else None,
        "network.transport": None if peer is None else "tcp" if isinstance(peer, tuple) else "unix",
    }


def _tee(response: Any, tap: Tap) -> Any:
    if response.fp is None or response.length == 0 or response._method == "HEAD":
        return None
    response.fp = _Reader(response.fp, tap, response.length, bool(response.chunked))
    return True


class _Reader:
    """The file that a response reads its body from, recording what is read. Ends with the file."""

    def __init__(self, file: Any, tap: Tap, length: int | None, chunked: bool) -> None:
        self._file = file
        self._tap = tap
        self._left = length
        self._chunked = chunked
        self._ended = False
        self._cut = False

    def _fed(self, piece: bytes, last: bool) -> bytes:
        """`last`: the file has no more, for it gave less than was asked for, or all."""
        self._tap.feed(piece)
        if self._left is not None:
            self._left -= len(piece)
        if self._left == 0:
            self._ended = True
        elif last:
            bounded = self._chunked or self._left is not None
            self._cut, self._ended = self._cut or (bounded and not self._ended), self._ended or not bounded
        return piece

    def _tried(self, read: Callable[..., Any], *what: Any) -> Any:
        try:
            return read(*what)
        except BaseException as error:
            self._tap.close(error)
            raise

    def read(self, size: int | None = -1) -> bytes:
        piece: bytes = self._tried(self._file.read, size)
        return piece if size == 0 else self._fed(piece, size is None or size < 0 or len(piece) < size)

    def read1(self, size: int = -1) -> bytes:
        piece: bytes = self._tried(self._file.read1, size)
        return self._fed(piece, not piece and size != 0)

    def readinto(self, buffer: Any) -> int:
        return self._into(self._file.readinto, buffer, len(buffer))

    def readinto1(self, buffer: Any) -> int:
        return self._into(self._file.readinto1, buffer, 1)

    def _into(self, fill: Any, buffer: Any, least: int) -> int:
        size: int = self._tried(fill, buffer)
        if len(buffer):
            self._fed(bytes(memoryview(buffer)[:size]), size < least)
        return size

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._tried(self._file.readline, size)
        self._fed(line, not line)
        if self._chunked and line in (b"\r\n", b"\n"):  # the line after the trailers; those after chunks are `read`
            self._ended = True
        return line

    def close(self) -> None:
        try:
            self._file.close()
        finally:
            self._end("close")

    def __del__(self) -> None:
        self._end("collected")

    def _end(self, early: str) -> None:
        self._tap.close(reason="end" if self._ended else "cut" if self._cut else early)

    def __getattr__(self, name: str) -> Any:
        if name in ("_file", "_tap", "_ended", "_cut"):
            raise AttributeError(name)
        return getattr(self._file, name)


SEAMS = [
    Seam(
        target="http.client:HTTPConnection.putrequest",
        step="open",
        name=lambda args: str(args.get("method", 0)),
        request=_open,
    ),
    Seam(target="http.client:HTTPConnection.send", step="feed", request=_send),
    Seam(target="http.client:HTTPConnection.getresponse", step="answer", response=_answer, tee=_tee),
]
