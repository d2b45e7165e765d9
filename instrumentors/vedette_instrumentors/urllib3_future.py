"""urllib3-future: where it stands in for urllib3, requests and niquests no longer pass `http.client` but this.

One `_make_request` is one attempt on one connection; redirect hops and retries lie above. The same names serve
HTTP/1.1, HTTP/2 and HTTP/3. Only its own modules wake this file, so ordinary urllib3 is left to `http_client`.
Not patched: the answers of `multiplexed=True`, which come later by another way: such a request is recorded as sent.
"""

import inspect
import weakref
from collections.abc import Callable
from typing import Any

from vedette.instrument import Args, Facts, Seam, Tap

_VERSIONS = {10: "1.0", 11: "1.1", 20: "2", 30: "3"}


def _request(args: Args) -> Facts:
    url = str(args.get("url", 2))
    body = args.get("body", 3)
    return {
        "http.request.method": args.get("method", 1),
        "url.full": url if "://" in url[:8] else f"{_origin(args.self)}{url}",
        "network.protocol.name": "http",
        "vedette.http.request.headers": tuple((args.get("headers", 4) or {}).items()),
        "vedette.http.request.body": body.encode() if isinstance(body, str) else _bytes(body),
    }


def _bytes(body: Any) -> bytes | None:
    return bytes(body) if isinstance(body, bytes | bytearray | memoryview) else None


def _origin(pool: Any) -> str:
    host = f"[{pool.host}]" if ":" in pool.host else pool.host
    default = 443 if pool.scheme == "https" else 80
    return f"{pool.scheme}://{host}" if pool.port in (None, default) else f"{pool.scheme}://{host}:{pool.port}"


def _upload(args: Args, tap: Tap) -> None:
    """A body that is produced while it is sent passes the connection's `send`, piece by piece, to the end."""
    connection, body = args.get("conn", 0), args.get("body", 3)
    if body is None or isinstance(body, str | bytes | bytearray | memoryview):
        return
    send = connection.send

    def sent(data: Any, *args: Any, **options: Any) -> Any:
        tap.feed(data)
        if options.get("eot"):
            vars(connection).pop("send", None)  # the class's own method again
            tap.close()
        return send(data, *args, **options)

    connection.send = sent


def _response(args: Args, response: Any) -> Facts:
    info = getattr(args.get("conn", 0), "conn_info", None)
    peer = getattr(info, "destination_address", None)
    facts = {
        "network.peer.address": peer[0] if peer else None,
        "network.peer.port": peer[1] if peer else None,
        "network.transport": "udp" if getattr(response, "version", 0) == 30 else "tcp" if peer else None,
        "tls.protocol.version": getattr(getattr(info, "tls_version", None), "name", None),
    }
    if not hasattr(response, "status"):  # the promise of an answer
        return facts
    return facts | {
        "http.response.status_code": response.status,
        "network.protocol.version": _VERSIONS.get(response.version),
        "vedette.http.response.headers": tuple(response.headers.items()),
        "vedette.http.decoded": bool(getattr(response, "_body", None) and args.get("decode_content", 10, True)),
    }


def _tee(response: Any, tap: Tap) -> bool | None:
    """Its reader tells the tap what it reads. A response that was loaded at once has been read already."""
    reader: Any = getattr(response, "_fp", None)
    if not hasattr(reader, "_read"):
        return None
    if reader.closed:
        tap.feed(getattr(response, "_body", None) or b"")
        tap.close()
        return True
    _Recorder(reader, tap)
    return True


class _Recorder:
    """Stands before the `_read` and `close` of one reader, which it must not keep alive."""

    def __init__(self, reader: Any, tap: Tap) -> None:
        self._reader: Callable[[], Any] = weakref.ref(reader)
        self._kind: Any = type(reader)
        self._tap = tap
        reader._read = self.read_later if inspect.iscoroutinefunction(self._kind._read) else self.read
        reader.close = self.close

    def read(self, *args: Any, **options: Any) -> bytes:
        try:
            piece: bytes = self._kind._read(self._reader(), *args, **options)
        except BaseException as error:
            self._tap.close(error)
            raise
        return self._fed(piece)

    async def read_later(self, *args: Any, **options: Any) -> bytes:
        try:
            piece: bytes = await self._kind._read(self._reader(), *args, **options)
        except BaseException as error:
            self._tap.close(error)
            raise
        return self._fed(piece)

    def _fed(self, piece: bytes) -> bytes:
        self._tap.feed(piece)
        reader = self._reader()
        if reader is not None and reader.closed:
            self._tap.close()
        return piece

    def close(self) -> None:
        reader = self._reader()
        early = reader is not None and not reader.closed
        self._kind.close(reader)
        self._tap.close(reason="close" if early else "end")

    def __del__(self) -> None:
        self._tap.close(reason="collected")


SEAMS = [
    Seam(
        target=f"{library}.{pool}._make_request",
        name=lambda args: str(args.get("method", 1)),
        request=_request,
        upload=_upload,
        response=_response,
        tee=_tee,
    )
    for library in ("urllib3", "urllib3_future")
    for pool in ("connectionpool:HTTPConnectionPool", "_async.connectionpool:AsyncHTTPConnectionPool")
]
