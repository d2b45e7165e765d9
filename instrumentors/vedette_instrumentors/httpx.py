"""HTTPX and httpx2: one request sent on one connection is one exchange, each redirect hop and auth round its own.

Tapped at `_send_single_request`, which every request of a client passes, whatever its transport, proxy or mount.
Not patched: `Client.websocket` payloads, and code that uses httpcore or httpcore2 directly.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from vedette.instrument import Args, Facts, Seam, Tap


def _request(args: Args) -> Facts:
    request = args.get("request", 0)
    return {
        "http.request.method": request.method,
        "url.full": str(request.url),
        "vedette.http.request.headers": request.headers.raw,
        "vedette.http.request.body": getattr(request, "_content", None),
    }


def _upload(args: Args, tap: Tap) -> None:
    """A body that is produced while it is sent: generator, file, multipart."""
    request = args.get("request", 0)
    if not hasattr(request, "_content") and request.stream is not None:
        request.stream = _teed(request.stream, tap, ends=False)


def _response(args: Args, response: Any) -> Facts:
    stream = response.extensions.get("network_stream")
    peer = _peer(stream)
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    return {
        "http.response.status_code": response.status_code,
        "network.protocol.name": "http",
        "network.protocol.version": response.http_version.partition("/")[2],
        "network.peer.address": str(peer[0]) if isinstance(peer, tuple) else peer,
        "network.peer.port": peer[1] if isinstance(peer, tuple) else None,
        "network.transport": None if stream is None else "tcp" if isinstance(peer, tuple) else "unix",
        "tls.protocol.version": tls.version() if tls is not None else None,
        "vedette.in_process": True if stream is None else None,
        "vedette.http.response.headers": response.headers.raw,
    }


def _peer(stream: Any) -> Any:
    """Who is at the other end; nobody any more, where the connection was reset right after the head."""
    try:
        return stream.get_extra_info("server_addr") if stream is not None else None
    except OSError:
        return None


def _tee(response: Any, tap: Tap) -> bool:
    if hasattr(response, "_content"):  # loaded already (MockTransport, caches): its stream is never read
        tap.feed(response.content)
        tap.close()
    else:
        response.stream = _teed(response.stream, tap, ends=True)
    return True


class _Tee:
    """A byte stream that feeds a tap with what its reader reads, and is the stream that it stands for in all else."""

    def __init__(self, stream: Any, tap: Tap, ends: bool) -> None:
        self._stream = stream
        self._tap = tap
        self._ends = ends

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._stream:
                self._tap.feed(piece)
                yield piece
        except BaseException as error:
            self._tap.close(error)
            raise
        self._tap.close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._stream:
                self._tap.feed(piece)
                yield piece
        except BaseException as error:
            self._tap.close(error)
            raise
        self._tap.close()

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self._end("close")

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            self._end("close")

    def _end(self, reason: str) -> None:
        if self._ends:
            self._tap.close(reason=reason)

    def __del__(self) -> None:
        self._end("collected")

    def __getattr__(self, name: str) -> Any:  # httpx2 reads `stream.elapsed`
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._stream, name)


_classes: dict[type, type] = {}


def _teed(stream: Any, tap: Tap, *, ends: bool) -> Any:
    """A `_Tee` that is an instance of the library's own stream classes, for the client checks that."""
    kind = type(stream)
    if kind not in _classes:
        bases = [base for base in kind.__mro__ if base.__name__ in ("SyncByteStream", "AsyncByteStream")]
        _classes[kind] = type("Tee", (_Tee, *bases), {})
    return _classes[kind](stream, tap, ends)


SEAMS = [
    Seam(
        target=f"{library}:{client}._send_single_request",
        name=lambda args: str(args.get("request", 0).method),
        request=_request,
        upload=_upload,
        response=_response,
        tee=_tee,
    )
    for library in ("httpx", "httpx2")
    for client in ("Client", "AsyncClient")
]
