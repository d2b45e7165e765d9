"""aiohttp's client: each request is an exchange from the asking for a connection on, each redirect hop its own.

Not patched: the frames of `ws_connect`.
Bodies arrive with their content encoding undone, unless the session says `auto_decompress=False`; their size is the one
that was sent, but for chunked bodies before aiohttp 3.14.
"""

import weakref
from typing import Any

from vedette.instrument import Args, Facts, Seam, Tap


def _asked(args: Args) -> Facts:
    return _facts(args.get("req", 0))


def _request(args: Args) -> Facts:
    return {**_facts(args.self), **_peer(args.get("conn", 0))}


def _facts(request: Any) -> Facts:
    return {
        "http.request.method": request.method,
        "url.full": str(request.url),
        "network.protocol.name": "http",
        "vedette.http.request.headers": tuple(request.headers.items()),
        "vedette.http.request.body": _body(request.body),
    }


def _peer(connection: Any) -> Facts:
    """Asked before the request is sent: a short answer has given the connection back before its head is read."""
    transport = getattr(connection, "transport", None)
    peer = transport.get_extra_info("peername") if transport is not None else None
    tls = transport.get_extra_info("ssl_object") if transport is not None else None
    return {
        "network.peer.address": peer[0] if isinstance(peer, tuple) else peer or None,
        "network.peer.port": peer[1] if isinstance(peer, tuple) else None,
        "network.transport": None if peer is None else "tcp" if isinstance(peer, tuple) else "unix",
        "tls.protocol.version": tls.version() if tls is not None else None,
    }


def _body(body: Any) -> bytes | None:
    """Bytes, text and JSON are there already; what a generator, a file or a form gives is seen when it is written."""
    value = getattr(body, "_value", body)
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else None


def _written(args: Args, tap: Tap) -> None:
    """The writer of one request's body, which is its own and ends with it, also feeds the tap."""
    writer = args.get("writer", 0)
    write = writer.write

    def fed(chunk: Any, *args: Any, **options: Any) -> Any:
        tap.feed(chunk)
        return write(chunk, *args, **options)

    writer.write = fed


def _answer(args: Args, response: Any) -> Facts:
    return {
        "http.response.status_code": response.status,
        "network.protocol.version": f"{response.version.major}.{response.version.minor}",
        "vedette.http.response.headers": response.raw_headers,
        "vedette.http.decoded": getattr(response._session, "_auto_decompress", True),
    }


def _tee(response: Any, tap: Tap) -> Any:
    """The reader whose chunks are the body. Its end may be fed after the last chunk was read, so that is asked too."""
    reader = response.content
    if not hasattr(reader, "_buffer") or (reader.at_eof() and not reader._buffer):
        return None  # no body
    owner = weakref.ref(response)

    def fed() -> None:
        alive = owner()
        if alive is not None and not alive.content._buffer:
            tap.sent = _sent(alive.content)
            tap.close()

    reader.on_eof(fed)
    return reader


def _read(args: Args, piece: Any) -> Facts:
    return {"vedette.end.reason": "end", "vedette.http.response.sent": _sent(args.self)} if args.self.at_eof() else {}


def _sent(reader: Any) -> int:
    """Bytes of the body as they came, where this aiohttp counts them (3.14)."""
    return getattr(reader, "total_compressed_bytes", None) or 0


def _left(args: Args, result: Any) -> Facts:
    """The host is done with the response: read to its end, left early, or cut off by the server."""
    content = args.self.content
    error = content.exception() if content is not None else None
    return {} if error is None else {"error.type": f"{type(error).__module__}.{type(error).__qualname__}"}


CONNECTOR = [
    Seam(
        target="aiohttp.connector:BaseConnector.connect",
        step="open",
        owner=lambda args, _: args.get("req", 0),
        name=lambda args: str(args.get("req", 0).method),
        request=_asked,
    )
]

SEAMS = [
    Seam(
        target="aiohttp.client_reqrep:ClientRequest.send",
        step="send",
        owner=lambda _, response: response,
        name=lambda args: str(args.self.method),
        request=_request,
    ),
    Seam(target="aiohttp.client_reqrep:ClientRequest.write_bytes", step="feed", upload=_written),
    Seam(target="aiohttp.client_reqrep:ClientResponse.start", step="answer", response=_answer, tee=_tee),
    Seam(target="aiohttp.streams:StreamReader._read_nowait_chunk", step="read", response=_read),
    Seam(target="aiohttp.client_reqrep:ClientResponse.close", step="close", response=_left),
    Seam(target="aiohttp.client_reqrep:ClientResponse.release", step="close", response=_left),
]
